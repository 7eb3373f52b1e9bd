import type { IncomingHttpHeaders } from 'node:http'
import type { Freshness, Validators } from './source.ts'

/** Longest lifetime that is told apart: 2^31 seconds (RFC 9111, 1.2.2). */
const longest = 2 ** 31

/**
 * How long an answer stays good. A shared cache speaks here: `s-maxage` wins over `max-age`, that over `Expires`; `private` is not kept.
 * What the answer spent in other caches (`Age`) is taken off. Says nothing where the origin said nothing: guesses are for the caller.
 * @param now  Milliseconds since 1970; stands in where the answer has no `Date`.
 * @see RFC 9111, 4.2 and 5.2.2; RFC 8246 for `immutable`
 */
export function freshnessOf(headers: IncomingHttpHeaders, now: number = Date.now()): Freshness {
  const control = directives(one(headers['cache-control']))
  // `no-cache="field"` and `private="field"` are taken for the whole answer, as 5.2.2.4 and 5.2.2.7 allow.
  const noStore = control.has('no-store') || control.has('private')
  const lifetime = control.has('no-cache')
    ? 0
    : (seconds(control.get('s-maxage')) ?? seconds(control.get('max-age')) ?? untilExpiry(headers, now))
  // Age alone: the age by the origin's clock (4.2.3) would count every wrong clock against its pictures.
  const age = seconds(one(headers.age)) ?? 0
  return {
    ...(lifetime === undefined ? {} : { maxAgeSeconds: Math.max(0, lifetime - age) }),
    ...(control.has('immutable') ? { immutable: true } : {}),
    ...(noStore ? { noStore } : {}),
  }
}

/** The validators of an answer, those without the right shape left out (RFC 9110, 8.8): a date that is read may hold a comment, of anything. */
export function validatorsOf(headers: IncomingHttpHeaders): Validators {
  const { etag, 'last-modified': lastModified } = headers
  return {
    ...(etag !== undefined && /^(?:W\/)?"[\x21\x23-\x7e]{0,256}"$/.test(etag) ? { etag } : {}),
    ...(lastModified !== undefined && /^[\w ,:+-]{1,64}$/.test(lastModified) && !Number.isNaN(Date.parse(lastModified))
      ? { lastModified }
      : {}),
  }
}

/** Directive names in lower case, each with its value (empty when it has none); the first of repeated ones counts (RFC 9111, 4.2.1). */
function directives(header: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', quoted, plain] of header.matchAll(/([^\s,=";]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;"]*)))?/g)) {
    const key = name.toLowerCase()
    if (!found.has(key)) found.set(key, quoted ?? plain ?? '')
  }
  return found
}

/** `Expires` minus `Date`; an invalid date, as the usual `0`, lies in the past (RFC 9111, 5.3). */
function untilExpiry(headers: IncomingHttpHeaders, now: number): number | undefined {
  if (headers.expires === undefined) return undefined
  const expires = Date.parse(headers.expires)
  const date = Date.parse(headers.date ?? '')
  return /^\d+$/.test(headers.expires) || Number.isNaN(expires)
    ? 0
    : Math.max(0, Math.floor((expires - (Number.isNaN(date) ? now : date)) / 1000))
}

/** Whole seconds; `undefined` when not given, 0 (stale) for what is no number (RFC 9111, 4.2.1). */
function seconds(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  return /^\d+$/.test(text) ? Math.min(Number(text), longest) : 0
}

function one(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(', ') : (value ?? '')
}
