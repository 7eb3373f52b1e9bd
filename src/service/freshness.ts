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
  /** The URL names a version, which never changes. */
  readonly versioned: boolean
  /** The original must not be kept by anybody. */
  readonly noStore: boolean
  /** Served although its origin fails. */
  readonly stale: boolean
  readonly local: boolean
}

/** The Cache-Control of a result. @see RFC 9111, 5.2.2; RFC 5861; RFC 8246 */
export function cacheControl(lifetime: Lifetime, settings: CacheSettings): string {
  if (lifetime.noStore) return 'no-store'
  if (lifetime.stale) return 'public, max-age=30'
  if (lifetime.versioned) return 'public, max-age=31536000, immutable'
  const seconds = lifetime.local ? settings.defaultSeconds : Math.max(0, Math.floor(lifetime.remaining))
  return `public, max-age=${seconds}, stale-while-revalidate=${settings.staleSeconds}, stale-if-error=${settings.errorSeconds}`
}
