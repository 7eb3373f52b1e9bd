import type { Order } from '../dialects/dialect.ts'
import { media } from '../recipe/output.ts'
import type { Answer, Ask } from './ask.ts'
import { bodyHeaders } from './body-headers.ts'
import { isUnchanged } from './conditional.ts'
import type { Negotiated } from './negotiate.ts'
import type { Parts } from './parts.ts'
import type { Result } from './result.ts'
import type { Found } from './results.ts'

/** The headers of a result as they were last sent: for one order, one second and one way in which it was found they are the same. */
type Sent = {
  readonly order: Order
  readonly negotiated: Negotiated
  readonly second: number
  readonly headers: Readonly<Record<string, string>>
}
const sent = new WeakMap<Result, Sent>()

/**
 * A picture as an answer: 200 with its bytes, or 304 when the client has them.
 * @param local   The original lies on this machine.
 * @param timing  As Server-Timing.
 */
export function pictureAnswer(
  parts: Parts,
  order: Order,
  ask: Pick<Ask, 'headers'>,
  negotiated: Negotiated,
  found: Found,
  local: boolean,
  timing: string,
): Answer {
  const { result } = found
  const second = Math.floor((result.version.freshUntil - parts.now()) / 1000)
  const lasting = found.how === 'hit' && order.delivery.expires === undefined // what a URL has left shrinks every second
  let known = lasting ? sent.get(result) : undefined
  if (known === undefined || known.order !== order || known.negotiated !== negotiated || known.second !== second) {
    known = { order, negotiated, second, headers: headersOf(parts, order, negotiated, found, local, second) }
    if (lasting) sent.set(result, known)
  }
  const headers: Record<string, string> = { ...known.headers, 'server-timing': timing }
  if (isUnchanged(ask.headers, result.etag, headers['last-modified'])) {
    delete headers['content-length']
    return { status: 304, headers }
  }
  return { status: 200, headers, body: result.body }
}

function headersOf(
  parts: Parts,
  order: Order,
  negotiated: Negotiated,
  found: Found,
  local: boolean,
  remaining: number,
): Record<string, string> {
  const { result, originFails } = found
  const { etag, version } = result
  const headers: Record<string, string> = {
    ...bodyHeaders(parts, order, { ...media[result.format], etag, version, remaining, stale: originFails, local }),
    'content-length': String(result.body.length),
    'cache-status': cacheStatus(found, remaining),
  }
  // With a picture on it, the date of the original alone says nothing.
  if (result.overlays.length === 0 && result.version.lastModified !== undefined) headers['last-modified'] = result.version.lastModified
  // An animation whose format is kept has the same one for every client.
  const settled = order.recipe.output.format === 'keep' && result.frames > 1
  const vary = settled ? negotiated.vary.filter((header) => header !== 'Accept') : negotiated.vary
  if (vary.length > 0) headers.vary = vary.join(', ')
  return headers
}

/** @see RFC 9211 */
function cacheStatus({ how, stored, originFails }: Found, remaining: number): string {
  const ttl = `ttl=${remaining}`
  switch (how) {
    case 'hit':
      return `tintype; hit; ${ttl}`
    case 'stale':
      return originFails ? `tintype; fwd=stale; fwd-status=502; ${ttl}` : `tintype; hit; ${ttl}; detail=stale`
    case 'unchanged':
      return `tintype; fwd=stale; fwd-status=304; ${ttl}`
    case 'miss':
      return `tintype; fwd=miss${stored ? '; stored' : ''}`
    default:
      return how satisfies never
  }
}
