import { setTimeout as wait } from 'node:timers/promises'
import type { Agent } from 'undici'
import { Failure } from '../errors.ts'
import { hostOf, type OpenBlocks } from '../outbound/address.ts'
import { type BuildConnector, guardedConnector, type Resolve } from '../outbound/dial.ts'
import { type Answer, carriesOriginal, type ExchangeLimits, exchange, joined } from '../outbound/exchange.ts'
import { outboundUrl, redirectUrl } from '../outbound/outbound-url.ts'
import { within } from '../outbound/within.ts'
import { freshnessOf, validatorsOf } from './http-freshness.ts'
import type { AskRoom, Fetched, Validators } from './source.ts'

export type OutboundLimits = ExchangeLimits & {
  readonly dnsSeconds: number
  readonly connectSeconds: number
  /** The whole of a fetch, redirects and retries included. */
  readonly totalSeconds: number
  /** Redirects followed; each is one more request. */
  readonly redirects: number
  /** Times that a failure which may pass is tried again, for each hop. */
  readonly retries: number
}

export type OutboundOptions = {
  readonly limits: OutboundLimits
  /** Blocks of addresses that may be dialled although they are not public. */
  readonly open: OpenBlocks
  readonly userAgent: string
}

/** What a test puts in the place of the network. */
export type OutboundParts = { readonly resolve?: Resolve; readonly build?: BuildConnector }

/** What is asked of an outbound fetch. */
export type OutboundAsk = {
  /** The raw text, from wherever it came. */
  readonly url: string
  readonly known?: Validators | undefined
  /** Headers, credentials among them, for one origin alone; once a redirect has left it they are not sent again. */
  readonly credentials?: { readonly origin: string; readonly headers: readonly (readonly [string, string])[] }
  readonly room?: AskRoom | undefined
  /** A reason not to ask this URL, put to every hop. */
  refuse?(url: URL): Failure | undefined
}

export type Outbound = {
  fetch(ask: OutboundAsk, signal: AbortSignal): Promise<Fetched | Failure>
  /** Closes every socket. */
  close(): Promise<void>
}

/** Failures that may have passed a moment later; the request was not begun, or was answered with one of the statuses. */
const passing = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'EAI_AGAIN', 'UND_ERR_SOCKET'])
const passingStatus = new Set([502, 503, 504])
const redirectStatus = new Set([301, 302, 303, 307, 308])
const retrySeconds = 0.1

/**
 * The one way out of the house: every fetch of an original goes through here, with the same checks on its URL, its addresses, its redirects,
 * its time and its bytes. Proxies in the environment do not count, because behind one no address could be checked.
 */
export function openOutbound({ limits, open, userAgent }: OutboundOptions, parts: OutboundParts = {}): Outbound {
  // Loaded with the first fetch: a function that starts often has no time for a library that it may not need.
  let agent: Promise<Agent> | undefined
  const openAgent = async (): Promise<Agent> => {
    const { Agent, buildConnector } = await import('undici')
    return new Agent({ connect: guardedConnector({ build: buildConnector, ...limits, ...parts, open }) })
  }

  /** One hop, with its retries. */
  async function request(url: URL, headers: readonly string[], room: AskRoom | undefined, signal: AbortSignal): Promise<Answer | Failure> {
    for (let tries = 0; ; tries++) {
      agent ??= openAgent()
      const answer = await exchange(await agent, url, headers, limits, signal, { room, host: hostOf(url) })
      if (tries >= limits.retries || !mayPass(answer)) return answer
      // Spread, so that those who failed together do not come back together.
      await wait(retrySeconds * 1000 * (0.5 + Math.random()), undefined, { signal })
    }
  }

  async function follow(ask: OutboundAsk, signal: AbortSignal): Promise<Fetched | Failure> {
    let url = outboundUrl(ask.url, open)
    let home = true
    for (let hop = 0; ; hop++) {
      if (url instanceof Failure) return url
      const refused = ask.refuse?.(url)
      if (refused !== undefined) return refused
      home &&= url.origin === ask.credentials?.origin
      const answer = await request(url, headersOf(ask, home, userAgent), ask.room, signal)
      if (answer instanceof Failure) return answer
      if (!redirectStatus.has(answer.status)) return conclude(url, answer, ask.known)
      const location = answer.headers.location
      if (location === undefined) return new Failure('origin-redirects', `The origin ${hostOf(url)} redirects nowhere.`)
      if (hop >= limits.redirects)
        return new Failure('origin-redirects', `More than ${limits.redirects} redirects, the last from ${hostOf(url)}.`)
      url = redirectUrl(url, location, open)
    }
  }

  return {
    fetch(ask, signal) {
      const late = new Failure('source-timeout', `The original did not come within ${limits.totalSeconds} s.`)
      return within(limits.totalSeconds, late, signal, (whole) => follow(ask, whole))
    },
    close: async () => (await agent)?.destroy(),
  }
}

function headersOf({ known, credentials }: OutboundAsk, home: boolean, userAgent: string): readonly string[] {
  return [
    ...['user-agent', userAgent, 'accept', 'image/*,*/*;q=0.1', 'accept-encoding', 'identity'],
    ...(known?.etag === undefined ? [] : ['if-none-match', known.etag]),
    ...(known?.lastModified === undefined ? [] : ['if-modified-since', known.lastModified]),
    ...(home && credentials !== undefined ? credentials.headers.flat() : []),
  ]
}

function mayPass(answer: Answer | Failure): boolean {
  // An origin that says when to come back is not asked before.
  if (!(answer instanceof Failure)) return passingStatus.has(answer.status) && answer.headers['retry-after'] === undefined
  if (answer.code !== 'origin-unreachable') return false
  const cause = answer.cause
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && passing.has(cause.code)
}

function conclude(url: URL, { status, headers, body }: Answer, known: Validators | undefined): Fetched | Failure {
  const host = hostOf(url)
  const freshness = freshnessOf({ ...headers, 'cache-control': joined(headers['cache-control']) })
  const validators = validatorsOf(headers)
  if (carriesOriginal(status)) return { kind: 'original', bytes: body, validators, freshness }
  // A 304 may leave out what did not change (RFC 9110, 15.4.5).
  if (status === 304 && known !== undefined) return { kind: 'unchanged', validators: { ...known, ...validators }, freshness }
  if (status === 404 || status === 410)
    return new Failure('original-missing', `The origin ${host} has no such original (status ${status}).`)
  return new Failure('origin-failed', `The origin ${host} answered with status ${status}.`, { originStatus: status })
}
