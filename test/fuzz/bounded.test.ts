import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { Failure } from '../../src/errors.ts'
import { bounded, eachBounded, mostMs } from './bounded.ts'
import { repeated } from './texts.ts'

/** The measure itself: it must see what is wrong. */

/** Work for the processor, however much of it others take. */
function busy(ms: number): void {
  for (const began = process.cpuUsage(); process.cpuUsage(began).user / 1000 < ms; );
}

describe('what a parser must not do', () => {
  test.each([
    ['throw', () => JSON.parse('{')],
    ['be slow', () => busy(2 * mostMs)],
    ['fail as we do', () => new Failure('internal', 'x')],
    ['answer later', () => Promise.resolve(1)],
  ])('%s', (_, parse) => {
    expect(() => bounded(parse, '')).toThrow()
  })

  test.each([
    ['a value', () => 1],
    ['nothing', () => undefined],
    ['a failure of the caller', () => new Failure('parameter-invalid', 'x')],
    ['a failure of the origin', () => new Failure('origin-failed', 'x')],
    ['a moment of work', () => busy(5)],
  ])('but it may give %s', (_, parse) => {
    expect(() => bounded(parse, '')).not.toThrow()
  })

  it('shows the seed and a short input', () => {
    const bad = (text: string): unknown => (text.includes('bb') ? JSON.parse(text) : undefined)
    expect(() => eachBounded(repeated(['a', 'b'], 9000), bad)).toThrow(/seed: [\s\S]{1,1990}$/)
  })

  it('finds a pattern that looks at every text again and again', () => {
    expect(() => eachBounded(repeated([' ', 'x'], 12_000), (text) => /\s+$/.test(text), 60)).toThrow(/Property failed/)
    expect(fc.sample(repeated(['a'], 10), 1)[0]?.length).toBeLessThanOrEqual(10)
  })
})
