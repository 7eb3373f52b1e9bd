import { describe, expect, test } from 'vitest'
import { type Cost, costOf, type Use } from './cost-model.ts'
import { type PriceName, type Prices, prices } from './cost-prices.ts'

const price = Object.fromEntries(Object.entries(prices).map(([name, { dollars }]) => [name, dollars])) as Record<PriceName, number>
const month: Use = {
  views: 10e6,
  hit: 0.9,
  fresh: 200e3,
  bytes: 45e3,
  seconds: 0.2,
  memory: 1769,
  arch: 'x86_64',
  entry: 'function-url',
  months: 1,
  verified: false,
}

function dollars(cost: Cost): Record<string, number> {
  return Object.fromEntries(cost.lines.map(({ name, dollars }) => [name, Number(dollars.toFixed(2))]))
}

const of = (changed: Partial<Use>, prices: Prices = price): Record<string, number> => dollars(costOf({ ...month, ...changed }, prices))

describe('a month', () => {
  test('adds up by hand', () => {
    // 200,000 x 0.2 s x 1.7275 GB x 0.0000166667 + 0.04; 2 PUT each; a GET for each of 1 million misses and three for
    // each of 200,000 originals; 9 GB.
    expect(of({})).toEqual({ Lambda: 1.19, S3: 2.85, API: 0, Function: 0.8, CloudFront: 0, CloudWatch: 0.15 })
    expect(costOf(month, price).total).toBeCloseTo(4.99, 2)
    expect(costOf(month, price).perMillion).toBeCloseTo(0.499, 3)
  })

  test.each<[string, Partial<Use>, Record<string, number>]>([
    ['Arm is a fifth cheaper', { arch: 'arm64' }, { Lambda: 0.96 }],
    ['a REST API takes its part of what is made, not of what is seen', { entry: 'rest-api' }, { API: 0.7 }],
    ['a REST API counts an answer once per 10 MB', { entry: 'rest-api', bytes: 25e6, fresh: 1e6 }, { API: 10.5 }],
    ['an answer of just 10 MB is one', { entry: 'rest-api', bytes: 10e6, fresh: 1e6 }, { API: 3.5 }],
    ['what is streamed past 6 MB is paid', { bytes: 16e6, fresh: 1e6, seconds: 0 }, { Lambda: 80.2 }],
    ['results pile up for as long as they are kept', { months: 3 }, { S3: 3.26 }],
    ['without a bucket every miss is made', { months: 0 }, { S3: 0.4, Lambda: 5.96, CloudWatch: 0.75 }],
    ['a check at the edge reads the key store each view', { verified: true }, { Function: 1.04 }],
    ['CloudFront gives a terabyte and ten million requests', { views: 125e6 }, { CloudFront: 508.13, Function: 12.3 }],
    ['a flat plan is a flat plan', { views: 125e6, flat: 200, verified: true }, { CloudFront: 200, Function: 0 }],
    ['nothing asked, nothing paid', { views: 0, fresh: 0 }, { Lambda: 0, S3: 0, Function: 0, CloudFront: 0, CloudWatch: 0 }],
  ])('%s', (_name, changed, wanted) => expect(of(changed)).toMatchObject(wanted))

  test('no views, no price of a million', () => expect(costOf({ ...month, views: 0 }, price).perMillion).toBe(0))

  test.each(Object.keys(prices) as PriceName[])('the price %s is used', (name) => {
    const all: Use = {
      ...month,
      views: 125e6,
      bytes: 16e6,
      entry: 'rest-api',
      verified: true,
      arch: name === 'lambda-arm' ? 'arm64' : 'x86_64',
    }
    expect(costOf(all, { ...price, [name]: price[name] * 2 + 1 }).total).not.toBeCloseTo(costOf(all, price).total, 6)
  })
})
