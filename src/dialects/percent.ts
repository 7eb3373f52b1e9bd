import { Failure } from '../errors.ts'

/** Percent-encoding at the door, undone exactly once. What comes must be printable ASCII, as RFC 3986 has it; what comes out is strict UTF-8. */

/** A piece of a path; `url-malformed` when it is none. */
export function decodePath(raw: string): string | Failure {
  if (/[^\x21-\x7e]/.test(raw)) return new Failure('url-malformed', 'The URL has characters that must be percent-encoded.')
  if (!raw.includes('%')) return raw
  try {
    return decodeURIComponent(raw)
  } catch {
    return new Failure('url-malformed', 'The URL has a stray % or percent-encoded bytes that are not UTF-8.')
  }
}

/** A name or a value of a query, in which `+` is a blank too. @see https://url.spec.whatwg.org/#application/x-www-form-urlencoded */
export function decodeForm(raw: string): string | Failure {
  return decodePath(raw.replaceAll('+', '%20'))
}

/** A value for a query that reads well: as `encodeURIComponent`, but commas, colons and slashes stay. */
export function encodeForm(value: string): string {
  return /^[\w.,:/~-]*$/.test(value) ? value : encodeURIComponent(value).replace(/%2[CF]|%3A/g, decodeURIComponent)
}

/** The pairs of a query in their order, decoded; `name` alone has an empty value. */
export function pairsOf(query: string): readonly (readonly [name: string, value: string])[] | Failure {
  const pairs: [string, string][] = []
  for (const piece of query.split('&')) {
    if (piece === '') continue
    const sign = piece.indexOf('=')
    const name = decodeForm(sign < 0 ? piece : piece.slice(0, sign))
    const value = decodeForm(sign < 0 ? '' : piece.slice(sign + 1))
    if (name instanceof Failure) return name
    if (value instanceof Failure) return value
    pairs.push([name, value])
  }
  return pairs
}

/** Path and query of a target; the query is without its `?`. */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const sign = target.indexOf('?')
  return sign < 0 ? { path: target, query: '' } : { path: target.slice(0, sign), query: target.slice(sign + 1) }
}
