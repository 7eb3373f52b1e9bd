import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { Failure } from '../errors.ts'
import type { Carrier } from '../outbound/carrier.ts'
import { type Answer, carriesOriginal, exchange, type Sending } from '../outbound/exchange.ts'
import { version } from '../version.ts'
import type { Credentials, Keyring } from './credentials.ts'
import { type Asked, type Refusal, refusalOf } from './refusals.ts'

/** One operation on one bucket. */
export type Ask = Asked & {
  readonly method: NonNullable<Sending['method']>
  readonly url: URL
  /** Signed with the rest. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer
  readonly ranged?: boolean
  readonly room?: Sending['room']
  /** Most bytes of an answer that carries something. */
  readonly maxBytes: number
  /** Statuses that are answers too, beside those that carry something: 304 where validators were sent. */
  readonly takes?: readonly number[]
  /** An answer of 200 may hold an error all the same: what it says. */
  hidden?(answer: Answer): Promise<Refusal | undefined>
}

export type SendOptions = {
  readonly region: string
  readonly timeoutSeconds: number
  readonly retries: number
  /** Nobody signs where there is none: the bucket is open to all. */
  readonly keyring: Keyring | undefined
  readonly carrier: Carrier
  /** Stands in for chance in a test, 0..1. */
  readonly random?: () => number
}

/** Pauses between tries grow twofold from the first of these up to the second; each is a share of that, by chance. */
const pauses = { firstMs: 100, longestMs: 5000 } as const

/** A body that is sent or comes slower than this keeps a place for nothing. */
const minBytesPerSecond = 512

const reasonBytes = 16_384

/** Sends asks, each signed anew for every try, until it is answered or there is no sense in trying again. */
export function openSend(options: SendOptions): (ask: Ask, signal: AbortSignal) => Promise<Answer | Failure> {
  const { region, timeoutSeconds, retries, keyring, random = Math.random } = options
  /** How far the clock of the service is ahead of ours. */
  let skewMs = 0

  async function headersOf(ask: Ask, credentials: Credentials | undefined): Promise<readonly string[]> {
    const hash = createHash('sha256')
      .update(ask.body ?? '')
      .digest('hex')
    // Not signed: caches and proxies on the way set them as they like.
    const plain = ['user-agent', `tintype/${version}`, 'accept-encoding', 'identity']
    if (credentials === undefined) return [...plain, ...Object.entries(ask.headers ?? {}).flat()]
    const { AwsV4Signer } = await import('aws4fetch')
    const { accessKeyId, secretAccessKey, sessionToken } = credentials
    const signed = await new AwsV4Signer({
      ...{ accessKeyId, secretAccessKey, region, service: 's3', method: ask.method, url: ask.url.href, allHeaders: true },
      ...(sessionToken === undefined ? {} : { sessionToken }),
      headers: { ...ask.headers, 'x-amz-content-sha256': hash },
      datetime: new Date(Date.now() + skewMs).toISOString().replace(/[:-]|\.\d{3}/g, ''),
    }).sign()
    return [...plain, ...[...signed.headers].flat()]
  }

  /** One try: the answer, or why there is none. */
  async function attempt(ask: Ask, signal: AbortSignal): Promise<Answer | Refusal> {
    const credentials = await keyring?.get(signal)
    if (credentials instanceof Failure) return { failure: credentials, again: 'never' }
    const headers = await headersOf(ask, credentials)
    signal.throwIfAborted()
    const answer = await exchange(
      options.carrier,
      ask.url,
      headers,
      { maxBytes: ask.maxBytes, firstByteSeconds: timeoutSeconds, bodySeconds: timeoutSeconds, minBytesPerSecond },
      signal,
      {
        method: ask.method,
        reasonBytes,
        ranged: ask.ranged ?? false,
        room: ask.room,
        ...(ask.body === undefined ? {} : { body: ask.body }),
      },
    )
    if (answer instanceof Failure)
      return { failure: answer, again: answer.code === 'origin-unreachable' || isCut(answer) ? 'later' : 'never' }
    const fine = carriesOriginal(answer.status) || answer.status === 204 || (ask.ranged === true && answer.status === 206)
    const refusal = fine ? await ask.hidden?.(answer) : ask.takes?.includes(answer.status) ? undefined : await refusalOf(ask, answer)
    if (refusal === undefined) return answer
    if (refusal.again === 'other-credentials' && credentials !== undefined) keyring?.refuse(credentials)
    if (refusal.again === 'other-time') skewMs = (refusal.serverTime ?? Date.now()) - Date.now()
    return refusal
  }

  return async (ask, signal) => {
    let mended = false
    for (let tries = 0; ; ) {
      const outcome = await attempt(ask, signal)
      if (!('failure' in outcome)) return outcome
      if (outcome.again === 'never') return outcome.failure
      if (outcome.again === 'later') {
        if (tries >= retries) return outcome.failure
        await wait(random() * Math.min(pauses.longestMs, pauses.firstMs * 2 ** tries), undefined, { signal })
        tries++
        continue
      }
      // Another clock or other credentials mend it at once, or not at all.
      if (mended) return outcome.failure
      mended = true
    }
  }
}

/** The connection broke in the middle of the answer: asked again, it may come whole. */
function isCut({ code, cause }: Failure): boolean {
  return code === 'origin-failed' && cause instanceof Error && 'code' in cause
}
