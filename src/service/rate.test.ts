import { describe, expect, it } from 'vitest'
import { Rate } from './rate.ts'

function opened(perSecond: number, burst: number): { ask(client: string | undefined, target?: string): string; clock: { ms: number } } {
  const clock = { ms: 1_000_000 }
  const rate = new Rate({ perSecond, burst }, () => clock.ms)
  const ask = (client: string | undefined, target = '/i/a.jpg'): string => {
    const refused = rate.take(client, target)
    return refused === undefined ? 'in' : `${refused.status} ${refused.code} ${refused.detail.retryAfterSeconds}`
  }
  return { ask, clock }
}

describe('a limit for each client', () => {
  it('lets a burst in, then so many a second, and says when to come back', () => {
    const { ask, clock } = opened(2, 3)
    expect([1, 2, 3, 4].map(() => ask('192.0.2.1'))).toEqual(['in', 'in', 'in', '429 rate-limited 1'])
    clock.ms += 500
    expect([ask('192.0.2.1'), ask('192.0.2.1')]).toEqual(['in', '429 rate-limited 1'])
    clock.ms += 3_600_000 // no more than the burst is saved up
    expect([1, 2, 3, 4].map(() => ask('192.0.2.1'))).toEqual(['in', 'in', 'in', '429 rate-limited 1'])
    const slow = opened(0.1, 1)
    expect([slow.ask('192.0.2.1'), slow.ask('192.0.2.1')]).toEqual(['in', '429 rate-limited 10'])
  })

  it('is no worse when the clock is set back', () => {
    const { ask, clock } = opened(1, 2)
    ask('192.0.2.1')
    clock.ms -= 5000
    expect([ask('192.0.2.1'), ask('192.0.2.1')]).toEqual(['in', '429 rate-limited 1'])
    clock.ms += 1000
    expect(ask('192.0.2.1')).toBe('in')
  })

  it.each([
    ['2001:db8:1:2::1', '2001:0DB8:1:2:ffff::9', 'one'],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', 'two'],
    ['192.0.2.1', '::ffff:192.0.2.1', 'one'],
    ['192.0.2.1', '::ffff:c000:201', 'one'],
    ['192.0.2.1', '192.0.2.2', 'two'],
    ['fe80::1%eth0', 'fe80::1%eth1', 'one'],
    ['unknown', 'unknown', 'one'],
  ])('%s and %s are %s', (first, second, clients) => {
    const { ask } = opened(1, 1)
    ask(first)
    expect(ask(second)).toBe(clients === 'one' ? '429 rate-limited 1' : 'in')
  })

  it('never holds for checks, nor where nobody says who asks', () => {
    const { ask } = opened(1, 1)
    expect(ask('192.0.2.1')).toBe('in')
    for (const target of ['/health', '/ready', '/metrics', '/health?x']) expect([target, ask('192.0.2.1', target)]).toEqual([target, 'in'])
    for (const target of ['/healthy', '/', '/errors', '/i/health']) expect(ask('192.0.2.1', target)).toBe('429 rate-limited 1')
    expect([ask(undefined), ask(undefined)]).toEqual(['in', 'in'])
  })

  it('holds for a bounded number of clients', () => {
    const { ask } = opened(0.001, 1)
    ask('192.0.2.1')
    for (let client = 0; client < 100_000; client++) ask(`10.${client >> 16}.${(client >> 8) & 255}.${client & 255}`)
    expect(ask('192.0.2.1')).toBe('in') // forgotten for those who came later
    expect(ask('10.1.134.159')).toBe('429 rate-limited 1000')
  })
})
