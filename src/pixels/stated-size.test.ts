import fc from 'fast-check'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { originals } from '../../test/originals.ts'
import { limits, plain, red, renderer, tried } from '../../test/pictures.ts'
import { marks, shapes, wishes } from '../../test/wishes.ts'
import { Failure } from '../errors.ts'
import { filters } from '../filters/all.ts'
import { plan } from '../geometry/planner.ts'
import { originalsIn } from '../recipe/originals.ts'
import { type Format, formats } from '../recipe/output.ts'
import { type Recipe, recipe } from '../recipe/recipe.ts'
import { step } from '../recipe/steps.ts'
import { effectsOf } from './effects.ts'

const effects = effectsOf(filters)
let all: Record<string, Buffer>
let mark: Buffer

beforeAll(async () => {
  all = await originals()
  mark = await plain(20, 10, red).png().toBuffer()
})

/** Renders, and holds the bytes against the plan that is made of the same facts. */
async function holds(wish: Recipe, original: Buffer): Promise<void> {
  const overlays = originalsIn(wish).map(() => mark)
  const made = await tried(wish, [original, ...overlays])
  if (made instanceof Failure) {
    expect(['region-outside', 'output-too-large']).toContain(made.code)
    return
  }
  const stated = plan(wish, { facts: made.facts, findings: made.findings, limits, effects })
  if (stated instanceof Failure) throw stated
  const { size, frames, output } = stated
  expect(made).toMatchObject({ ...size, frames, format: output.format })
  const { format, compression, width, height, pages = 1, pageHeight, hasAlpha, delay } = await sharp(made.bytes, { pages: -1 }).metadata()
  expect(compression === 'av1' ? 'avif' : format).toBe(output.format)
  expect({ width, height: pageHeight ?? height }).toEqual(size)
  // libwebp makes one frame of equal neighbours, shown as long as both were.
  if (output.format === 'webp' && pages < frames) expect((delay ?? [300]).reduce((sum, each) => sum + each, 0)).toBe(100 * frames)
  else expect(pages).toBe(frames)
  // An animation's encoder leaves clear what does not change from frame to frame, and a GIF can always be clear.
  if (!output.alpha && frames === 1 && output.format !== 'gif') expect(hasAlpha).toBe(false)
}

const asked = wishes(shapes, marks).chain((steps) =>
  fc.tuple(fc.constantFrom<Format>('jpeg', 'png', 'webp', 'gif'), fc.constantFrom(1, 2), fc.boolean()).map(([format, dpr, animation]) => {
    const first = [step('orient'), ...(animation ? [step('page', { animation })] : [])]
    return recipe([...first, ...steps], { format, effort: 0 }, dpr)
  }),
)

describe('the stated size is the size that comes out', () => {
  it.each([
    'jpeg',
    'jpeg stored with orientation 5',
    'jpeg stored with orientation 8',
    'jpeg gray',
    'jpeg cmyk',
    'png alpha',
    'png palette',
    'png gray alpha',
    'png 16 bit',
    'webp animation',
    'gif animation',
    'tiff pages',
    'svg',
  ])('for arbitrary recipes on a %s', async (name) => {
    const original = all[name] ?? Buffer.alloc(0)
    await fc.assert(
      fc.asyncProperty(asked, (wish) => holds(wish, original)),
      { numRuns: 25 },
    )
  })

  it('for arbitrary angles', async () => {
    const original = all.png ?? Buffer.alloc(0)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 36_000 }), (hundredths) =>
        holds(recipe([step('rotate', { degrees: hundredths / 100 })], { format: 'png', effort: 0 }), original),
      ),
      { numRuns: 150 },
    )
  })

  it('for drawings at any density, whole px or not', async () => {
    for (const [width, height] of [
      ['60', '40'],
      ['33.3', '17.7'],
      ['2in', '1cm'],
    ]) {
      const svg = Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 30 20"><path d="M0 0h9v9z"/></svg>`,
      )
      for (const density of [18, 50, 72, 96, 150, 333.3]) {
        await holds(recipe([step('page', { density })], { format: 'png' }), svg)
        await holds(recipe([step('page', { density }), step('region', { square: true })], { format: 'png' }), svg)
        await holds(recipe([step('page', { density }), step('resize', { width: { px: 77 } })], { format: 'png' }), svg)
      }
    }
  })
})

describe('every format that is read becomes every format that is written', () => {
  it.each(formats)('%s', async (format) => {
    const names = new Set(['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff', 'svg'])
    for (const [name, original] of Object.entries(all)) {
      if (!names.delete(name.split(' ')[0] ?? '') && format === 'avif') continue // slow to write: one of each is enough
      await holds(recipe([step('orient'), step('page', { animation: true }), step('resize', { width: { px: 30 } })], { format }), original)
      await holds(recipe([], { format }), original)
    }
    expect((await (await renderer()).formats(new AbortController().signal)).write).toContain(format)
  })
})
