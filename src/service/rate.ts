import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'
import { Failure } from '../errors.ts'

/** What one client has left. */
type Bucket = { tokens: number; at: number }

/** Clients that are remembered; some 20 MB when full. Who has not come for longest is forgotten, and starts anew with a full bucket. */
const mostClients = 100_000

/** Paths that machines ask to learn whether the service lives: a limit would tell them that it does not. */
const checks = /^\/(?:health|ready|metrics)(?:\?|$)/

/**
 * How often one client may ask: a token bucket for each, in the memory of this process. Hits and misses count alike, and so do failures: who
 * asks too often is no less a burden for asking what is there.
 */
export class Rate {
  readonly #perMillisecond: number
  readonly #burst: number
  readonly #now: () => number
  readonly #buckets = new LRUCache<string, Bucket>({ max: mostClients })

  /** @param now  Milliseconds, of any beginning. */
  constructor(options: { readonly perSecond: number; readonly burst: number }, now: () => number) {
    this.#perMillisecond = options.perSecond / 1000
    this.#burst = options.burst
    this.#now = now
  }

  /**
   * Counts one request; `rate-limited` when the client has none left, and then it does not count.
   * @param client  Its address. Without one nobody can be told from anybody, and nothing is counted.
   */
  take(client: string | undefined, target: string): Failure | undefined {
    if (client === undefined || checks.test(target)) return undefined
    const now = this.#now()
    const name = networkOf(client)
    const bucket = this.#buckets.get(name) ?? { tokens: this.#burst, at: now }
    // A clock may be set back.
    bucket.tokens = Math.min(this.#burst, bucket.tokens + Math.max(0, now - bucket.at) * this.#perMillisecond)
    bucket.at = now
    this.#buckets.set(name, bucket)
    if (bucket.tokens < 1) {
      const retryAfterSeconds = Math.max(1, Math.ceil((1 - bucket.tokens) / this.#perMillisecond / 1000))
      return new Failure('rate-limited', `Too many requests from this address; try again in ${retryAfterSeconds} s.`, { retryAfterSeconds })
    }
    bucket.tokens -= 1
    return undefined
  }
}

/** Whom an address stands for: itself in IPv4, its /64 in IPv6, where one client has as many addresses as it likes. */
function networkOf(client: string): string {
  const address = client.split('%', 1)[0] ?? ''
  if (!address.includes(':') || !ipaddr.IPv6.isValid(address)) return client
  const parsed = ipaddr.IPv6.parse(address)
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : parsed.parts.slice(0, 4).join(':')
}
