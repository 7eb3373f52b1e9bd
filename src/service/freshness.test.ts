import { expect, test } from 'vitest'
import { cacheControl, freshSeconds, type Lifetime } from './freshness.ts'
import type { CacheSettings } from './settings.ts'

const settings: CacheSettings = {
  defaultSeconds: 3600,
  minSeconds: 60,
  maxSeconds: 86_400,
  localSeconds: 1,
  staleSeconds: 600,
  errorSeconds: 300,
  missingSeconds: 60,
  failedSeconds: 5,
}

test.each([
  [{}, false, 3600],
  [{ maxAgeSeconds: 100 }, false, 100],
  [{ maxAgeSeconds: 0 }, false, 60],
  [{ maxAgeSeconds: 1e9 }, false, 86_400],
  [{ immutable: true }, false, 86_400],
  [{ immutable: true, maxAgeSeconds: 100 }, false, 86_400],
  [{ maxAgeSeconds: 100 }, true, 1],
  [{}, true, 1],
])('an original with %j, local %s, is good for %i s', (freshness, local, seconds) =>
  expect(freshSeconds(freshness, local, settings)).toBe(seconds),
)

test('a default beyond the bounds is bounded too', () => {
  expect(freshSeconds({}, false, { ...settings, defaultSeconds: 10 })).toBe(60)
  expect(freshSeconds({}, false, { ...settings, defaultSeconds: 1e9 })).toBe(86_400)
})

const plain: Lifetime = {
  remaining: 99.7,
  urlRemaining: Number.POSITIVE_INFINITY,
  versioned: false,
  noStore: false,
  stale: false,
  local: false,
}
const windows = 'stale-while-revalidate=600, stale-if-error=300'

test.each<[Partial<Lifetime>, string]>([
  [{}, `public, max-age=99, ${windows}`],
  [{ remaining: -5 }, `public, max-age=0, ${windows}`],
  [{ local: true, remaining: 0.5 }, `public, max-age=3600, ${windows}`],
  [{ versioned: true }, 'public, max-age=31536000, immutable'],
  [{ stale: true }, 'public, max-age=30'],
  // What an original forbids, no version and no failure of its origin allows.
  [{ noStore: true, versioned: true, stale: true, local: true }, 'no-store'],
  [{ stale: true, versioned: true }, 'public, max-age=30'],
  // No copy outlives its URL, fresh or stale.
  [{ urlRemaining: 20.9 }, 'public, max-age=20, must-revalidate'],
  [{ urlRemaining: 500 }, 'public, max-age=99, must-revalidate'],
  [{ urlRemaining: 20, versioned: true }, 'public, max-age=20, immutable, must-revalidate'],
  [{ urlRemaining: 20, stale: true }, 'public, max-age=20'],
  // What the URL says counts before what the original says, but for its prohibition and the end of the URL.
  [{ maxAge: 86_400, remaining: 5 }, 'public, max-age=86400'],
  [{ maxAge: 0, remaining: 5 }, 'no-cache'],
  [{ maxAge: 100, versioned: true, local: true }, 'public, max-age=100'],
  [{ maxAge: 100, urlRemaining: 20.9 }, 'public, max-age=20, must-revalidate'],
  [{ maxAge: 100, stale: true }, 'public, max-age=30'],
  [{ maxAge: 10, stale: true }, 'public, max-age=10'],
  [{ maxAge: 0, stale: true }, 'no-cache'],
  [{ maxAge: 100, noStore: true }, 'no-store'],
  [{ urlRemaining: -1, local: true }, 'public, max-age=0, must-revalidate'],
])('a result that is %j: %s', (lifetime, header) => expect(cacheControl({ ...plain, ...lifetime }, settings)).toBe(header))
