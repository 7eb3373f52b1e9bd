import type { Freshness } from '../sources/source.ts'
import type { CacheSettings } from './settings.ts'

/**
 * For how many seconds an original counts as good.
 * @param local  It lies in a folder of this machine, where looking again costs next to nothing.
 */
export function freshSeconds(freshness: Freshness, local: boolean, settings: CacheSettings): number {
  if (local) return settings.localSeconds
  if (freshness.immutable === true) return settings.maxSeconds
  return Math.min(settings.maxSeconds, Math.max(settings.minSeconds, freshness.maxAgeSeconds ?? settings.defaultSeconds))
}

/** For how long clients may keep an answer. */
export type Lifetime = {
  /** Seconds the result stays good from now on; 0 or less when it is stale. */
  readonly remaining: number
  /** Seconds until the URL itself expires; Infinity when it does not. No copy may outlive it. */
  readonly urlRemaining: number
  /** The URL names a version, which never changes. */
  readonly versioned: boolean
  /** Seconds that the URL or its dialect says instead, whole from 0. */
  readonly maxAge?: number | undefined
  /** The original must not be kept by anybody. */
  readonly noStore: boolean
  /** Served although its origin fails. */
  readonly stale: boolean
  readonly local: boolean
}

/** Seconds until a URL expires, of which `expires` is the Unix time, if it has one. */
export function urlRemaining(expires: number | undefined, now: number): number {
  return expires === undefined ? Number.POSITIVE_INFINITY : expires - now / 1000
}

/** The Cache-Control of a result. @see RFC 9111, 5.2.2; RFC 5861; RFC 8246 */
export function cacheControl(lifetime: Lifetime, settings: CacheSettings): string {
  if (lifetime.noStore) return 'no-store'
  const most = Math.max(0, Math.floor(lifetime.urlRemaining))
  // Without any header a cache may guess how long: who says 0 means that it must ask.
  if (lifetime.maxAge === 0) return 'no-cache'
  if (lifetime.stale) return `public, max-age=${Math.min(30, lifetime.maxAge ?? most, most)}`
  // A copy of a URL that expires must not be used for a moment longer, however stale a cache may serve.
  const ends = most < Number.POSITIVE_INFINITY ? ', must-revalidate' : ''
  if (lifetime.maxAge !== undefined) return `public, max-age=${Math.min(lifetime.maxAge, most)}${ends}`
  if (lifetime.versioned) return `public, max-age=${Math.min(31_536_000, most)}, immutable${ends}`
  const seconds = Math.min(most, lifetime.local ? settings.defaultSeconds : Math.max(0, Math.floor(lifetime.remaining)))
  if (ends !== '') return `public, max-age=${seconds}${ends}`
  return `public, max-age=${seconds}, stale-while-revalidate=${settings.staleSeconds}, stale-if-error=${settings.errorSeconds}`
}
