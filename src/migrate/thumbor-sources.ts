import { type Options, type Outcome, type Row, text, whole } from './outcome.ts'
import type { PyValue } from './python-literals.ts'

/** The loaders that come with Thumbor, and how the dialect says them. */
const loaders: Readonly<Record<string, string>> = {
  'thumbor.loaders.http_loader': 'http',
  'thumbor.loaders.https_loader': 'https',
  'thumbor.loaders.strict_https_loader': 'https',
  'thumbor.loaders.file_loader': 'path',
  'thumbor.loaders.file_loader_http_fallback': 'auto',
}

/** How its files and its fetches are said: `LOADER` when it is not there is that of the web. */
function loaderOf(options: Options): string | undefined {
  const named = options.get('LOADER') ?? 'thumbor.loaders.http_loader'
  return typeof named === 'string' ? loaders[named] : undefined
}

const anyHost =
  'Thumbor fetches from any host: name yours in TINTYPE_SOURCE_HTTP_ALLOW instead of TINTYPE_SOURCE_HTTP_ANY, or a server at a public address must have keys.'

/** Which loader, and, where no host is named, that every host is meant. */
export const loader: Row = (value, options) => {
  const said = loaderOf(options)
  if (said === undefined) return { note: `There is no source like ${String(value)}: see the reference of sources.` }
  const settings = {
    TINTYPE_THUMBOR_LOADER: said,
    ...(said === 'path' || options.has('ALLOWED_SOURCES') ? {} : { TINTYPE_SOURCE_HTTP_ANY: 'yes' }),
  }
  if (said === 'auto')
    return { settings, note: 'A key is a file or a URL by its form; what is missing as the one is not tried as the other.' }
  return settings.TINTYPE_SOURCE_HTTP_ANY === undefined ? { settings } : { settings, note: anyHost }
}

/** Hosts as they stand, and regular expressions of the common forms; what is not understood is named, and opens nothing. */
export const allowedSources: Row = (value, options) => {
  if (!Array.isArray(value)) return { note: 'A list of hosts is expected.' }
  const said = loaderOf(options)
  const web = said !== undefined && said !== 'path'
  if (value.length === 0)
    return web
      ? { settings: { TINTYPE_SOURCE_HTTP_ANY: 'yes' }, note: anyHost }
      : { note: 'Nothing is fetched from the web, as its loader says.' }
  const hosts: string[] = []
  const strange: string[] = []
  for (const each of value as readonly PyValue[]) {
    const source = isRegex(each) ? each.source : String(each)
    const found = isRegex(each) || typeof each === 'string' ? hostsOf(source, isRegex(each)) : undefined
    if (found === undefined) strange.push(source)
    else hosts.push(...found)
  }
  const note = `Not understood: ${strange.map((each) => JSON.stringify(each)).join(', ')}. Hosts are said as img.example.com or *.example.com.`
  return {
    ...(hosts.length === 0 ? {} : { settings: { TINTYPE_SOURCE_HTTP_ALLOW: [...new Set(hosts)].join(',') } }),
    ...(strange.length === 0 ? {} : { note }),
  }
}

function isRegex(value: PyValue): value is { readonly kind: 'regex'; readonly source: string } {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'regex'
}

/** `img.example.com`, `.+\.example\.com`, `^(.*\.)?example\.com$`; one of these in a URL as well: `https?://img\.example\.com/.*`. */
function hostsOf(source: string, regex: boolean): readonly string[] | undefined {
  const name = /^(?:[a-z0-9-]+\.)*[a-z0-9-]+(?::\d+)?$/i
  if (!regex && name.test(source)) return [source.toLowerCase()]
  const bare = source
    .replace(/^\^/, '')
    .replace(/\$$/, '')
    .replace(/^(?:https\?|https|http|\(\?:https\|http\)|\(https\|http\)|\(http\|https\)):\/\//, '')
    .replace(/\/(?:\.[*+])?$/, '')
  const [, optional, below, rest = ''] = /^(\((?:\?:)?\.[*+]\\\.\)\?)?(\.[*+]\\\.|\[\^[./\]\\]{1,4}\][*+]\\\.)?(.*)$/.exec(bare) ?? []
  if (!/^(?:[a-z0-9-]|\\\.|\\-)+$/i.test(rest)) return undefined
  const host = rest.replaceAll('\\', '').toLowerCase()
  if (!name.test(host) || !host.includes('.')) return undefined
  if (optional !== undefined) return below === undefined ? [host, `*.${host}`] : undefined
  return [below === undefined ? host : `*.${host}`]
}

export const fileRoot: Row = (value, options) => {
  const said = loaderOf(options)
  const root = text(value)
  if (said !== 'path' && said !== 'auto') return { note: 'No loader of files is chosen, so that nothing is read there.' }
  return root === undefined ? { note: 'The path of a folder is expected.' } : { settings: { TINTYPE_SOURCE_FILE_ROOT: root } }
}

/** The whole of a fetch; the parts of it that have bounds of their own, and the request around it, get as much. */
export const requestTimeout: Row = (value) => {
  if (typeof value !== 'number' || value <= 0) return { note: 'A fetch always has an end here: see TINTYPE_SOURCE_HTTP_TIMEOUT_SECONDS.' }
  const time = String(Math.min(600, value))
  return {
    settings: {
      TINTYPE_SOURCE_HTTP_TIMEOUT_SECONDS: time,
      TINTYPE_SOURCE_HTTP_FIRST_BYTE_SECONDS: time,
      TINTYPE_SOURCE_HTTP_BODY_SECONDS: time,
      TINTYPE_LIMIT_REQUEST_SECONDS: String(Math.min(600, Math.max(20, Math.ceil(value) + 10))),
    },
  }
}

export const redirects: Row = (value, options) => {
  if (options.get('HTTP_LOADER_FOLLOW_REDIRECTS') === false) return { note: 'None is followed: HTTP_LOADER_FOLLOW_REDIRECTS says so.' }
  const number = whole(0, 10)(value)
  return number === undefined ? { note: 'A number is expected.' } : { settings: { TINTYPE_SOURCE_HTTP_REDIRECTS: number } }
}

export const followRedirects: Row = (value) =>
  value === false ? { settings: { TINTYPE_SOURCE_HTTP_REDIRECTS: '0' } } : ({ note: 'It is so here anyway.' } satisfies Outcome)
