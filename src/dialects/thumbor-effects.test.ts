import sharp from 'sharp'
import { describe, expect, it, test } from 'vitest'
import { animation, drawn, plain, type Rgba, rendered, seen } from '../../test/pictures.ts'
import { Failure } from '../errors.ts'
import { filters } from '../filters/all.ts'
import { filterArgs } from '../filters/filter.ts'
import { printRecipe, readRecipe, recipe } from '../recipe/recipe.ts'
import type { FilterStep, Step } from '../recipe/steps.ts'
import { step } from '../recipe/steps.ts'
import { thumborEffect, thumborEffects } from './thumbor-effects.ts'
import type { Arg } from './thumbor-filter-table.ts'

type Call = readonly [name: string, ...args: Arg[]]

function effect([name, ...args]: Call): FilterStep {
  const made = thumborEffect(name, args, filters)
  if (made instanceof Failure) throw made
  if (made === undefined) throw new Error(`${name} changes nothing.`)
  return made
}

const pixels = async (bytes: Buffer, steps: readonly Step[]) => seen((await rendered(recipe(steps, { format: 'png' }), bytes)).bytes)
const straight = '[(0,0),(255,255)]'

/** A call, a colour that fills the picture, and what becomes of it, exactly. */
const colours: [Call, Rgba, Rgba][] = [
  [
    ['brightness', 20],
    [100, 150, 200],
    [151, 201, 251],
  ],
  [
    ['brightness', -1],
    [100, 150, 200],
    [98, 148, 198],
  ],
  [
    ['brightness', 1e15],
    [0, 1, 255],
    [255, 255, 255],
  ],
  [
    ['brightness', -101],
    [0, 1, 255],
    [0, 0, 0],
  ],
  [
    ['colorize', 50, 25, 10, 'ff00ff'],
    [100, 150, 200],
    [177, 112, 205],
  ],
  [
    ['colorize', 50, 25, 10, 'FF 00 ff'],
    [100, 150, 200],
    [177, 112, 205],
  ],
  [
    ['colorize', 200, 1e15, 99_999, '6496c9'],
    [99, 150, 200],
    [101, 150, 255],
  ],
  [
    ['contrast', 20],
    [100, 150, 200],
    [88, 159, 231],
  ],
  [
    ['contrast', -100],
    [100, 150, 200],
    [128, 128, 128],
  ],
  [
    ['contrast', -150],
    [100, 150, 200],
    [121, 133, 146],
  ],
  [
    ['contrast', 1e15],
    [127, 128, 129],
    [0, 128, 255],
  ],
  [
    ['curve', straight, '[(0,50),(255,200)]', '[(0,0),(128,64),(255,255)]', '[(0,255),(255,0)]'],
    [0, 120, 255],
    [50, 56, 0],
  ],
  [
    ['curve', '[(255,255),(0,100)]', '[]', straight, '[(0,1),(0,3)]'],
    [0, 255, 99],
    [100, 255, 102],
  ], // sorted; the later of two
  [
    ['curve', '[(256,511),(511,0),]', '[]', '[]', '[]'],
    [0, 255, 51],
    [255, 0, 204],
  ], // bytes begin anew
  [['equalize'], [100, 150, 200], [0, 255, 255]],
  [['grayscale'], [100, 150, 200], [141, 141, 141]],
  [
    ['rgb', 20, -20, 5],
    [100, 150, 200],
    [151, 99, 212],
  ],
  [
    ['saturation', 2],
    [100, 150, 200],
    [55, 155, 255],
  ],
  [
    ['saturation', 0],
    [100, 150, 200],
    [144, 144, 144],
  ],
  [
    ['saturation', 1e15],
    [99, 100, 101],
    [0, 255, 255],
  ],
  [
    ['blur', 1e15],
    [100, 150, 200],
    [100, 150, 200],
  ],
  [
    ['blur', 2, -0.001],
    [100, 150, 200],
    [100, 150, 200],
  ],
  [
    ['sharpen', 2, 1, false],
    [100, 150, 200],
    [100, 150, 200],
  ],
  [
    ['sharpen', 1e15, -1e15, true],
    [100, 150, 200],
    [100, 150, 200],
  ],
  [
    ['convolution', '1;2;1;2;4;2;1;2;1', 3],
    [100, 150, 200],
    [100, 150, 200],
  ],
  [
    ['convolution', '0;0;-.5;2.;-.5', 5, false],
    [10, 20, 200],
    [10, 20, 200],
  ],
]

/** Fills the second frame of an animation. */
const other: Rgba = [40, 200, 90]

describe('colours become those of Thumbor', () => {
  it.each(colours)('%j on %j', async (call, before, after) => {
    const [opaque, fine] = [
      await plain(9, 7, before).png().toBuffer(),
      await plain(9, 7, [...before, 77] as unknown as Rgba)
        .png()
        .toBuffer(),
    ]
    const still = await pixels(opaque, [effect(call)])
    const clear = await pixels(fine, [effect(call)])
    const film = await animation('webp', [plain(9, 7, before), plain(9, 7, other)], { delay: [50, 70] })
    const frames = await rendered(recipe([step('page', { animation: true }), effect(call)], { format: 'webp', lossless: true }), film)
    expect({ width: still.width, height: still.height, frames: frames.frames }).toEqual({ width: 9, height: 7, frames: 2 })
    const moving = await seen(frames.bytes)
    for (const [x, y] of [
      [0, 0],
      [8, 0],
      [4, 3],
      [8, 6],
    ] as const) {
      expect(still.at(x, y)).toEqual([...after, 255])
      expect(clear.at(x, y)).toEqual([...after, 77])
      expect(moving.at(x, y)).toEqual([...after, 255])
    }
    const second = (await pixels(await plain(9, 7, other).png().toBuffer(), [effect(call)])).at(4, 3)
    const alike = second.every((value, channel) => value === [...after, 255][channel]) // frames that are alike become one in WebP
    expect(moving.at(4, moving.height - 4)).toEqual(second)
    expect(moving.height).toBe(alike ? 7 : 14)
  })

  it.each<[Call, number, Rgba]>([
    [['brightness', 20], 100, [151, 151, 151]],
    [['rgb', 20, 0, -20], 100, [151, 100, 49]],
    [['colorize', 100, 0, 50, 'ff0000'], 100, [255, 100, 50]],
    [['contrast', 20], 100, [88, 88, 88]],
    [['saturation', 5], 100, [100, 100, 100]],
    [['grayscale'], 100, [100, 100, 100]],
    [['curve', '[]', '[(0,9)]', '[]', '[]'], 100, [9, 100, 100]],
    [['equalize'], 100, [0, 0, 0]],
    [['blur', 7, 1.5], 100, [100, 100, 100]],
    [['sharpen', 2, 1, true], 100, [100, 100, 100]],
  ])('%j on grey %i', async (call, grey, after) => {
    const picture = await plain(5, 4, [grey, grey, grey]).toColourspace('b-w').png().toBuffer()
    expect((await pixels(picture, [effect(call)])).at(2, 2)).toEqual([...after, 255])
  })
})

/** A call, a row of grey values, and what becomes of them; alpha goes from 255 to 55 in the second half. */
const rows: [call: Call, before: number[], after: number[], alpha: 'kept' | 'changed'][] = [
  [['blur', 1], [0, 0, 255, 255], [0, 69, 185, 255], 'changed'],
  [['blur', 1, 1000], [0, 90, 30, 0], [30, 40, 40, 10], 'changed'],
  [['sharpen', 1, 0, false], [100, 200], [50, 250], 'kept'],
  [['sharpen', 1, 1, true], [100, 200], [74, 225], 'kept'],
  [['convolution', '-1.5;0;1', 3, false], [0, 100, 40, 40], [100, 40, 0, 0], 'changed'],
  [['convolution', '1;0;0;0;0;0;0;0;1', 3], [10, 100, 40, 40], [55, 25, 70, 40], 'changed'],
  [['equalize'], [50, 100, 100, 200], [0, 170, 170, 255], 'kept'],
]

describe('neighbours become those of Thumbor', () => {
  it.each(rows)('%j on %j', async (call, before, after, alpha) => {
    const opaque = drawn(before.length, 1, (x) => [before[x] ?? 0, before[x] ?? 0, before[x] ?? 0])
    const still = await pixels(await opaque.png().toBuffer(), [effect(call)])
    expect(after.map((_, x) => still.at(x, 0))).toEqual(after.map((value) => [value, value, value, 255]))
    const alphaAt = (x: number): number => (x < before.length / 2 ? 255 : 55)
    const fine = drawn(before.length, 1, (x) => [before[x] ?? 0, before[x] ?? 0, before[x] ?? 0, alphaAt(x)])
    const clear = await pixels(await fine.png().toBuffer(), [effect(call)])
    const seenAlpha = after.map((_, x) => clear.at(x, 0)[3])
    if (alpha === 'kept') expect(seenAlpha).toEqual(after.map((_, x) => alphaAt(x)))
    else expect(seenAlpha).not.toEqual(after.map((_, x) => alphaAt(x)))
  })

  it('paints corners, or makes them clear', async () => {
    const picture = await plain(40, 30, [9, 99, 200]).png().toBuffer()
    const round = (...args: Arg[]) => pixels(picture, [effect(['round_corner', ...args])])
    const painted = await round('10', 255, 0, 128)
    expect([painted.at(0, 0), painted.at(39, 29), painted.at(3, 3), painted.at(20, 15)]).toEqual([
      [255, 0, 128, 255],
      [255, 0, 128, 255],
      [9, 99, 200, 255],
      [9, 99, 200, 255],
    ])
    const tall = await round('4|15', 0, 0, 0)
    expect([tall.at(0, 3), tall.at(6, 0)]).toEqual([
      [0, 0, 0, 255],
      [9, 99, 200, 255],
    ])
    const clear = await round('10', 255, 0, 0, true)
    expect([clear.at(0, 0)[3], clear.at(20, 15)]).toEqual([0, [9, 99, 200, 255]])
    const plan = await rendered(
      recipe([effect(['round_corner', '10', 0, 0, 0])], { format: 'auto' }),
      await sharp(picture).jpeg().toBuffer(),
    )
    expect(plan.format).toBe('jpeg') // painted corners are opaque
  })

  it('adds the same grain at every call', async () => {
    const picture = await plain(30, 20, [100, 150, 200]).png().toBuffer()
    const grain = async (...args: number[]) => (await rendered(recipe([effect(['noise', ...args])], { format: 'png' }), picture)).bytes
    const first = await grain(40)
    expect(first.equals(await grain(40, 0))).toBe(true)
    expect(first.equals(await grain(40, 7))).toBe(false)
    expect((await grain(40, 7)).equals(await grain(40, 7 + 2 ** 32))).toBe(true)
    const { at } = await seen(first)
    const [r = 0, g = 0, b = 0] = at(3, 3)
    expect([g - r, b - g]).toEqual([50, 50])
    expect(new Set(Array.from({ length: 30 }, (_, x) => at(x, 5)[0])).size).toBeGreaterThan(10)
  })
})

test.each<[Call]>([
  [['brightness', 0]],
  [['rgb', 0, 0, 0]],
  [['contrast', 0]],
  [['contrast', -200]],
  [['saturation', 1]],
  [['colorize', 0, 0, 0, 'ffffff']],
  [['noise', 0]],
  [['sharpen', 0, 1, true]],
  [['curve', '[]', '[]', '[]', '[]']],
  [['round_corner', '0', 1, 2, 3]],
  [['round_corner', '20|0', 1, 2, 3]],
])('%j changes nothing', ([name, ...args]) => {
  expect(thumborEffect(name, args, filters)).toBeUndefined()
})

test.each<[Call]>([
  [['colorize', 0, 0, 0, 'a,b']],
  [['colorize', 50, 50, 50, 'red']],
  [['colorize', 50, 50, 50, 'f0f']],
  [['colorize', 50, 50, 50, 'f f0ff0']],
  [['convolution', '1;2;3;4', 2]],
  [['convolution', '1;2;3', 2]],
  [['convolution', '1;2', 1]],
  [['convolution', Array(99).fill('1').join(';'), 99]],
  [['convolution', Array(361).fill('1').join(';'), 19]],
  [['convolution', '12345678', 1]],
  [['round_corner', '20', 256, 0, 0]],
])('%j is wrong', ([name, ...args]) => {
  const made = thumborEffect(name, args, filters)
  expect(made).toBeInstanceOf(Failure)
  expect(made).toMatchObject({ code: 'parameter-invalid', status: 400, detail: { parameter: name } })
})

test('every call is told and read back as the same step', () => {
  const calls = [
    ...colours.map(([call]) => call),
    ...rows.map(([call]) => call),
    ['noise', 5, 3],
    ['round_corner', '5|6', 1, 2, 3, true],
  ] as Call[]
  expect(new Set(calls.map(([name]) => name))).toEqual(thumborEffects)
  for (const call of calls) {
    const made = effect(call)
    const text = printRecipe(recipe([made]))
    expect(readRecipe(text)).toEqual(recipe([made]))
    const filter = filters.find(({ name }) => name === made.name)
    if (filter === undefined) throw new Error(`no filter ${made.name}`)
    expect(filterArgs(filter, made)).not.toBeInstanceOf(Failure)
  }
})
