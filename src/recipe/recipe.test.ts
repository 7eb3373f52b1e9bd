import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../errors.ts'
import { filters } from '../filters/all.ts'
import { type Fields, Problem } from '../schema/field.ts'
import { output, outputFields } from './output.ts'
import { canonical, printRecipe, type Recipe, readRecipe, recipe } from './recipe.ts'
import { type FilterStep, type Step, type StepKind, step, stepFields } from './steps.ts'

/** Texts that some field or other understands. */
const pool = [
  ...['0', '1', '3', '10', '80', '300', '0.5', '.25', '33.3333333333%', '7%', '100%', '0.07', '12.5', '1000000', '5000'],
  ...['auto', 'yes', 'no', 'dominant', 'blur', 'f00', 'ff000080', 'white', 'top-left', 'center', '0.25x0.7', 'attention', 'entropy'],
  ...[
    '1,2,3,4',
    '9',
    'repeat',
    '-0',
    '-12%',
    'mean',
    'stretch',
    'avif',
    'avif,webp',
    'cover',
    'pad',
    'lanczos2',
    'half-even',
    'multiply',
    'jpeg',
    '4:4:4',
    'keep',
    'p3',
    '6',
  ],
  ...['webp,jpeg-for-png,png', 'webp:75,jpeg:80', 'avif:1', 'own', 'give'],
]

/** What would break the canonical text if it were not encoded. */
const hostile = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc
    .array(fc.constantFrom('/', '|', ',', '=', '(', ')', '%', '%2C', ' ', '\n', '\u0000', ')/blur(sigma=9', '|format=webp', 'ä', '👍'), {
      minLength: 1,
    })
    .map((all) => all.join('')),
)

/** Some of the fields, each with a value it reads. */
function values(fields: Fields): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .record(
      Object.fromEntries(
        Object.entries(fields).map(([name, field]) => [name, fc.oneof(fc.constantFrom(...pool), hostile).map((text) => field.read(text))]),
      ),
      { requiredKeys: [] },
    )
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => !(value instanceof Problem))))
}

const ordinary: fc.Arbitrary<Step> = fc
  .constantFrom(...(Object.keys(stepFields) as StepKind[]))
  .chain((kind) => values(stepFields[kind]).map((given) => step(kind, given) as Step))
const effect: fc.Arbitrary<FilterStep> = fc
  .constantFrom(...filters)
  .chain(({ name, params }) =>
    fc.dictionary(fc.constantFrom(...Object.keys(params as Fields)), hostile).map((args) => ({ kind: 'filter', name, args: { ...args } })),
  )
const recipes: fc.Arbitrary<Recipe> = fc.record({
  dpr: fc.constantFrom<number | 'auto'>(1, 2, 1.5, 0.333333, 'auto'),
  steps: fc.array(fc.oneof({ weight: 3, arbitrary: ordinary }, effect), { maxLength: 6 }),
  output: values(outputFields).map((given) => output(given)),
})

describe('a recipe, whatever it is', () => {
  it('is canonical once it was made canonical', () => {
    fc.assert(
      fc.property(recipes, (given) => {
        const once = canonical(given)
        expect(canonical(once)).toEqual(once)
        expect(printRecipe(given)).toBe(printRecipe(once))
      }),
      { numRuns: 500 },
    )
  })

  it('reads back from its canonical text', () => {
    fc.assert(
      fc.property(recipes, (given) => {
        const text = printRecipe(given)
        expect(readRecipe(text)).toEqual(canonical(given))
        expect(printRecipe(readRecipe(text) as Recipe)).toBe(text)
        expect(text).toMatch(/^[\x21-\x7e]*$/)
      }),
      { numRuns: 1500 },
    )
  })

  it('survives JSON', () => {
    fc.assert(
      fc.property(recipes, (given) => {
        expect(printRecipe(JSON.parse(JSON.stringify(given)) as Recipe)).toBe(printRecipe(given))
      }),
    )
  })

  it('shares its text with no other', () => {
    const text = (words: string): string => printRecipe(recipe([step('text', { text: words })]))
    const key = (words: string): string => printRecipe(recipe([step('overlay', { key: words })]))
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        fc.pre(a !== b && a.trim() !== '' && b.trim() !== '')
        expect(text(a)).not.toBe(text(b))
        expect(key(a)).not.toBe(key(b))
        expect(text(a).split(/[/|]/)).toHaveLength(2)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('the canonical text', () => {
  it.each<[Step[], string]>([
    [[], '|'],
    [[step('resize', { width: { px: 300 }, fit: 'cover' })], 'resize(width=300,fit=cover)|'],
    [[step('resize', { fit: 'cover', width: { px: 300 } })], 'resize(width=300,fit=cover)|'],
    [[step('trim', { threshold: 10 }), step('orient')], 'trim()/orient()|'],
    [[step('orient'), step('trim', { threshold: 20 })], 'orient()/trim(threshold=20)|'],
    [
      [step('overlay', { key: 'a', across: { edge: 'far', distance: { px: 0 } }, down: 'repeat' })],
      'overlay(key=a,across=-0,down=repeat)|',
    ],
    [[step('frame', { key: 'f.9.png' })], 'frame(key=f.9.png)|'],
    [[step('text', { text: 'a, (b)/c|d=1%' })], 'text(text=a%2C%20%28b%29%2Fc%7Cd%3D1%25)|'],
    [[step('radius', { corners: [1, 2, 3, 4] })], 'radius(corners=1%2C2%2C3%2C4)|'],
    [[{ kind: 'filter', name: 'duotone', args: { light: 'ffffff', dark: '000000' } }], 'duotone(dark=000000,light=ffffff)|'],
  ])('%#: %j', (steps, text) => expect(printRecipe(recipe(steps))).toBe(text))

  it('has an end for what is not usual', () => {
    expect(printRecipe(recipe([], { format: 'webp', quality: 60 }))).toBe('|format=webp,quality=60')
    expect(printRecipe(recipe([], { quality: 60, format: 'webp' }))).toBe('|format=webp,quality=60')
    expect(printRecipe(recipe([], { quality: 80 }))).toBe('|')
    expect(printRecipe(recipe([], { format: 'keep', prefer: ['webp', 'jpeg-for-png'], qualityScale: 'own' }))).toBe(
      '|format=keep,prefer=webp%2Cjpeg-for-png,qualityScale=own',
    )
    expect(printRecipe(recipe([], { prefer: [], qualities: {}, qualityScale: 'mapped', overBytes: 'refuse' }))).toBe('|')
    expect(printRecipe(recipe([], { qualities: { avif: 50, jpeg: 70 } }))).toBe('|qualities=jpeg:70%2Cavif:50')
    expect(printRecipe(recipe([], { bytes: 20, overBytes: 'give' }))).toBe('|bytes=20,overBytes=give')
    expect(printRecipe(recipe([step('radius', { round: true })], { quality: 9 }, 2))).toBe('radius(round=1)|dpr=2,quality=9')
  })

  it.each<[string, Step]>([
    ['the first page', step('page')],
    ['an upright picture', step('orient', { tag: '1' })],
    ['the whole', step('region')],
    ['no size', step('resize', { fit: 'cover', enlarge: true })],
    ['no mirror', step('mirror')],
    ['once round', step('rotate', { degrees: 360 })],
    ['no border', step('pad', { background: 'blur' })],
    ['square corners', step('radius', { corners: [0, 0, 0, 0] })],
    ['no overlay', step('overlay', { x: 5 })],
    ['a clear overlay', step('overlay', { key: 'a.png', alpha: 0 })],
    ['a mark without opacity left', step('overlay', { key: 'a.png', fade: 100 })],
    ['no frame', step('frame')],
    ['blank words', step('text', { text: ' \n ' })],
  ])('leaves out %s', (_, noop) => expect(printRecipe(recipe([noop]))).toBe('|'))

  it.each<[string, Step]>([
    ['every frame', step('page', { animation: true })],
    ['the first page at another density', step('page', { density: 300 })],
    ['the middle square', step('region', { square: true })],
    ['a region of the whole size in px', step('region', { width: { px: 1 } })],
    ['an aspect alone', step('resize', { aspect: 1 })],
    ['a cap alone', step('resize', { max: 100 })],
    ['white behind', step('flatten')],
  ])('keeps %s', (_, kept) => expect(recipe([kept]).steps).toEqual([kept]))

  it('forgets a dpr that nothing uses', () => {
    expect(recipe([step('orient')], {}, 2).dpr).toBe(1)
    expect(recipe([step('resize', { width: { px: 1 } })], {}, 'auto').dpr).toBe('auto')
  })
})

describe('readRecipe', () => {
  it.each([
    '',
    'resize(width=3)',
    'resize|',
    'resize(width=3|',
    'resize(wide=3)|',
    'resize(width=x)|',
    'trim(threshold=256)|',
    '|quality=0',
    '|wide=1',
    '|dpr=0',
    '|dpr=x',
    '(a)|',
  ])('refuses %j', (text) => {
    const failure = readRecipe(text)
    expect(failure).toBeInstanceOf(Failure)
    expect(failure).toMatchObject({ code: 'parameter-invalid', detail: { parameter: 'recipe' } })
  })

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          hostile.map((text) => `resize(${text})|${text}`),
        ),
        (text) => {
          const given = readRecipe(text)
          if (!(given instanceof Failure)) expect(canonical(given)).toEqual(given)
        },
      ),
      { numRuns: 1000 },
    )
  })
})
