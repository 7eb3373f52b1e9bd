import { createHash } from 'node:crypto'
import { Failure } from '../../errors.ts'
import type { Ask } from '../../service/ask.ts'
import { ladder } from '../../service/negotiate.ts'

/**
 * One path for the bucket and the function: what CloudFront's function made of a request, and the way back. The other half of it is
 * `infra/viewer-request.js`, and the two must agree to the letter.
 * @see docs/adr/0012-aws.md
 */

/** The header in which the target travels. Set by CloudFront's function, which lets no viewer set it. */
export const targetHeader = 'x-tintype-target'

/** Longest slug: with class, hash and `.by-original/…` a key stays far below the 1024 bytes of S3. */
const longestSlug = 200

/** The classes of clients by what they take, and the `Accept` that says so. */
export const acceptOf: Readonly<Record<string, string | undefined>> = {
  none: undefined,
  webp: 'image/webp',
  avif: 'image/avif',
  'avif-webp': 'image/avif,image/webp',
}

const shape = new RegExp(`/((none|avif|webp|avif-webp)(?:\\.w(${ladder.join('|')})|\\.d(1|1\\.5|2|2\\.5|3))?)\\.[0-9a-f]{40}$`)

/** Headers by which an answer is negotiated or made conditional: behind CloudFront the path says the former, and we see to the latter. */
const decided = ['accept', 'sec-ch-width', 'width', 'sec-ch-dpr', 'dpr', targetHeader]

/**
 * The path under which the picture at a target is found in the result bucket and asked of the function.
 * @param target      Path and query, undecoded, the query sorted.
 * @param classOfAsk  `avif-webp`, `none.w640`, `webp.d2`.
 */
export function foldedPath(target: string, classOfAsk: string): string {
  const hash = createHash('sha256').update(`${classOfAsk}\n${target}`).digest('hex').slice(0, 40)
  return `/${slugOf(target)}/${classOfAsk}.${hash}`
}

/** The path for human eyes: nothing in it that anything on the way would decode, fold or cut. */
function slugOf(target: string): string {
  const [path = ''] = target.split('?', 1)
  return path
    .replace(/^\//, '')
    .split('/')
    .map((piece) => (piece === '' ? '_' : piece.replace(/[^A-Za-z0-9._~-]/g, '_').replace(/^\.+/, '_')))
    .join('/')
    .slice(0, longestSlug)
    .replace(/\/$/, '')
}

/** What a folded ask asks for, as if the client had asked the service itself. */
export type Unfolded = { readonly ask: Ask /** The folded path. */; readonly path: string }

/**
 * The ask inside a folded one; `undefined` when it is none. A path that is not that of its target is refused: nobody shall have one picture
 * kept under the name of another.
 */
export function unfold(ask: Ask): Unfolded | Failure | undefined {
  const target = ask.headers[targetHeader]
  if (target === undefined) return undefined
  const path = ask.target.replace(/\?$/, '')
  const [, classOfAsk = '', taken = '', width, dpr] = shape.exec(path) ?? []
  const folds = ask.method === 'GET' || ask.method === 'HEAD'
  if (!folds || classOfAsk === '' || path !== foldedPath(target, classOfAsk)) {
    return new Failure('request-malformed', `${targetHeader}: the path is not that of this target.`, { parameter: targetHeader })
  }
  const headers: Record<string, string | undefined> = { ...ask.headers }
  for (const name of decided) delete headers[name]
  const accept = acceptOf[taken]
  if (accept !== undefined) headers.accept = accept
  if (width !== undefined) headers['sec-ch-width'] = width
  if (dpr !== undefined) headers['sec-ch-dpr'] = dpr
  return { ask: { ...ask, target, headers }, path }
}
