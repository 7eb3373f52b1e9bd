import type { Order } from '../dialects/dialect.ts'
import { Failure, toFailure } from '../errors.ts'
import { sniff } from '../pixels/sniff.ts'
import { media } from '../recipe/output.ts'
import type { Answer, Ask } from './ask.ts'
import { isUnchanged } from './conditional.ts'
import { explain } from './explain.ts'
import { contentDisposition } from './file-name.ts'
import { cacheControl } from './freshness.ts'
import type { Gate } from './gate.ts'
import { entityTag } from './names.ts'
import { type Negotiated, negotiate } from './negotiate.ts'
import type { Located, Originals } from './originals.ts'
import type { Parts } from './parts.ts'
import { always, sandbox, withBody } from './problem.ts'
import type { Found, Results, Wanted } from './results.ts'
import type { Trip } from './trip.ts'

/** The tools with which an order for a picture is carried out. */
export type Tools = { readonly parts: Parts; readonly originals: Originals; readonly results: Results; readonly gate: Gate }

/** What an order came to: an answer, and what the log should know of it. */
export type Carried = { readonly answer: Answer; readonly cache?: string; readonly format?: string }

/** Carries out an admitted order: the picture, its explanation, or the original as it is. */
export async function carryOut(
  tools: Tools,
  order: Order,
  dialect: string,
  ask: Ask,
  trip: Trip,
  signal: AbortSignal,
): Promise<Carried | Failure> {
  const { originals, results } = tools
  const original = originals.locate(order.key)
  if (original instanceof Failure) return original
  if (order.delivery.kind === 'original') return passOn(tools, order, original, ask, trip, signal)

  const negotiated = negotiate(order.recipe, ask.headers)
  const overlays: Located[] = []
  for (const step of negotiated.recipe.steps) {
    if (step.kind !== 'overlay') continue
    const overlay = originals.locate(step.key)
    if (overlay instanceof Failure) return overlay
    overlays.push(overlay)
  }
  const wanted: Wanted = { recipe: negotiated.recipe, original, overlays }
  if (order.delivery.kind === 'explain') {
    const answer = await explain({ ...tools, trip }, order, dialect, negotiated, wanted, signal)
    return answer instanceof Failure ? answer : { answer }
  }
  const found = await results.get(wanted, trip, signal)
  if (found instanceof Failure) return found
  const answer = pictureAnswer(tools.parts, order, ask, negotiated, found, original.local, trip)
  return { answer, cache: found.how, format: found.result.format }
}

function pictureAnswer(
  { cache, now }: Parts,
  order: Order,
  ask: Ask,
  negotiated: Negotiated,
  found: Found,
  local: boolean,
  trip: Trip,
): Answer {
  const { result, originFails } = found
  const { type, extension } = media[result.format]
  const remaining = (result.version.freshUntil - now()) / 1000
  const lifetime = {
    remaining,
    versioned: order.delivery.version !== undefined,
    noStore: result.version.noStore,
    stale: originFails,
    local,
  }
  const headers: Record<string, string> = {
    ...always,
    'content-type': type,
    etag: result.etag,
    'cache-control': cacheControl(lifetime, cache),
    'content-security-policy': sandbox,
    'content-disposition': contentDisposition(order.key, extension, order.delivery.download),
    'cache-status': cacheStatus(found, remaining),
    'server-timing': trip.serverTiming,
  }
  // With a picture on it, the date of the original alone says nothing.
  const lastModified = result.overlays.length === 0 ? result.version.lastModified : undefined
  if (lastModified !== undefined) headers['last-modified'] = lastModified
  if (negotiated.vary.length > 0) headers.vary = negotiated.vary.join(', ')
  // Words of the URL: decoded, they may hold what ends a header.
  if (order.dropped !== undefined && order.dropped.length > 0)
    headers['x-tintype-dropped'] = order.dropped.join(', ').replace(/[^\x20-\x7e]/g, '_')
  if (isUnchanged(ask.headers, result.etag, lastModified)) return { status: 304, headers }
  return withBody(200, headers, result.body)
}

/** @see RFC 9211 */
function cacheStatus({ how, stored, originFails }: Found, remaining: number): string {
  const ttl = `ttl=${Math.floor(remaining)}`
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

/** The original's own bytes, its type read from them; an SVG made harmless first. */
async function passOn(
  { parts, originals, gate }: Tools,
  order: Order,
  located: Located,
  ask: Ask,
  trip: Trip,
  signal: AbortSignal,
): Promise<Carried | Failure> {
  const original = await trip.timed('fetch', () => originals.get(located, undefined, signal))
  if (original instanceof Failure) return original
  if (original.kind !== 'original') return toFailure('An original without bytes.')
  const format = sniff(original.bytes)
  if (format === undefined) return new Failure('original-not-image', 'The original is no picture in a format that this service reads.')
  const { version, bytes } = original
  const { type, extension } = format === 'svg' ? { type: 'image/svg+xml', extension: 'svg' } : media[format]
  const lifetime = {
    remaining: (version.freshUntil - parts.now()) / 1000,
    versioned: order.delivery.version !== undefined,
    noStore: version.noStore,
    stale: original.stale,
    local: located.local,
  }
  // What is left of an SVG changes with the program that cleans it.
  const etag = entityTag(format === 'svg' ? parts.engine : 'original', [version.stamp])
  const headers: Record<string, string> = {
    ...always,
    'content-type': type,
    etag,
    'cache-control': cacheControl(lifetime, parts.cache),
    'content-security-policy': sandbox,
    'content-disposition': contentDisposition(order.key, extension, order.delivery.download),
    'server-timing': trip.serverTiming,
    ...(version.lastModified === undefined ? {} : { 'last-modified': version.lastModified }),
  }
  if (isUnchanged(ask.headers, etag, version.lastModified)) return { answer: { status: 304, headers }, format }
  const body = format === 'svg' ? await gate.run(() => parts.renderer.sanitise(bytes, parts.limits, signal), signal) : bytes
  return body instanceof Failure ? body : { answer: withBody(200, headers, body), format }
}
