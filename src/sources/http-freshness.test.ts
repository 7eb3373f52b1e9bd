import type { IncomingHttpHeaders } from 'node:http'
import { expect, it } from 'vitest'
import { freshnessOf, validatorsOf } from './http-freshness.ts'
import type { Freshness } from './source.ts'

const date = 'Sun, 06 Nov 1994 08:49:37 GMT'
const hourLater = 'Sun, 06 Nov 1994 09:49:37 GMT'

const cases: [IncomingHttpHeaders, Freshness][] = [
  [{}, {}],
  [{ 'cache-control': 'max-age=60' }, { maxAgeSeconds: 60 }],
  [{ 'cache-control': 'Max-Age="60"' }, { maxAgeSeconds: 60 }],
  [{ 'cache-control': 'max-age = 60' }, { maxAgeSeconds: 60 }],
  [{ 'cache-control': 'max-age=60, s-maxage=10' }, { maxAgeSeconds: 10 }],
  [{ 'cache-control': 's-maxage=10, max-age=60' }, { maxAgeSeconds: 10 }],
  [{ 'cache-control': 'max-age=60, max-age=10' }, { maxAgeSeconds: 60 }],
  [{ 'cache-control': 'max-age=-1' }, { maxAgeSeconds: 0 }],
  [{ 'cache-control': 'max-age=1.5' }, { maxAgeSeconds: 0 }],
  [{ 'cache-control': 'max-age=99999999999999' }, { maxAgeSeconds: 2 ** 31 }],
  [{ 'cache-control': 'public, max-age=31536000, immutable' }, { maxAgeSeconds: 31_536_000, immutable: true }],
  [{ 'cache-control': 'no-cache, max-age=60' }, { maxAgeSeconds: 0 }],
  [{ 'cache-control': 'no-cache="set-cookie", max-age=60' }, { maxAgeSeconds: 0 }],
  [{ 'cache-control': 'no-store' }, { noStore: true }],
  [{ 'cache-control': 'PRIVATE, max-age=60' }, { noStore: true, maxAgeSeconds: 60 }],
  [{ 'cache-control': 'private="a, max-age=5"' }, { noStore: true }],
  [{ 'cache-control': 'x="no-store, private", max-age=60' }, { maxAgeSeconds: 60 }],
  [{ 'cache-control': 'no-storefront, max-agent=5' }, {}],
  [{ 'cache-control': 'max-age=60', age: '20' }, { maxAgeSeconds: 40 }],
  [{ 'cache-control': 'max-age=60', age: '90' }, { maxAgeSeconds: 0 }],
  [{ age: '90' }, {}],
  [{ date, expires: hourLater }, { maxAgeSeconds: 3600 }],
  [{ date, expires: hourLater, age: '600' }, { maxAgeSeconds: 3000 }],
  [{ date: hourLater, expires: date }, { maxAgeSeconds: 0 }],
  [{ date, expires: '0' }, { maxAgeSeconds: 0 }],
  [{ date, expires: 'never' }, { maxAgeSeconds: 0 }],
  [{ expires: hourLater }, { maxAgeSeconds: 1800 }],
  [{ date, expires: hourLater, 'cache-control': 'max-age=5' }, { maxAgeSeconds: 5 }],
]
it.each(cases)('%j gives %j', (headers, expected) => {
  expect(freshnessOf(headers, Date.parse(date) + 1_800_000)).toEqual(expected)
})

it.each<[IncomingHttpHeaders, object]>([
  [{}, {}],
  [
    { etag: '"a"', 'last-modified': date },
    { etag: '"a"', lastModified: date },
  ],
  [{ etag: 'W/"a"' }, { etag: 'W/"a"' }],
  [{ etag: 'a', 'last-modified': 'yesterday' }, {}],
  [{ etag: '"a\r\nx: y"' }, {}],
  [{ 'last-modified': `${date} (\u00e9 <b>)` }, {}],
])('%j validates by %j', (headers, expected) => {
  expect(validatorsOf(headers)).toEqual(expected)
})
