import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type StepOf, step } from '../recipe/steps.ts'
import type { Size } from './facts.ts'
import { evenly, stepwise } from './stepwise.ts'

const unbounded: Size = { width: Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY }

function resize(width: number | undefined, height: number | undefined, given: Partial<StepOf<'resize'>> = {}): StepOf<'resize'> {
  const sides = { ...(width === undefined ? {} : { width: { px: width } }), ...(height === undefined ? {} : { height: { px: height } }) }
  return step('resize', { fit: 'cover', enlarge: true, rounding: 'stepwise', ...sides, ...given })
}

const middle = ({ width, height }: Size) => ({ x: Math.trunc(width / 2), y: Math.trunc(height / 2) })

describe('a resize by steps', () => {
  it('rounds ties to even', () => {
    expect([0.5, 1.5, 2.5, 2.4999, 2.5001, 7].map(evenly)).toEqual([0, 2, 2, 2, 3, 7])
  })

  it('does not cut where both shapes agree to two decimals, of two as near the even one', () => {
    const cut = (width: number, height: number, image: Size) => stepwise(resize(width, height), image, unbounded, middle(image)).cut
    const image = { width: 800, height: 600 }
    expect(cut(299, 225, image)).toEqual({ left: 0, top: 0, ...image })
    expect(cut(300, 226, image)).toEqual({ left: 0, top: 0, ...image })
    expect(cut(300, 227, image)).not.toEqual({ left: 0, top: 0, ...image })
    // 1.125 is 1.12, as 1.12 is; 1.375 is 1.38.
    const ninths = { width: 1125, height: 1000 }
    expect(cut(112, 100, ninths)).toEqual({ left: 0, top: 0, ...ninths })
    expect(cut(113, 100, ninths)).not.toEqual({ left: 0, top: 0, ...ninths })
    const elevenths = { width: 1375, height: 1000 }
    expect(cut(138, 100, elevenths)).toEqual({ left: 0, top: 0, ...elevenths })
  })

  it('turns an adaptive box, what was asked included', () => {
    const made = stepwise(resize(300, 200, { fit: 'contain', adaptive: true }), { width: 600, height: 800 }, unbounded, { x: 0, y: 0 })
    expect(made).toMatchObject({ scaled: { width: 200, height: 267 }, asked: { width: 200, height: 300 } })
  })

  it('caps each side alone', () => {
    const image = { width: 100, height: 100 }
    expect(stepwise(resize(120, 50), image, image, middle(image)).scaled).toEqual({ width: 100, height: 50 })
  })

  const sides = fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined })
  const image = fc.record({ width: fc.integer({ min: 1, max: 20_000 }), height: fc.integer({ min: 1, max: 20_000 }) })

  it('is never empty, never outside the picture, and of whole px', () => {
    fc.assert(
      fc.property(
        sides,
        sides,
        image,
        fc.constantFrom('cover', 'contain', 'outside', 'fill'),
        fc.boolean(),
        fc.record({ x: fc.integer({ min: -100, max: 30_000 }), y: fc.integer({ min: -100, max: 30_000 }) }),
        (width, height, size, fit, adaptive, focus) => {
          const { cut, scaled, asked } = stepwise(resize(width, height, { fit, adaptive }), size, unbounded, focus)
          for (const each of [cut.left, cut.top, cut.width, cut.height, scaled.width, scaled.height, asked.width, asked.height]) {
            expect(Number.isInteger(each)).toBe(true)
          }
          expect(Math.min(cut.left, cut.top)).toBeGreaterThanOrEqual(0)
          expect(Math.min(cut.width, cut.height, scaled.width, scaled.height)).toBeGreaterThanOrEqual(1)
          expect(cut.left + cut.width).toBeLessThanOrEqual(size.width)
          expect(cut.top + cut.height).toBeLessThanOrEqual(size.height)
          if (fit === 'contain') {
            expect(scaled.width).toBeLessThanOrEqual(size.width)
            expect(scaled.height).toBeLessThanOrEqual(size.height)
          }
        },
      ),
      { numRuns: 3000 },
    )
  })
})
