import { isIP } from 'node:net'
import { Failure } from '../errors.ts'
import { clip } from '../schema/field.ts'
import { hostOf, mayDial, type OpenBlocks } from './address.ts'

/**
 * Ports of other protocols, at which an HTTP request could be taken for a command.
 * @see https://fetch.spec.whatwg.org/#port-blocking
 */
const badPorts = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117,
  119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636,
  989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
])

/**
 * The raw text of a URL, checked and parsed once: what comes out is what is dialled, so no second parser can see another host in it.
 * A name is checked again when it is resolved (see `dial.ts`); a literal address is judged here, because no lookup will follow.
 * @returns `key-malformed` for what is no plain http(s) URL, `address-forbidden` for a port or a literal that is not dialled.
 */
export function outboundUrl(text: string, open: OpenBlocks = []): URL | Failure {
  if (hasTrickyCharacter(text)) return malformed(text, 'without backslashes, spaces and control characters')
  // The URL standard mends `http:x`, `http:/x` and `http:///x`; other parsers read them differently.
  if (!/^https?:\/\/[^/]/i.test(text)) return malformed(text, 'that begins with http:// or https:// and a host')
  if (!URL.canParse(text)) return malformed(text, 'with a valid host and port')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return malformed(`${url.protocol}//…@${url.host}`, 'without a user name and password')
  return addressProblem(url, open) ?? url
}

/**
 * Where a redirect leads: the `Location` may be relative, and is otherwise under the same rules as any URL.
 * @returns `origin-redirects` where the target is malformed or gives up encryption, `address-forbidden` as above.
 */
export function redirectUrl(from: URL, location: string, open: OpenBlocks = []): URL | Failure {
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(location)
  const text = absolute ? location : location.startsWith('//') ? `${from.protocol}${location}` : relative(from, location)
  const url = text === undefined ? malformed(location, 'as the target of a redirect') : outboundUrl(text, open)
  const nowhere = (why: string) => new Failure('origin-redirects', `The origin ${hostOf(from)} redirects ${why}.`)
  if (url instanceof Failure && url.code === 'key-malformed') return nowhere('to something that is no plain http or https URL')
  // Whoever asked did not name the target, and learns nothing of a network that he cannot see.
  if (url instanceof Failure)
    return new Failure(url.code, `The origin ${hostOf(from)} redirects to an address or port that is not fetched from.`)
  if (from.protocol === 'https:' && url.protocol === 'http:') return nowhere('from https to http')
  return url
}

function relative(from: URL, location: string): string | undefined {
  return hasTrickyCharacter(location) || !URL.canParse(location, from.href) ? undefined : new URL(location, from.href).href
}

function hasTrickyCharacter(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: parsers drop or fold them, each in its own way.
  return /[\\\u0000-\u0020\u007f]/.test(text)
}

function addressProblem(url: URL, open: OpenBlocks): Failure | undefined {
  if (url.port !== '' && badPorts.has(Number(url.port))) {
    return new Failure('address-forbidden', `Port ${url.port} of ${clip(url.hostname)} is not fetched from.`)
  }
  // With a trailing dot the URL standard still reads a number as an address; hostname is then already without the dot.
  const literal = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname
  if (isIP(literal) === 0 || mayDial(literal, open)) return undefined
  return new Failure('address-forbidden', `The address ${clip(url.hostname)} is not public.`)
}

function malformed(text: string, expected: string): Failure {
  return new Failure('key-malformed', `Expected a URL ${expected}, got "${clip(text)}".`, { expected: `a URL ${expected}` })
}
