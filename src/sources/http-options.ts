import { isCidr } from '../outbound/address.ts'
import { custom, integer, list, number, text } from '../schema/fields.ts'
import { version } from '../version.ts'
import { printAllowPattern, readAllowPattern } from './allow.ts'

type Header = readonly [name: string, value: string]

/** Headers that are the fetch's own, or that belong to the connection. */
const ownHeaders = new Set([
  ...['accept-encoding', 'connection', 'content-length', 'expect', 'host', 'if-match', 'if-modified-since', 'if-none-match', 'if-range'],
  ...['if-unmodified-since', 'keep-alive', 'proxy-authorization', 'range', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'user-agent'],
])

/** The options of the `http` source: `TINTYPE_SOURCE_HTTP_…`. */
export const httpOptions = {
  base: custom({
    doc: 'URL below which relative keys lie. Without an allow list nothing outside it is fetched.',
    expected: 'an http or https URL without credentials, query and fragment',
    read: readBase,
    print: String,
  }),
  allow: list(
    custom({
      doc: 'A host.',
      expected: 'a host such as img.example.com or *.example.com, with a port and a path if need be',
      read: readAllowPattern,
      print: printAllowPattern,
    }),
    { doc: 'Hosts that originals may come from, also after a redirect; *.example.com means the names below it. Empty: any.', fallback: [] },
  ),
  addresses: list(
    custom({
      doc: 'A block.',
      expected: 'a block of addresses such as 10.0.0.0/8, or one address',
      read: (value) => (isCidr(value) ? value.toLowerCase() : undefined),
      print: String,
    }),
    { doc: 'Blocks of addresses that the hosts of `base` and `allow` may lie in although they are not public.', fallback: [] },
  ),
  headers: custom({
    doc: 'Headers for the origin of `base` alone, such as credentials: `Name: value`, one a line or separated by commas.',
    expected: 'lines of the form `Name: value`, without headers that the fetch sets itself',
    secret: true,
    read: readHeaders,
    print: (headers: readonly Header[]) => headers.map((header) => header.join(': ')).join('\n'),
  }),
  redirects: integer({ doc: 'Redirects that are followed.', min: 0, max: 10, fallback: 3 }),
  retries: integer({ doc: 'Times that a failure which may pass is tried again.', min: 0, max: 5, fallback: 1 }),
  timeoutSeconds: seconds('Longest time for an original, redirects and retries included.', 10),
  dnsSeconds: seconds('Longest time to resolve a name.', 2),
  connectSeconds: seconds('Longest time to connect, TLS included.', 3),
  firstByteSeconds: seconds('Longest time from the request to the head of the answer.', 5),
  bodySeconds: seconds('Longest time from the head of the answer to its end.', 8),
  minBytesPerSecond: integer({ doc: 'Least speed of an answer, over any ten seconds.', unit: 'bytes', min: 0, max: 1e9, fallback: 512 }),
  userAgent: text({
    doc: 'How the fetch names itself.',
    max: 200,
    pattern: /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/,
    expected: 'up to 200 ASCII characters',
    fallback: `tintype/${version}`,
  }),
}

function seconds(doc: string, fallback: number): ReturnType<typeof number> & { readonly fallback: number } {
  return number({ doc, unit: 'seconds', min: 0.05, max: 600, fallback })
}

/** Canonical, its path with `/` at the end. */
function readBase(value: string): string | undefined {
  if (!/^https?:\/\/[^/\\\s][^\\\s]*$/i.test(value) || !URL.canParse(value)) return undefined
  const url = new URL(value)
  if (url.username !== '' || url.password !== '' || /[?#]/.test(value)) return undefined
  return url.href.endsWith('/') ? url.href : `${url.href}/`
}

/** A comma parts headers only where another `Name:` follows, because values hold commas of their own. */
function readHeaders(value: string): readonly Header[] | undefined {
  const lines = value.split(/\r?\n|,(?=\s*[\w!#$%&'*+.^`|~-]+:\s)/).map((line) => line.trim())
  const headers: Header[] = []
  for (const line of lines.filter((each) => each !== '')) {
    const [, name, content] = /^([\w!#$%&'*+.^`|~-]+):\s*([\x20-\x7e]*)$/.exec(line) ?? []
    if (name === undefined || content === undefined || ownHeaders.has(name.toLowerCase())) return undefined
    headers.push([name, content])
  }
  return headers
}
