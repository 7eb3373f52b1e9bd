import { Failure } from '../errors.ts'
import { clip } from '../schema/field.ts'
import { plainKey } from './native-key.ts'
import { inPaths, quote, unquote, unreserved } from './thumbor-spelling.ts'

/** What Thumbor makes of the text of an image with its default loader. What is fetched here is said by `imageKey`. */
export type ThumborSource = {
  /** Its name of the original: the key of its stores, and `url` in the answers of `meta`. */
  readonly imageUrl: string
  readonly fetchUrl: string
  /** A host can be read; where none can, Thumbor answers 400. */
  readonly hostOk: boolean
}

/** Where images live that name no scheme: on the web by http or https, or below a folder or bucket. */
export type Loader = 'http' | 'https' | 'path'

/** @param image  Decoded. */
export function thumborSource(image: string): ThumborSource {
  const text = fetchText(image)
  const fetchUrl = text.startsWith('http') ? text : `http://${text}`
  const [, authority = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(fetchUrl) ?? []
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  return { imageUrl: quote(image, `${unreserved}/`), fetchUrl, hostOk: /^[^:]/.test(host) }
}

/**
 * The key of an image, as sources read keys. Differs from Thumbor on purpose: a host may begin with `http` (`httpbin.org/a.png`) or be an IPv6
 * address in brackets, schemes may be in capitals, and `http:/host`, which proxies make of `http://host`, is mended.
 * @param image   Decoded.
 * @param loader  `http`, `https`: what names no scheme is a host and a path. `path`: it is a path in a source, of which one may be named
 *                (`photos:a.jpg`); leading slashes and `.` fall away.
 * @returns `key-malformed` for what no source can hold, `original-missing` for a path that leads out of its source.
 */
export function imageKey(image: string, { loader }: { readonly loader: Loader }): string | Failure {
  const [, scheme, rest] = /^(https?):\/{1,2}([^/].*)$/isu.exec(image) ?? []
  if (scheme !== undefined && rest !== undefined) return webKey(scheme.toLowerCase(), rest)
  if (loader !== 'path') return webKey(loader, image)
  return image.startsWith('s3://') ? plainKey(image) : pathKey(image)
}

/** The host stays as it stands; the rest is encoded as Thumbor encodes it. */
function webKey(scheme: string, text: string): string | Failure {
  const [, authority = '', rest = ''] = /^([^/?#]*)(.*)$/su.exec(text) ?? []
  return plainKey(`${scheme}://${authority}${fetchText(rest)}`)
}

function pathKey(image: string): string | Failure {
  const [, name = '', path = ''] = /^\/*([a-z][a-z0-9-]*:)?(.*)$/su.exec(image) ?? []
  const inside = within(path)
  return inside === undefined
    ? new Failure('original-missing', `"${clip(image)}" leads out of the source of pictures.`, { parameter: clip(image) })
    : plainKey(`${name}${inside}`)
}

/** The path without what means nothing in it; `undefined` when it climbs above its beginning. */
function within(path: string): string | undefined {
  const parts = path.split('/')
  if (!parts.some((part) => part === '.' || part === '..')) return path.replace(/^\/+/, '')
  const kept: string[] = []
  for (const part of parts) {
    if (part === '' || part === '.') continue
    if (part !== '..') kept.push(part)
    else if (kept.pop() === undefined) return undefined
  }
  return kept.join('/')
}

/** Encoded once; but text that is encoded still, because it came encoded twice, is left as it is. */
function fetchText(image: string): string {
  return unquote(image) === image ? quote(image, `${inPaths}?#${unreserved}`) : image
}
