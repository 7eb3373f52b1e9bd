import type { Fields, Values } from '../schema/field.ts'
import { boolean, integer, list, number, text } from '../schema/fields.ts'

/** How long things stay good. @see RFC 9111, RFC 5861 */
export const cacheFields = {
  defaultSeconds: integer({
    doc: 'How long an original stays good when its origin does not say.',
    unit: 'seconds',
    min: 0,
    max: 31_536_000,
    fallback: 3600,
  }),
  minSeconds: integer({
    doc: 'Shortest time an original counts as good, whatever its origin says.',
    unit: 'seconds',
    min: 0,
    max: 31_536_000,
    fallback: 60,
  }),
  maxSeconds: integer({
    doc: 'Longest time an original counts as good, whatever its origin says.',
    unit: 'seconds',
    min: 0,
    max: 31_536_000,
    fallback: 31_536_000,
  }),
  localSeconds: integer({
    doc: 'How long a file of a local folder is not looked at again.',
    unit: 'seconds',
    min: 0,
    max: 86_400,
    fallback: 1,
  }),
  staleSeconds: integer({
    doc: 'How long a stale result is still served while it is renewed behind.',
    unit: 'seconds',
    min: 0,
    max: 31_536_000,
    fallback: 604_800,
  }),
  errorSeconds: integer({
    doc: 'How long a stale result is still served while its origin fails.',
    unit: 'seconds',
    min: 0,
    max: 31_536_000,
    fallback: 86_400,
  }),
  missingSeconds: integer({ doc: 'How long a missing original is remembered.', unit: 'seconds', min: 0, max: 86_400, fallback: 60 }),
  failedSeconds: integer({ doc: 'How long a failed fetch is remembered.', unit: 'seconds', min: 0, max: 3600, fallback: 5 }),
} as const satisfies Fields

/** The queues in front of the renderer and of the origins. */
export const queueFields = {
  fetches: integer({
    doc: 'Most originals fetched at once; as many more wait as for the renderer.',
    unit: 'originals',
    min: 1,
    max: 100_000,
    fallback: 64,
  }),
  originalBytes: integer({
    doc: 'Most memory for originals in flight, from their first byte until their picture is made; further ones wait, beyond the queue it is 503. Files of this machine take none.',
    unit: 'bytes',
    min: 1_000_000,
    max: 1e12,
    fallback: 256_000_000,
  }),
  length: integer({
    doc: 'Most pictures that wait for the renderer; beyond it the answer is 503.',
    unit: 'pictures',
    min: 0,
    max: 100_000,
    fallback: 64,
  }),
  waitSeconds: integer({
    doc: 'Longest wait for the renderer; beyond it the answer is 503.',
    unit: 'seconds',
    min: 1,
    max: 300,
    fallback: 2,
  }),
} as const satisfies Fields

/** How often one client may ask. Hits count like anything else; /health, /ready and /metrics never do. */
export const rateFields = {
  perSecond: number({
    doc: 'Requests that one client may send in a second, in the long run; beyond them the answer is 429. Unset, there is no limit.',
    unit: 'requests',
    min: 0.01,
    max: 1_000_000,
  }),
  burst: integer({
    doc: 'Requests that a client which was quiet may send at once.',
    unit: 'requests',
    min: 1,
    max: 1_000_000,
    fallback: 100,
  }),
} as const satisfies Fields

/** What may be asked, and by whom. */
export const accessFields = {
  keys: list(text({ doc: 'A key.', min: 16, max: 512, secret: true, expected: 'a secret of 16 to 512 characters' }), {
    doc: 'Keys that URLs are signed with; the first signs, all are accepted. Without any, URLs are not signed.',
    secret: true,
    fallback: [],
  }),
  purgeToken: text({ doc: 'Token that DELETE needs; without it nothing can be purged over HTTP.', min: 16, max: 512, secret: true }),
  presetsOnly: boolean({ doc: 'Answer only URLs that name a preset and nothing else.', fallback: false }),
  ignored: list(text({ doc: 'A parameter.', max: 64 }), {
    doc: 'Parameters that others append and that mean nothing here; a star stands for any ending.',
    fallback: ['utm_*', 'fbclid', 'gclid', '_'],
  }),
  allowOrigin: text({
    doc: 'Access-Control-Allow-Origin of every answer; empty for none.',
    min: 0,
    max: 200,
    pattern: /^[\x21-\x7e]*$/,
    expected: '* or an origin such as https://example.com, or nothing',
    fallback: '*',
  }),
} as const satisfies Fields

export type CacheSettings = Values<typeof cacheFields>
export type RateSettings = Values<typeof rateFields>
export type QueueSettings = Values<typeof queueFields>
export type AccessSettings = Values<typeof accessFields>
