import type { Order } from '../dialects/dialect.ts'
import { contentDisposition } from './file-name.ts'
import { cacheControl, urlRemaining } from './freshness.ts'
import type { Parts } from './parts.ts'
import { always, sandbox } from './problem.ts'
import type { Version } from './version.ts'

/** What is sent, whether a result or an original as it is. */
export type Sent = {
  readonly type: string
  /** Ending of its file name, without the dot. */
  readonly extension: string
  readonly etag: string
  readonly version: Version
  /** Seconds for which it stays good; 0 or less when it is stale. */
  readonly remaining: number
  /** Served although its origin fails. */
  readonly stale: boolean
  /** Its original lies on this machine. */
  readonly local: boolean
}

/** The headers of any picture that is sent: what it is, how long it is good, under which name it is saved, and that it may run nothing. */
export function bodyHeaders({ cache, now }: Parts, { key, delivery }: Order, sent: Sent): Record<string, string> {
  const { type, extension, etag, version, remaining, stale, local } = sent
  const lifetime = {
    remaining,
    urlRemaining: urlRemaining(delivery.expires, now()),
    versioned: delivery.version !== undefined,
    maxAge: delivery.maxAge,
    noStore: version.noStore,
    stale,
    local,
  }
  const policy = cacheControl(lifetime, cache)
  return {
    ...always,
    'content-type': type,
    etag,
    'cache-control': policy,
    ...(delivery.expiresHeader === true ? expires(policy, now()) : {}),
    'content-security-policy': sandbox,
    'content-disposition': contentDisposition(key, extension, delivery.download),
  }
}

/** The same as the policy's `max-age`, as a date; none where it has none. @see RFC 9111, 5.3 */
function expires(policy: string, now: number): Record<string, string> {
  const seconds = /\bmax-age=(\d+)/.exec(policy)?.[1]
  return seconds === undefined ? {} : { expires: new Date(now + Number(seconds) * 1000).toUTCString() }
}
