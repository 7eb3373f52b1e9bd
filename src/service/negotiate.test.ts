import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { printRecipe, recipe } from '../recipe/recipe.ts'
import { step } from '../recipe/steps.ts'
import { accepted, negotiate } from './negotiate.ts'

const auto = recipe([step('resize', { width: { px: 300 } })])

describe('Accept', () => {
  test.each([
    [undefined, []],
    ['', []],
    ['*/*', []],
    ['image/*', []],
    ['image/*;q=1, */*;q=0.8', []],
    ['image/jpeg, image/png', []],
    ['image/webp', ['webp']],
    ['image/avif', ['avif']],
    ['IMAGE/WebP', ['webp']],
    ['image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', ['avif', 'webp']],
    ['image/webp,image/avif,image/*;q=0.8', ['avif', 'webp']],
    ['image/avif;q=0.9, image/webp;q=0.9', ['avif', 'webp']],
    ['image/avif;q=0.5, image/webp', ['webp']],
    ['image/avif, image/webp;q=0.5', ['avif', 'webp']],
    ['image/avif;q=0, image/webp', ['webp']],
    ['image/avif;q=0.000', []],
    ['image/avif ; q=0.7', ['avif']],
    ['image/avif;v=1;q=0.7', ['avif']],
    // A weight that is none wins nothing, and spoils nothing.
    ['image/avif;q=best, image/webp;q=0.3', ['webp']],
    ['image/avif;q=, image/webp', ['webp']],
    ['image/avif;q=-1', []],
    ['image/avifx, ximage/avif, avif', []],
    [`${'x/y,'.repeat(1000)}image/avif`, []],
  ])('%j takes %j', (accept, formats) => expect(accepted(accept)).toEqual(formats))

  test('whatever it says, there are four recipes at most, and none for a wildcard', () => {
    const known = new Set(['', 'image/webp', 'image/avif', 'image/avif,image/webp'].map((accept) => textFor({ accept })))
    expect(known.size).toBe(4)
    const types = fc.constantFrom('image/avif', 'image/webp', 'image/*', '*/*', 'text/html', 'IMAGE/AVIF', 'x')
    const weights = fc.constantFrom('', ';q=0', ';q=0.5', ';q=1', ';q=7', ';q=junk', ';level=1', '; q=0.1 ; q=0.9')
    const ranges = fc.array(
      fc.tuple(types, weights).map(([type, weight]) => type + weight),
      { maxLength: 8 },
    )
    const header = fc.oneof(
      ranges.map((all) => all.join(', ')),
      fc.string({ unit: 'binary', maxLength: 200 }),
    )
    fc.assert(fc.property(header, (accept) => known.has(textFor({ accept }))))
  })

  test('fifty kinds of junk give the recipe of no Accept at all', () => {
    const plain = textFor({})
    for (let index = 0; index < 50; index++)
      for (const junk of [`image/x-${index}`, `*/*;q=0.${index}`, `image/*;v=${index}`, '\u0000'.repeat(index), `${index}`])
        expect(textFor({ accept: junk })).toBe(plain)
  })

  test('takes no part when the format is named', () => {
    const named = recipe([], { format: 'png' })
    expect(negotiate(named, { accept: 'image/avif' })).toEqual({ recipe: named, vary: [] })
    expect(negotiate(auto, {}).vary).toEqual(['Accept'])
  })
})

const textFor = (headers: Record<string, string>): string => printRecipe(negotiate(auto, headers).recipe)

describe('hints', () => {
  const fluid = (dpr: number | 'auto' = 1) => recipe([step('resize', { width: 'auto' })], { format: 'png' }, dpr)
  const width = (headers: Record<string, string>, dpr: number | 'auto' = 1): unknown => {
    const [resize] = negotiate(fluid(dpr), headers).recipe.steps
    return resize?.kind === 'resize' ? resize.width : undefined
  }

  test.each([
    [{}, 1200],
    [{ 'sec-ch-width': '1' }, 320],
    [{ 'sec-ch-width': '320' }, 320],
    [{ 'sec-ch-width': '321' }, 480],
    [{ width: '700' }, 828],
    [{ 'sec-ch-width': '100', width: '3000' }, 320],
    [{ 'sec-ch-width': '99999' }, 3840],
    [{ 'sec-ch-width': '0' }, 1200],
    [{ 'sec-ch-width': '-5' }, 1200],
    [{ 'sec-ch-width': '1e9' }, 1200],
    [{ 'sec-ch-width': 'wide' }, 1200],
    [{ 'sec-ch-width': '9'.repeat(500) }, 1200],
  ])('%j: a width of %i px', (headers, px) => expect(width(headers as Record<string, string>)).toEqual({ px }))

  test.each([
    [{}, 1],
    [{ 'sec-ch-dpr': '1' }, 1],
    [{ 'sec-ch-dpr': '1.1' }, 1.5],
    [{ 'sec-ch-dpr': '1.5' }, 1.5],
    [{ dpr: '2.625' }, 3],
    [{ dpr: '0.5' }, 1],
    [{ dpr: '20' }, 3],
    [{ dpr: 'Infinity' }, 1],
  ])('%j: a dpr of %d', (headers, dpr) => {
    const sized = recipe([step('resize', { width: { px: 100 } })], { format: 'png' }, 'auto')
    expect(negotiate(sized, headers as Record<string, string>)).toMatchObject({ recipe: { dpr }, vary: ['Sec-CH-DPR', 'DPR'] })
  })

  test('a width in device px is not multiplied again', () => {
    const both = negotiate(fluid('auto'), { 'sec-ch-width': '640', 'sec-ch-dpr': '2' })
    expect(both.recipe).toMatchObject({ dpr: 1, steps: [{ width: { px: 640 } }] })
    expect(both.vary).toEqual(['Sec-CH-Width', 'Width', 'Sec-CH-DPR', 'DPR'])
    expect(negotiate(fluid('auto'), { 'sec-ch-dpr': '2' }).recipe.dpr).toBe(2)
  })

  test('whatever they say, clients share a few recipes', () => {
    const texts = new Set<string>()
    const value = fc.oneof(fc.float({ min: 0, max: 20_000, noNaN: true }).map(String), fc.string())
    fc.assert(
      fc.property(value, value, (width, dpr) => {
        texts.add(printRecipe(negotiate(fluid('auto'), { 'sec-ch-width': width, 'sec-ch-dpr': dpr }).recipe))
      }),
      { numRuns: 2000 },
    )
    expect(texts.size).toBeLessThanOrEqual(14)
  })
})
