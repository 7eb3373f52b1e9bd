import type { Order } from '../dialects/dialect.ts'
import { Failure, toFailure } from '../errors.ts'
import { sourceFormatOf } from '../pixels/sniff.ts'
import { mostOriginals, originalsIn } from '../recipe/originals.ts'
import { media } from '../recipe/output.ts'
import type { Answer, Ask } from './ask.ts'
import { decodedName } from './blocked.ts'
import { bodyHeaders } from './body-headers.ts'
import { isUnchanged } from './conditional.ts'
import { explain } from './explain.ts'
import type { Gate } from './gate.ts'
import type { Looks } from './looks.ts'
import { entityTag } from './names.ts'
import { type Negotiated, negotiate } from './negotiate.ts'
import type { Located, Original, Originals } from './originals.ts'
import type { Parts } from './parts.ts'
import { pictureAlone } from './picture-alone.ts'
import { pictureAnswer } from './picture-answer.ts'
import { withBody } from './problem.ts'
import type { Found, Results, Wanted } from './results.ts'
import type { Trip } from './trip.ts'

/** The tools with which an order for a picture is carried out. */
export type Tools = {
  readonly parts: Parts
  readonly originals: Originals
  readonly results: Results
  readonly gate: Gate
  readonly looks: Looks
}

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
  const original = refusalOf(tools, order) ?? originals.locate(order.key)
  if (original instanceof Failure) return original
  if (order.delivery.kind === 'original') return passOn(tools, order, original, ask, trip, signal)

  const negotiated = negotiate(order.recipe, ask.headers)
  const wanted = wantedOf(originals, order.key, negotiated)
  if (wanted instanceof Failure) return wanted
  if (order.delivery.kind === 'explain') {
    const answer = await explain({ ...tools, trip }, order, dialect, negotiated, wanted, signal)
    return answer instanceof Failure ? answer : { answer }
  }
  const found = await results.get(wanted, trip, signal)
  if (found instanceof Failure) return found
  return told(tools.parts, order, ask, negotiated, found, original.local, trip.serverTiming)
}

/** The picture where it is fresh and in memory: an answer that waits for nothing. `undefined` says nothing. */
export function atHand(tools: Tools, order: Order, ask: Pick<Ask, 'headers'>): Carried | undefined {
  const { parts, originals, results } = tools
  if (order.delivery.kind !== 'image' || refusalOf(tools, order) !== undefined) return undefined
  const negotiated = negotiate(order.recipe, ask.headers)
  const wanted = wantedOf(originals, order.key, negotiated)
  const found = wanted instanceof Failure ? undefined : results.atHand(wanted)
  if (wanted instanceof Failure || found === undefined) return undefined
  return told(parts, order, ask, negotiated, found, wanted.original.local, 'lookup;dur=0.0')
}

function told(
  parts: Parts,
  order: Order,
  ask: Pick<Ask, 'headers'>,
  negotiated: Negotiated,
  found: Found,
  local: boolean,
  timing: string,
): Carried {
  const answer = pictureAnswer(parts, order, ask, negotiated, found, local, timing)
  return { answer, cache: found.how, format: found.result.format }
}

/** `original-refused` when the picture, or one laid over it, is not to be shown. Asked for every picture, at hand or not: the list may have grown. */
export function refusalOf({ parts: { blocked }, originals }: Pick<Tools, 'parts' | 'originals'>, order: Order): Failure | undefined {
  if (blocked === undefined) return undefined
  const keys = [order.key, ...order.recipe.steps.flatMap((step) => (step.kind === 'overlay' ? [step.key] : []))]
  return keys.some((key) => blocked.refuses(namesOf(originals, key)))
    ? new Failure('original-refused', 'This picture is not shown here.', { parameter: 'key' })
    : undefined
}

/** All that an original is called: as it was asked for, as its source calls it, both decoded, and a URL in the form that is fetched. */
function namesOf(originals: Originals, key: string): readonly string[] {
  const located = originals.locate(key)
  const said = located instanceof Failure || located.key === key ? [key] : [key, located.key]
  const urls = said.flatMap((each) => (/^https?:/i.test(each) && URL.canParse(each) ? [new URL(each).href] : []))
  return [...new Set([...said, ...urls].flatMap((each) => [each, decodedName(each)]))]
}

/** What was made of each negotiated recipe, and of which key. */
const wishes = new WeakMap<Negotiated, { readonly key: string; readonly wanted: Wanted | Failure }>()

/** The originals of a wish, located; the same object for the same wish. */
function wantedOf(originals: Originals, key: string, negotiated: Negotiated): Wanted | Failure {
  const known = wishes.get(negotiated)
  if (known !== undefined && known.key === key) return known.wanted
  const wanted = locateAll(originals, key, negotiated)
  wishes.set(negotiated, { key, wanted })
  return wanted
}

function locateAll(originals: Originals, key: string, { recipe }: Negotiated): Wanted | Failure {
  const original = originals.locate(key)
  if (original instanceof Failure) return original
  const others = originalsIn(recipe)
  if (others.length > mostOriginals) {
    const expected = `at most ${mostOriginals} pictures laid on one`
    return new Failure('parameter-invalid', `Expected ${expected}, got ${others.length}.`, { expected })
  }
  const overlays: Located[] = []
  for (const other of others) {
    const overlay = originals.locate(other)
    if (overlay instanceof Failure) return overlay
    overlays.push(overlay)
  }
  return { recipe, original, overlays }
}

/** The original's own bytes, its type read from them; without what is no picture in them, and an SVG made harmless. */
export async function passOn(
  { parts, originals, gate }: Tools,
  order: Order,
  located: Located,
  ask: Ask,
  trip: Trip,
  signal: AbortSignal,
): Promise<Carried | Failure> {
  const original = await trip.timed('fetch', () => originals.get(located, undefined, signal, true))
  if (original instanceof Failure) return original
  if (original.kind !== 'original' || !Buffer.isBuffer(original.content)) return toFailure('An original without bytes.')
  return passOnBytes({ parts, gate }, order, located, original, original.content, ask, trip, signal).finally(() => original.release())
}

async function passOnBytes(
  { parts, gate }: Pick<Tools, 'parts' | 'gate'>,
  order: Order,
  located: Located,
  { version, stale }: Original,
  whole: Buffer,
  ask: Ask,
  trip: Trip,
  signal: AbortSignal,
): Promise<Carried | Failure> {
  const format = sourceFormatOf(whole, parts.limits)
  if (format instanceof Failure) return format
  const { type, extension } = format === 'svg' ? { type: 'image/svg+xml', extension: 'svg' } : media[format]
  const bytes = format === 'svg' ? whole : pictureAlone(whole, format)
  if (bytes instanceof Failure) return bytes
  // What is left of an original changes with the program that cleans it.
  const etag = entityTag(format === 'svg' || bytes !== whole ? parts.engine : 'original', [version.stamp])
  const remaining = (version.freshUntil - parts.now()) / 1000
  const headers: Record<string, string> = {
    ...bodyHeaders(parts, order, { type, extension, etag, version, remaining, stale, local: located.local }),
    'server-timing': trip.serverTiming,
    ...(version.lastModified === undefined ? {} : { 'last-modified': version.lastModified }),
  }
  if (isUnchanged(ask.headers, etag, version.lastModified)) return { answer: { status: 304, headers }, format }
  const body = format === 'svg' ? await gate.run(() => parts.renderer.sanitise(bytes, parts.limits, signal), signal, true) : bytes
  return body instanceof Failure ? body : { answer: withBody(200, headers, body), format }
}
