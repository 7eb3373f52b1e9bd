import { Failure } from '../errors.ts'
import { clip } from '../schema/field.ts'

/** A part of the web: an exact host or the names below one, at one port, below one path. */
export type AllowPattern = {
  /** Canonical: lower case, punycode, IPv6 in brackets. With `below`, the name after `*.`. */
  readonly host: string
  /** Names of any depth below the host, not the host itself. */
  readonly below: boolean
  /** Empty: the port that belongs to the scheme. */
  readonly port: string
  /** Begins and, above the root, does not end with `/`; matched by whole segments. */
  readonly path: string
}

/** `img.example.com`, `*.example.com`, `example.com:8080/photos`; `undefined` for anything else, so that a slip opens nothing. */
export function readAllowPattern(text: string): AllowPattern | undefined {
  const [, star, host, port = '', path = '/'] =
    /^(\*\.)?([^\s*/\\?#@:[\]]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?(\/[^\s*\\?#]*)?$/i.exec(text) ?? []
  if (host === undefined || !URL.canParse(`http://${host}${path}`) || Number(port) > 65_535) return undefined
  const url = new URL(`http://${host}${path}`)
  const folded = url.pathname.replace(/(?<=.)\/+$/, '')
  // A pattern that the parser reads otherwise than it is written (`1.1`, `a/../b`, `%2e`) would not mean what its writer sees.
  if (/^[\d.]+$/.test(host) && url.hostname !== host) return undefined
  if (/(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(path) || (star !== undefined && host.startsWith('['))) return undefined
  return { host: url.hostname, below: star !== undefined, port: String(port === '' ? '' : Number(port)), path: folded }
}

export function printAllowPattern({ host, below, port, path }: AllowPattern): string {
  return `${below ? '*.' : ''}${host}${port === '' ? '' : `:${port}`}${path === '/' ? '' : path}`
}

/** Hosts are compared as whole texts, never as parts of one: `example.com` allows neither `example.com.evil.org` nor `notexample.com`. */
export function matches({ host, below, port, path }: AllowPattern, url: URL): boolean {
  const named = below ? url.hostname.endsWith(`.${host}`) && url.hostname.length > host.length + 1 : url.hostname === host
  const own = url.protocol === 'https:' ? '443' : '80'
  return named && (url.port === '' ? own : url.port) === (port === '' ? own : port) && isBelow(url.pathname, path)
}

/**
 * Does a URL's path lie at or below another, by whole segments? The URL parser has folded plain `..`; an origin that decodes `%2f` before it
 * resolves the path would fold `..%2f` as well, so a path that holds `..` under any number of decodings lies below nothing but the root.
 */
export function isBelow(pathname: string, root: string): boolean {
  if (root === '/') return true
  const base = root.endsWith('/') ? root.slice(0, -1) : root
  return (pathname === base || pathname.startsWith(`${base}/`)) && !climbs(pathname)
}

/** The failure of a URL that no pattern allows. */
export function notAllowed(url: URL): Failure {
  return new Failure('source-forbidden', `Originals at ${clip(url.host)} are not fetched, or not from that path.`)
}

function climbs(pathname: string): boolean {
  let text = pathname
  for (let times = 0; times < 5; times++) {
    if (text.split(/[/\\]/).includes('..')) return true
    const decoded = text.replace(/%(2e|2f|5c|25)/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    if (decoded === text) return false
    text = decoded
  }
  return true
}
