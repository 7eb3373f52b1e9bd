import { Failure } from '../errors.ts'
import { printBase64, readBase64 } from './base64.ts'
import { decodePath } from './percent.ts'

/** Longest key, in characters; what the overlay step takes too. */
const longest = 4096

/**
 * The key that a piece of path names, undecoded: `cat.jpg`, `s3:cat.jpg`, `https%3A%2F%2Fhost%2Fa.jpg%3Fv%3D2`, `https://host/a.jpg`,
 * `b64:aHR0cHM6…`. Percent-encoding is undone exactly once, whichever form it is.
 */
export function readKeyInPath(raw: string): string | Failure {
  const text = decodePath(raw)
  return text instanceof Failure ? text : readKey(text)
}

/**
 * A key in its one form: a path without leading slash, `name:path`, an http(s) URL with its scheme in small letters, or `s3://bucket/key`.
 * @param text  Decoded. `https:/host` is taken for `https://host`: proxies fold double slashes.
 */
export function readKey(text: string): string | Failure {
  const [, packed] = /^\/*b64:(.*)$/su.exec(text) ?? []
  if (packed === undefined) return plainKey(text)
  const unpacked = readBase64(packed)
  if (unpacked === undefined) return malformed('what stands behind b64: is no base64url of UTF-8 text')
  return /^\/*b64:/.test(unpacked) ? malformed('b64: stands in b64:') : plainKey(unpacked)
}

export function plainKey(text: string): string | Failure {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL ends file names in C, and line breaks would forge headers and log lines.
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) return malformed('it has control characters')
  if (text.length > longest) return malformed(`it is longer than ${longest} characters`)
  const bare = text.replace(/^\/+/, '')
  const [, scheme, rest] = /^(https?):(.*)$/isu.exec(bare) ?? []
  if (scheme !== undefined && rest !== undefined) {
    const [, behind] = /^\/{1,2}([^/\\?#].*)$/su.exec(rest) ?? []
    return behind === undefined ? malformed('the URL names no host') : `${scheme.toLowerCase()}://${spacesBehindHost(behind)}`
  }
  // With slashes a bucket is named, without them a key in the bucket of the settings.
  const [, inBucket] = /^s3:\/{1,2}([^/].*)$/su.exec(bare) ?? []
  if (inBucket !== undefined) return `s3://${inBucket}`
  const [, name, inside] = /^([a-z][a-z0-9-]*):\/*(.*)$/su.exec(bare) ?? []
  if ((inside ?? bare) === '') return new Failure('key-missing', 'The URL names no picture.')
  return name === undefined ? bare : `${name}:${inside}`
}

/**
 * A URL that stood bare in the path has lost the `%20` of its spaces with the encoding of the path. No URL has a plain space, so it can only
 * mean that; a space in the host stays, and is refused where the URL is fetched.
 */
function spacesBehindHost(behind: string): string {
  const [, host = '', rest = ''] = /^([^/\\?#]*)(.*)$/su.exec(behind) ?? []
  return `${host}${rest.replaceAll(' ', '%20')}`
}

/** The key as a piece of path, below a prefix and a slash. `readKeyInPath(printKey(x))` is `x`, and no proxy or client has cause to change it. */
export function printKey(key: string): string {
  if (/^(?:https?|s3):\/\//.test(key)) return encodeURIComponent(key)
  if (key.split('/').some((part) => part === '' || part === '.' || part === '..')) return `b64:${printBase64(key)}`
  return key
    .split('/')
    .map(encodeURIComponent)
    .join('/')
    .replace(/^([a-z][a-z0-9-]*)%3A/, '$1:')
}

function malformed(why: string): Failure {
  return new Failure('key-malformed', `The key of the picture is malformed: ${why}.`)
}
