import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resizes } from '../../test/wishes.ts'
import { Failure } from '../errors.ts'
import { readRecipe } from '../recipe/recipe.ts'
import type { StepOf } from '../recipe/steps.ts'
import { fitted } from './fit.ts'

function resize(text: string): StepOf<'resize'> {
  const read = readRecipe(`resize(${text})|`)
  if (read instanceof Failure) throw read
  return read.steps[0] as StepOf<'resize'>
}

const size = (text = '') => {
  const [width = 0, height = 0] = text.split('x').map(Number)
  return { width, height }
}

/** A picture of 400x200 unless another size stands before the wish; what it is scaled to, and the result where that is another. */
const table: [wish: string, scaled: string, result?: string][] = [
  // contain: inside the box, in its own shape
  ['width=200', '200x100'],
  ['height=50', '100x50'],
  ['width=200,height=200', '200x100'],
  ['width=300,height=50', '100x50'],
  ['width=800', '400x200'], // no enlarging unless asked
  ['width=800,enlarge=1', '800x400'],
  ['width=800,height=900,enlarge=1', '800x400'],
  ['width=50%', '200x100'],
  ['height=25%', '100x50'],
  ['width=50%,height=10%', '40x20'],
  // cover: fill the box, the rest is cut off
  ['width=100,height=100,fit=cover', '200x100', '100x100'],
  ['width=200,height=50,fit=cover', '200x100', '200x50'],
  ['width=400,height=400,fit=cover', '400x200', '200x200'], // the box shrinks in its own shape
  ['width=800,height=200,fit=cover', '400x200', '400x100'],
  ['width=400,height=400,fit=cover,enlarge=1', '800x400', '400x400'],
  ['width=100,fit=cover', '100x50'],
  ['width=100,aspect=1,fit=cover', '200x100', '100x100'],
  ['height=100,aspect=0.5,fit=cover', '200x100', '50x100'],
  ['aspect=1,fit=cover', '400x200', '200x200'], // the largest square, unscaled
  ['aspect=4,fit=cover', '400x200', '400x100'],
  ['width=100,height=40,aspect=1,fit=cover', '100x50', '100x40'], // both sides given: the aspect has nothing to give
  // outside: both sides at least the box
  ['width=100,height=100,fit=outside', '200x100'],
  ['width=300,height=50,fit=outside', '300x150'],
  ['width=300,height=300,fit=outside', '400x200'],
  ['width=300,height=300,fit=outside,enlarge=1', '600x300'],
  // pad: contain, then extended up to the box
  ['width=100,height=100,fit=pad', '100x50', '100x100'],
  ['width=500,height=500,fit=pad', '400x200', '500x500'],
  ['width=500,height=500,fit=pad,enlarge=1', '500x250', '500x500'],
  ['width=100,fit=pad', '100x50'],
  // fill: stretched
  ['width=100,height=100,fit=fill', '100x100'],
  ['width=800,height=100,fit=fill', '400x50'],
  ['width=800,height=100,fit=fill,enlarge=1', '800x100'],
  ['width=100,fit=fill', '100x50'],
  // max: the longest side of the result
  ['max=100', '100x50'],
  ['max=900', '400x200'],
  ['max=900,enlarge=1', '400x200'], // a bound, not a wish
  ['width=300,max=100', '100x50'],
  ['width=800,max=600,enlarge=1', '600x300'],
  ['width=200,height=200,fit=cover,max=100', '200x100', '100x100'],
  ['width=300,height=300,fit=pad,max=150', '150x75', '150x150'],
  ['width=300,height=300,fit=outside,max=250', '250x125'],
  // sides round by the named rule
  ['401x199:width=100', '100x50'],
  ['300x201:width=100', '100x67'],
  ['300x202:width=100,rounding=floor', '100x67'],
  ['300x202:width=100,rounding=ceil', '100x68'],
  ['200x101:width=100', '100x51'],
  ['200x101:width=100,rounding=half-even', '100x50'],
  ['200x103:width=100,rounding=half-even', '100x52'],
  ['1000x667:width=500,height=334', '500x334'],
  // thin pictures keep a pixel
  ['3000x1:width=200', '200x1'],
  ['1x3000:width=200', '1x3000'],
  ['1x3000:height=30', '1x30'],
  ['3000x1:width=100,height=100,fit=cover', '3000x1', '1x1'],
  ['3000x1:width=100,height=100,fit=cover,enlarge=1', '300000x100', '100x100'],
  ['3000x1:width=100,height=100,fit=pad', '100x1', '100x100'],
  ['1x1:width=200', '1x1'],
  ['1x1:width=200,enlarge=1', '200x200'],
]

describe('a resize', () => {
  it.each(table)('%s scales to %s', (wish = '', scaled, result = scaled) => {
    const [, own, text = wish] = /^(\d+x\d+):(.*)$/.exec(wish) ?? []
    const step = resize(text)
    expect(fitted(step, size(own ?? '400x200'), 1, step.enlarge)).toEqual({ scaled: size(scaled), result: size(result) })
  })

  it.each([
    ['width=100', 2, '200x100'],
    ['width=100', 1.5, '150x75'],
    ['width=300', 2, '400x200'], // an original has no more px than it has
    ['width=300,enlarge=1', 2, '600x300'],
    ['width=100,max=150', 2, '150x75'],
    ['width=100', 1000, '400x200'],
    ['width=100', 0.001, '1x1'],
    ['width=100,height=100,fit=pad', 3, '300x300'],
    ['width=100,height=100,fit=cover', 3, '200x200'],
    ['aspect=1,fit=cover', 3, '200x200'],
  ])('%s at %d device px per CSS px gives %s', (wish, dpr, result) => {
    const step = resize(wish)
    expect(fitted(step, { width: 400, height: 200 }, dpr, step.enlarge).result).toEqual(size(result))
  })

  const images = fc.record({ width: fc.integer({ min: 1, max: 5000 }), height: fc.integer({ min: 1, max: 5000 }) })

  it('has sides of at least 1, a crop inside what it scaled, and enlarges only when it may', () => {
    fc.assert(
      fc.property(resizes, images, fc.constantFrom(0.01, 0.5, 1, 2, 3.3, 50), (step, image, dpr) => {
        if (step.kind !== 'resize') return
        const { scaled, result } = fitted(step, image, dpr, step.enlarge)
        for (const side of [scaled.width, scaled.height, result.width, result.height]) {
          expect(Number.isSafeInteger(side)).toBe(true)
          expect(side).toBeGreaterThanOrEqual(1)
        }
        const smaller = result.width < scaled.width || result.height < scaled.height
        const larger = result.width > scaled.width || result.height > scaled.height
        expect(smaller && larger).toBe(false) // a cut or a border, never both
        if (smaller) expect(step.fit).toBe('cover')
        if (larger) expect(step.fit).toBe('pad')
        if (!step.enlarge) {
          expect(scaled.width).toBeLessThanOrEqual(image.width)
          expect(scaled.height).toBeLessThanOrEqual(image.height)
        }
        if (step.max !== undefined) expect(Math.max(result.width, result.height)).toBeLessThanOrEqual(step.max)
      }),
      { numRuns: 2000 },
    )
  })

  it('is twice as large at dpr 2, give or take a px, where the picture has the px', () => {
    fc.assert(
      fc.property(resizes, images, (step, image) => {
        if (step.kind !== 'resize') return
        const { width, height, max: _max, ...others } = step
        if (width === undefined && height === undefined) return // nothing that could be doubled
        const asked = { ...others, ...(width ? { width } : {}), ...(height ? { height } : {}) }
        const [once, twice] = [1, 2].map((dpr) => fitted(asked, image, dpr, true).result)
        if (once === undefined || twice === undefined || Math.min(once.width, once.height) < 2) return
        expect(Math.abs(twice.width - 2 * once.width)).toBeLessThanOrEqual(1)
        expect(Math.abs(twice.height - 2 * once.height)).toBeLessThanOrEqual(1)
      }),
      { numRuns: 2000 },
    )
  })
})
