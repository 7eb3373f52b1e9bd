import { describe, expect, test } from 'vitest'
import { asRecipe, factsOf, limits } from '../../test/pictures.ts'
import { Failure } from '../errors.ts'
import { plan } from './planner.ts'

describe('a decoder that halves by itself', () => {
  const fast = (wish: string, facts = factsOf(2000, 1000)): boolean => {
    const made = plan(asRecipe(wish), { facts: [facts], findings: {}, limits, effects: new Map() })
    if (made instanceof Failure) throw made
    const [first] = made.passes
    return first?.kind === 'pipeline' && first.ops.some((op) => op.op === 'resize' && op.fast === true)
  }

  test.each([
    ['resize(width=1500)|', false],
    ['resize(width=1000)|', false], // 2: halved once, nothing is left
    ['resize(width=600)|', false], // 3.3: once, 1.7 are left
    ['resize(width=580)|', true],
    ['resize(width=501)|', true],
    ['resize(width=500)|', false],
    ['resize(width=252)|', true],
    ['resize(width=250)|', false], // 8: three times, nothing is left
    ['resize(width=150)|', false], // 13.3: three times, 1.67 are left
    ['resize(width=100)|', true], // 20: three times, which is all it can
    ['region(width=1000,height=500)/resize(width=252)|', true],
    ['resize(width=501)/resize(width=20)|', true],
  ])('halves as far as it can where enough is left to be scaled: %s %s', (wish, said) => expect(fast(wish)).toBe(said))

  test('is a JPEG alone: a WebP would be scaled to the very size', () => {
    for (const format of ['webp', 'png', 'avif', 'tiff'] as const)
      expect(fast('resize(width=501)|', factsOf(2000, 1000, { format }))).toBe(false)
  })
})
