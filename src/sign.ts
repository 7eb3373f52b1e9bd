import { createHmac } from 'node:crypto'
import type { Words } from './dialects/dialect.ts'
import { nativeMessage } from './dialects/native.ts'
import { printKey } from './dialects/native-key.ts'
import { dictionary } from './dialects/native-query.ts'
import { decodeForm, encodeForm, splitTarget } from './dialects/percent.ts'
import { Failure } from './errors.ts'
import { filters } from './filters/all.ts'

export type SignOptions = {
  /** Unix seconds after which the URL is no good; takes the place of an `expires` in the URL. */
  readonly expires?: number
  /** Where the service has the native dialect, when not below `/i`. */
  readonly prefix?: string
  /** Parameters that the service ignores (TINTYPE_IGNORED), `utm_*` and the like: they are no part of what is signed. */
  readonly ignored?: readonly string[]
  /** Write the whole URL in its one canonical spelling, which is what an edge can check that does not know the values (see the guide of AWS). */
  readonly canonical?: boolean
}

/**
 * A native URL with its signature `s`: HMAC-SHA256 as base64url over the canonical text of what it asks for, so that it holds however
 * proxies reorder or re-encode the parameters. A signature that is there already is replaced. The rest of the URL stays as it is written,
 * unless it is to be `canonical`.
 * @param url  Whole (`https://img.example/i/a.jpg?w=300`) or from its path on (`/i/a.jpg?w=300`).
 * @param key  One of the service's keys (TINTYPE_KEYS), as it stands there.
 * @throws     `Failure` when the URL asks wrongly or the key is empty: thrown, since an application that forgot to look at a returned
 *             one would publish it as a URL.
 */
export function signNative(
  url: string,
  key: string,
  { expires, prefix = '/i', ignored = [], canonical = false }: SignOptions = {},
): string {
  if (key === '') throw new Failure('setting-invalid', 'The key is empty.')
  const words: Words = { filters, presets: {}, presetsOnly: false, ignored, prefix }
  const [, origin = '', target = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)?(.*)$/isu.exec(url) ?? []
  if (target.includes('#')) throw new Failure('url-malformed', 'A URL is signed without its fragment (#).')
  const { path, query } = splitTarget(target)
  const replaced = expires === undefined ? ['s'] : ['s', 'expires']
  const kept = query.split('&').filter((pair) => pair !== '' && !replaced.includes(nameOf(pair)))
  if (expires !== undefined) kept.push(`expires=${expires}`)
  const message = nativeMessage(`${path}?${kept.join('&')}`, words)
  if (message === undefined) throw new Failure('not-found', `The URL is not below ${prefix}/, where the native dialect lives.`)
  if (message instanceof Failure) throw message
  const signature = createHmac('sha256', key).update(message, 'utf8').digest('base64url')
  if (!canonical) return `${origin}${path}?${[...kept, `s=${signature}`].join('&')}`
  // Keys may hold a question mark, canonical queries never do.
  const sign = message.lastIndexOf('?')
  const pairs = [message.slice(sign + 1), `s=${signature}`].filter((pair) => pair !== '')
  return `${origin}${prefix.replace(/\/+$/, '')}/${printKey(message.slice(0, sign))}?${pairs.join('&')}`
}

/** Every alias of a native parameter with its canonical name: for an edge that checks signatures without knowing the values. */
export function nativeAliases(): Readonly<Record<string, string>> {
  const known = [...dictionary(filters)].map(([name, parameter]): [string, string] => [name, parameter.name])
  return Object.fromEntries(known.filter(([name, canonical]) => name !== canonical))
}

/**
 * The canonical target of an original in a preset, from its path on: `/i/cats/a.jpg?preset=thumb`.
 * @param original  Its key, decoded: `cats/a.jpg`, `photos:a.jpg`.
 * @param key       To sign it with, where URLs are signed.
 */
export function presetTarget(original: string, preset: string, prefix: string, key?: string): string {
  const target = `${prefix.replace(/\/+$/, '')}/${printKey(original)}?preset=${encodeForm(preset)}`
  return key === undefined ? target : signNative(target, key, { prefix, canonical: true })
}

/** The canonical name of a pair as it is written; the empty text when it is no parameter. */
function nameOf(pair: string): string {
  const name = decodeForm(pair.split('=', 1)[0] ?? '')
  return name instanceof Failure ? '' : (dictionary(filters).get(name)?.name ?? '')
}
