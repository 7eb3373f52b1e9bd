import { Failure } from '../errors.ts'
import { clip } from '../schema/field.ts'

/** Longest key, in bytes of UTF-8. */
const longestKey = 1024

/**
 * Why a text is no key of an object that could be asked for. S3 would keep nearly any text; but `.` and `..` as a segment are folded away
 * by every URL parser on the road, so that another object would be signed for, or none.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
export function keyProblem(key: string): Failure | undefined {
  const malformed = (expected: string) => new Failure('key-malformed', `Expected ${expected}, got "${clip(key)}".`, { expected })
  if (key === '') return malformed('a key')
  if (Buffer.byteLength(key) > longestKey) return malformed(`a key of at most ${longestKey} bytes`)
  if (key.split('/').some((segment) => segment === '.' || segment === '..')) return malformed('a key without the segments . and ..')
  if (/\0|\p{Surrogate}/u.test(key)) return malformed('a key of whole Unicode characters')
  return undefined
}

/** As Amazon names buckets; other services allow `_` and capitals, which old buckets of Amazon have too. */
export const bucketPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/

/** A key in a URL: everything but unreserved characters and the slash is encoded, as signatures want it (RFC 3986, 2.3). */
export function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replace(/%2F/g, '/')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Where the buckets of a service lie. */
export type Place = {
  readonly region: string
  /** Origin, and a path if need be, without a slash at its end; Amazon's own of the region unless given. */
  readonly endpoint?: string | undefined
  readonly pathStyle?: boolean | undefined
}

/**
 * The URL of an object, or of its bucket where the key is empty. The bucket is part of the host (virtual hosting) but where that cannot be:
 * a dot in its name would fall out of the certificate, a capital or `_` out of DNS, and an address has no names below it.
 */
export function objectUrl({ region, endpoint, pathStyle }: Place, bucket: string, key: string): URL {
  const base = new URL(endpoint ?? amazon(region))
  const path = base.pathname.replace(/\/$/, '')
  const inHost = pathStyle !== true && /^[a-z0-9-]+$/.test(bucket) && (pathStyle === false || isNamed(base.hostname))
  const origin = inHost ? `${base.protocol}//${bucket}.${base.host}${path}` : `${base.origin}${path}/${bucket}`
  return new URL(`${origin}/${encodeKey(key)}`)
}

function amazon(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

/** A host with names below it: no address, not the machine itself, not the plain name of a neighbour. */
function isNamed(host: string): boolean {
  return host.includes('.') && !host.startsWith('[') && !/^[\d.]+$/.test(host) && !/(^|\.)localhost$/.test(host)
}

/** A text as the content of an element. What XML 1.0 cannot hold at all goes in as a reference, which S3 reads all the same. */
export function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped.
  return text.replace(/[&<>"'\u0000-\u001f\u007f]/g, (character) => `&#${character.charCodeAt(0)};`)
}
