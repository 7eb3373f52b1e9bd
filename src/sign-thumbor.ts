import { readThumborPath } from './dialects/thumbor-path.ts'
import { thumborSignature } from './dialects/thumbor-signature.ts'
import { Failure } from './errors.ts'

/**
 * A path of Thumbor with the hash that signs it: `/<hash>/300x200/example.com/a.jpg`.
 * @param path  What is to stand behind the hash, percent-encoded as it will be sent: `300x200/example.com/a.jpg`. A leading slash would be a part
 *              of it, as it is in Thumbor's own libraries.
 * @param key   The service's key; its UTF-8 bytes count.
 * @throws      `Failure` for an empty key, and for a path that no service could read as it stands: with a query, a fragment, raw blanks or
 *              letters outside of ASCII, or without an image.
 */
export function signThumbor(path: string, key: string): string {
  if (key === '') throw new Failure('setting-invalid', 'The key is empty.')
  if (/[?#]/.test(path)) throw new Failure('url-malformed', 'A path is signed without query and fragment: encode ? as %3F, # as %23.')
  const read = readThumborPath(`/unsafe/${path}`)
  if (read instanceof Failure) throw read
  return `/${thumborSignature(path, key)}/${path}`
}
