import { createHmac } from 'node:crypto'
import { Failure } from '../errors.ts'
import type { Proof } from './dialect.ts'
import { readThumborPath, type ThumborRequest } from './thumbor-path.ts'
import { meaningOf } from './thumbor-print.ts'
import { inPaths, quote, unquote, unreserved } from './thumbor-spelling.ts'

/**
 * The hash that signs a path: HMAC-SHA1 as base64url with padding, 28 characters.
 * @param path  What stands behind the hash and its slash, as it is sent: percent-encoded, without query.
 * @param key   As text, of which the UTF-8 bytes count, or as bytes.
 */
export function thumborSignature(path: string, key: string | Uint8Array): string {
  const digest = createHmac('sha1', key).update(path, 'utf8').digest('base64')
  return digest.replaceAll('+', '-').replaceAll('/', '_')
}

/**
 * What the hash of a request is to be checked against. The path counts as it came over the wire; `%3D` may stand for the `=` of the hash.
 * @param decodedPaths  Let also count what proxies make of a signed path (see `spellings`), `%3d`, and a hash without its padding.
 */
export function thumborProof(request: ThumborRequest, { decodedPaths = false } = {}): Proof {
  const { signed, wireHash } = request
  const proof = { algorithm: 'sha1', digest: 'base64url-padded', message: signed } as const
  if (wireHash === null) return proof
  if (!decodedPaths) return { ...proof, signature: wireHash.replace(/%3D$/, '=') }
  const signature = wireHash.replace(/%3D$/i, '=').replace(/^[\w-]{27}$/, '$&=')
  return { ...proof, signature, alternatives: spellings(request) }
}

/** Ways in which a whole path is encoded, by what stays unencoded: browsers, what encodes parentheses too, JavaScript, Python, old Python. */
const encoders = [`${inPaths}${unreserved}`, `$&+,;=:@/${unreserved}`, "/-_.!~*'()", `/${unreserved}`, '/_.-'] as const
/** Ways in which the image of a path is encoded before it is put there: the last two, slashes too. */
const imageEncoders = [...encoders.slice(1), "-_.!~*'()", unreserved] as const

/**
 * The paths that may have been signed before a proxy decoded or encoded anew what it passed on; at most 26. Only those are taken that ask for
 * exactly the same: whoever has a signature for one picture cannot spell it so that it holds for another.
 */
function spellings(request: ThumborRequest): readonly string[] {
  const { signed, image } = request
  const decoded = unquote(signed)
  if (decoded === undefined) return []
  const forms = encoders.map((keep) => quote(decoded, keep))
  if (decoded.endsWith(image)) {
    const options = quote(decoded.slice(0, decoded.length - image.length), encoders[0])
    forms.push(...imageEncoders.map((keep) => options + quote(image, keep)))
  }
  const spelled = [signed, ...forms].flatMap((form) => [inCase(form, 'upper'), inCase(form, 'lower')])
  const alike = [...new Set(spelled)].filter((form) => form === signed || means(form, request))
  // What is signed as plain text is read as if it were encoded just so far that it can be sent.
  if (means(quote(decoded, `${inPaths}${unreserved}`), request)) alike.push(decoded)
  return [...new Set(alike)].filter((form) => form !== signed)
}

function inCase(path: string, hex: 'upper' | 'lower'): string {
  return path.replace(/%[0-9a-f]{2}/gi, (run) => (hex === 'upper' ? run.toUpperCase() : run.toLowerCase()))
}

function means(path: string, request: ThumborRequest): boolean {
  const read = readThumborPath(`/unsafe/${path}`, { decodedPaths: true })
  return !(read instanceof Failure) && meaningOf(read) === meaningOf(request)
}
