import { Failure } from '../errors.ts'
import { openBlocks } from '../outbound/address.ts'
import { outboundUrl } from '../outbound/outbound-url.ts'
import type { Values } from '../schema/field.ts'
import { clip } from '../schema/field.ts'
import { isBelow, matches, notAllowed } from './allow.ts'
import { type OutboundParts, openOutbound } from './fetch.ts'
import { httpOptions } from './http-options.ts'
import { defineSource, type Source, type SourceParts } from './source.ts'

/** Originals on the web: whole URLs, or paths below one base. */
export const http = defineSource({
  name: 'http',
  doc: 'Originals by http and https, from public addresses.',
  options: httpOptions,
  open: (options, parts) => openHttp(options, parts),
})

/**
 * A live `http` source.
 * @param network  What stands in for the network in a test.
 * @throws `setting-invalid` for headers that no origin would get, and for addresses that are opened to hosts which nobody has named.
 */
export function openHttp(options: Values<typeof httpOptions>, { maxBytes }: SourceParts, network: OutboundParts = {}): Source {
  const { base: baseText, allow, addresses, headers = [], timeoutSeconds, userAgent, ...limits } = options
  const base = baseText === undefined ? undefined : new URL(baseText)
  if (headers.length > 0 && base === undefined) {
    throw new Failure('setting-invalid', 'headers: expected a base beside them, because they are sent to its origin alone.', {
      parameter: 'headers',
    })
  }
  if (addresses.length > 0 && base === undefined && allow.length === 0) {
    throw new Failure(
      'setting-invalid',
      'addresses: expected a base or an allow list beside them, or whoever asks could choose among them.',
      {
        parameter: 'addresses',
      },
    )
  }
  const open = openBlocks(addresses)
  const outbound = openOutbound({ limits: { ...limits, maxBytes, totalSeconds: timeoutSeconds }, open, userAgent }, network)

  /** With neither a base nor a list any public URL is allowed; a base alone allows itself. */
  function refuse(url: URL): Failure | undefined {
    if (base === undefined && allow.length === 0) return undefined
    const below = base !== undefined && url.origin === base.origin && isBelow(url.pathname, base.pathname)
    return below || allow.some((pattern) => matches(pattern, url)) ? undefined : notAllowed(url)
  }

  const textOf = (key: string): string | Failure => (base === undefined || /^https?:/i.test(key) ? key : joinKey(base, key))

  return {
    refusal(key) {
      const text = textOf(key)
      const url = text instanceof Failure ? text : outboundUrl(text, open)
      return url instanceof Failure ? url : refuse(url)
    },
    async get(key, known, signal, room) {
      signal.throwIfAborted()
      const url = textOf(key)
      const credentials = base === undefined ? {} : { credentials: { origin: base.origin, headers } }
      const got = url instanceof Failure ? url : await outbound.fetch({ url, known, refuse, room, ...credentials }, signal)
      return got instanceof Failure && base !== undefined && url !== key ? withoutHost(got, base) : got
    },
    async check(signal) {
      if (base === undefined) {
        const from = allow.length === 0 ? 'any public host' : `${allow.length} allowed parts of the web`
        return { ok: true, message: `Originals come from ${from}.` }
      }
      // Any answer will do: the base itself is seldom a picture.
      const answer = await outbound.fetch({ url: base.href, refuse, credentials: { origin: base.origin, headers } }, signal)
      const silent = answer instanceof Failure && ['origin-unreachable', 'source-timeout', 'address-forbidden'].includes(answer.code)
      return silent ? { ok: false, message: answer.message } : { ok: true, message: `The origin ${base.host} answers.` }
    },
    close: () => outbound.close(),
  }
}

/** Whoever asks by a path has not named the host, and does not learn it: it may be one inside, or one that a CDN is to stand in front of. */
function withoutHost(failure: Failure, { host, hostname }: URL): Failure {
  const named = [host, hostname].map(clip)
  const message = named.reduce((text, name) => text.replaceAll(name, '(internal)'), failure.message)
  return new Failure(failure.code, message, failure.detail)
}

/**
 * A relative key below the base. The key is decoded text, so everything that means something in a URL is encoded: `?`, `#`, `%`, `+`, a blank.
 * @returns `original-missing` for the empty key, `source-forbidden` for one that climbs, `key-malformed` for what no path can hold.
 */
function joinKey(base: URL, key: string): string | Failure {
  if (key === '') return new Failure('original-missing', 'Expected a key, got none.')
  const segments = key.split('/')
  if (segments.some((segment) => segment === '..' || segment === '.')) return notAllowed(base)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  if (/[\u0000-\u001f\u007f\\]/.test(key) || /\p{Surrogate}/u.test(key)) {
    return new Failure('key-malformed', `Expected a path without backslashes and control characters, got "${clip(key)}".`)
  }
  return base.href + segments.map(encodeURIComponent).join('/')
}
