import type { Settings } from '../../config/read.ts'
import { Failure } from '../../errors.ts'
import type { Service } from '../../service/service.ts'
import { presetTarget } from '../../sign.ts'
import { foldedPath, targetHeader } from './folded.ts'
import type { Keeper } from './kept-in-bucket.ts'
import { parsed } from './work.ts'

/** What is needed to make results ahead of time, and to remove them. */
export type Tools = {
  readonly service: Service
  readonly settings: Settings
  readonly answer: Keeper
}

/** What was done about some originals. */
export type Report = {
  /** Results that went. */
  purged: number
  /** Results that were made. */
  rendered: number
  /** Results that were there already. */
  present: number
  /** What will not work, however often it is tried. */
  readonly refused: Problem[]
  /** What may work when it is tried again. */
  readonly failed: Problem[]
}

type Problem = { readonly key: string; readonly preset?: string; readonly code: string }

export const emptyReport = (): Report => ({ purged: 0, rendered: 0, present: 0, refused: [], failed: [] })

/**
 * Removes every result of an original, from the bucket and from the memory of this process; others learn of it from the mark.
 * @param version  What the original is now. When the last purge was for this very version, nothing is done: an event that comes twice
 *                 costs one look. Without one it is purged in any case.
 */
export async function purgeOriginal(
  tools: Tools,
  key: string,
  version: string | undefined,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { service, answer } = tools
  const name = service.nameOf(key)
  if (name instanceof Failure) {
    report.refused.push({ key, code: name.code })
    return
  }
  if (answer.bucket === undefined) {
    report.purged += await service.forget(name, signal)
    return
  }
  if (version !== undefined && (await answer.bucket.purgedFor(name, signal)) === version) return
  const { removed, mark } = await answer.bucket.purge(name, version ?? 'gone', signal)
  await service.forget(name, signal)
  answer.known.learn(name, mark)
  report.purged += removed
}

/** Which presets are made of an original, and whether also those that are there. */
export type Wanted = { readonly key: string; readonly presets: readonly string[]; readonly force: boolean }

/** Makes presets of an original for every class of clients (`aws.accepts`), and puts them into the result bucket. */
export async function prerenderOriginal(tools: Tools, { key, presets, force }: Wanted, report: Report, signal: AbortSignal): Promise<void> {
  const { settings, answer } = tools
  for (const preset of presets) {
    const target = presetTarget(key, preset, settings.server.prefix, settings.keys[0])
    for (const accepts of settings.aws.accepts) {
      const path = foldedPath(target, accepts)
      if (!force && (await answer.bucket?.has(path, signal)) === true) {
        report.present += 1
        continue
      }
      const made = await answer({ method: 'GET', target: path, headers: { [targetHeader]: target }, signal })
      const kept = await made.kept
      const { status, body } = made.answer
      if (status === 200 && kept === 'kept') report.rendered += 1
      else if (status === 200 && kept === 'not-to-be-kept') report.refused.push({ key, preset, code: kept })
      // What was purged meanwhile is made anew with the next try, like all that may pass.
      else if (status === 200 || status >= 499 || status === 408 || status === 429)
        report.failed.push({ key, preset, code: codeOf(body) ?? kept })
      else {
        report.refused.push({ key, preset, code: codeOf(body) ?? String(status) })
        // What is wrong with the original is wrong in every preset.
        if (status !== 400) return
      }
    }
  }
}

function codeOf(body: Buffer | undefined): string | undefined {
  const problem = parsed(body?.subarray(0, 10_000).toString('utf8')) as { readonly code?: unknown } | undefined
  return typeof problem?.code === 'string' ? problem.code : undefined
}
