import { Failure, type FailureCode, type FailureDetail, failures } from '../errors.ts'
import type { Findings } from '../geometry/facts.ts'
import type { Limits } from '../geometry/limits.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { FileVersion } from '../schema/file-version.ts'
import type { Origin } from './renderer.ts'

/**
 * Head of a frame to a render process; the originals are its bodies. `held`: the process is thought to hold what it needs, and gets none.
 * `files`: for each original the file to read it from, or `null` where the next body holds it; where it is held, the file must still be there.
 */
export type Ask =
  | {
      readonly kind: 'render' | 'inspect'
      readonly recipe: Recipe
      readonly limits: Limits
      readonly findings?: Findings
      readonly origin?: Origin
      readonly held?: true
      readonly files?: readonly (FileVersion | null)[]
    }
  | { readonly kind: 'sanitise'; readonly limits: Limits }
  | { readonly kind: 'ready' | 'formats' }
  /** Nothing is answered to this. */
  | { readonly kind: 'forget'; readonly name: string }

/**
 * Head of a frame from a render process. `hello` comes once, when it can take work; then one answer to each ask. What the renderer
 * returned is `value`, but for its bytes, which are the frame's body. No body: the first original is passed on, which the other side has kept.
 */
export type Reply =
  | { readonly kind: 'hello' }
  /** What is held does not do: the same again, with the original. Or a file does not do, see `BytesNeeded`. */
  | { readonly kind: 'need' }
  | { readonly kind: 'done'; readonly value: unknown; readonly levels?: LevelFigures }
  | { readonly kind: 'failed'; readonly failure: FailureText }

/** What a job did with levels, and the bytes of all that the process keeps after it. */
export type LevelFigures = { readonly hits: number; readonly made: number; readonly bytes: number }

/** A failure as JSON. */
export type FailureText = { readonly code: string; readonly message: string; readonly detail: FailureDetail }

/** The failure without stack traces; of its cause only the words stay, for the log. */
export function printFailure({ code, message, detail }: Failure): FailureText {
  const { cause, ...rest } = detail
  const words = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  return { code, message, detail: cause === undefined ? rest : { ...rest, cause: words.slice(0, 1000) } }
}

/** The failure again; `internal` when the code is not one of this version's. */
export function readFailure({ code, message, detail }: FailureText): Failure {
  if (Object.hasOwn(failures, code)) return new Failure(code as FailureCode, message, detail)
  return new Failure('internal', 'A render process failed in a way unknown here.', { cause: `${code}: ${message}` })
}

/** A frame's head as a reply; `undefined` when it is none, as from a process gone wrong. */
export function readReply(head: unknown): Reply | undefined {
  if (typeof head !== 'object' || head === null || !('kind' in head)) return undefined
  if (head.kind === 'hello' || head.kind === 'need') return { kind: head.kind }
  if (head.kind === 'done' && 'value' in head) return { kind: 'done', value: head.value, ...readLevels(head) }
  if (head.kind !== 'failed' || !('failure' in head)) return undefined
  const failure = head.failure as Partial<FailureText> | null
  if (typeof failure?.code !== 'string' || typeof failure.message !== 'string' || typeof failure.detail !== 'object') return undefined
  return { kind: 'failed', failure: { code: failure.code, message: failure.message, detail: failure.detail ?? {} } }
}

function readLevels(head: object): { readonly levels?: LevelFigures } {
  const said = 'levels' in head && typeof head.levels === 'object' ? (head.levels as Partial<LevelFigures> | null) : null
  const { hits, made, bytes } = said ?? {}
  return Number.isSafeInteger(hits) && Number.isSafeInteger(made) && Number.isSafeInteger(bytes) ? { levels: said as LevelFigures } : {}
}
