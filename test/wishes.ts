import fc from 'fast-check'
import type { Spot } from '../src/recipe/spot.ts'
import { blends, fits, kernels, roundings, type Step, step } from '../src/recipe/steps.ts'

/** Arbitrary wishes for property tests: steps of every kind, with fields that mean something on pictures of some hundred px. */

const colour = fc.constantFrom({ r: 255, g: 0, b: 0, alpha: 1 }, { r: 0, g: 0, b: 0, alpha: 0 }, { r: 9, g: 99, b: 199, alpha: 0.4 })
const px = (max: number) => fc.integer({ min: 1, max })
const length = (max: number) =>
  fc.oneof(
    px(max).map((value) => ({ px: value })),
    fc.integer({ min: 1, max: 1000 }).map((value) => ({ part: value / 1000 })),
  )
const point = fc.record({ x: fc.constantFrom(0, 0.25, 0.5, 1), y: fc.constantFrom(0, 0.33, 0.5, 1) })
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined })

/** An object without the keys that hold nothing, as a recipe has it. */
const given = <T extends object>(values: T): T => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T

export const resizes: fc.Arbitrary<Step> = fc
  .record({
    width: maybe(length(500)),
    height: maybe(length(500)),
    fit: fc.constantFrom(...fits),
    aspect: maybe(fc.constantFrom(0.1, 1, 16 / 9)),
    gravity: point,
    enlarge: fc.boolean(),
    max: maybe(px(400)),
    kernel: fc.constantFrom(...kernels),
    background: maybe(colour),
    rounding: fc.constantFrom(...roundings),
  })
  .map((fields) => step('resize', given(fields) as object))

/** Steps that give a picture another shape. */
export const shapes: fc.Arbitrary<Step> = fc.oneof(
  resizes,
  fc.record({ x: length(60), y: length(60), width: length(300), height: length(300) }).map((fields) => step('region', fields)),
  fc.constant(step('region', { square: true })),
  fc.record({ flip: fc.boolean(), flop: fc.boolean() }).map((fields) => step('mirror', fields)),
  fc
    .record({
      degrees: fc.oneof(
        fc.constantFrom(90, 180, 270),
        fc.integer({ min: 0, max: 3600 }).map((tenth) => tenth / 10),
      ),
      background: maybe(colour),
    })
    .map((fields) => step('rotate', given(fields) as object)),
  fc
    .record({ top: fc.nat(20), right: fc.nat(20), bottom: fc.nat(20), left: fc.nat(20), background: maybe(colour) })
    .map((fields) => step('pad', given(fields) as object)),
)

const spot = fc.oneof(
  fc.constantFrom<Spot>('center', 'repeat'),
  fc.record({ edge: fc.constantFrom('near' as const, 'far' as const), distance: length(300) }),
)

/** Steps that leave a picture its shape. */
export const marks: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ corners: fc.array(fc.nat(80), { minLength: 1, maxLength: 4 }) }).map((fields) => step('radius', fields)),
  colour.map((background) => step('flatten', { background })),
  fc
    .record({
      width: length(200),
      gravity: point,
      x: fc.integer({ min: -80, max: 80 }),
      y: fc.integer({ min: -80, max: 80 }),
      margin: fc.nat(20),
      alpha: fc.constantFrom(0.5, 1),
      degrees: fc.constantFrom(0, 30, 90),
      tile: fc.boolean(),
      blend: fc.constantFrom(...blends),
      fit: fc.constantFrom('fill' as const, 'contain' as const),
      across: maybe(spot),
      down: maybe(spot),
      fade: fc.constantFrom(0, 0, 30),
    })
    .map((fields) => step('overlay', { key: 'mark', ...(given(fields) as object) })),
  fc
    .array(fc.record({ left: fc.nat(400), top: fc.nat(400), right: fc.nat(400), bottom: fc.nat(400) }), { maxLength: 3 })
    .map((areas) => step('focus', { areas })),
  fc.record({ line: px(20) }).map((fields) => step('outline', fields)),
  fc.record({ gravity: point, size: length(40), shadow: fc.constantFrom(0, 2) }).map((fields) => step('text', { text: 'Ag', ...fields })),
  fc.constantFrom<Step>(
    { kind: 'filter', name: 'blur', args: { sigma: '1.5' } },
    { kind: 'filter', name: 'gray', args: {} },
    { kind: 'filter', name: 'brightness', args: { factor: '1.4' } },
    { kind: 'filter', name: 'pixelate', args: { side: '5' } },
    { kind: 'filter', name: 'invert', args: {} },
    { kind: 'filter', name: 'opacity', args: { alpha: '0.5' } },
  ),
)

export const wishes = (...kinds: fc.Arbitrary<Step>[]): fc.Arbitrary<Step[]> => fc.array(fc.oneof(...kinds), { maxLength: 5 })
