import { describe, expect, it } from 'vitest'
import { applied, filterContract } from '../../test/contracts/filter.ts'
import { filters } from './all.ts'
import type { Pixels } from './filter.ts'

/** Effects that look at neighbours or are about transparency; all others leave alpha as it is. */
const changeAlpha = ['opacity', 'blur', 'sharpen', 'median', 'pixelate']

for (const filter of filters) filterContract(filter, changeAlpha.includes(filter.name) ? 'changed' : 'kept')

it('gives every effect names of its own', () => {
  const names = filters.flatMap(({ name, aliases = [] }) => [name, ...aliases])
  expect(new Set(names).size).toBe(names.length)
})

/** A row of pixels, each as its channels. */
const row = (...pixels: number[][]): Pixels => ({
  data: Buffer.from(pixels.flat()),
  width: pixels.length,
  height: 1,
  channels: (pixels[0]?.length ?? 1) as Pixels['channels'],
})

/** Effect and arguments, pixels before, pixels after; within 1 of 255, or within the number at the end. */
const known: [string, number[][], number[][], number?][] = [
  ['brightness=0', [[200, 200, 200]], [[0, 0, 0]]],
  ['brightness=2', [[60, 60, 60]], [[120, 120, 120]]], // lightness 25 of 100 becomes 50
  ['contrast=0', [[200, 100, 50]], [[128, 128, 128]]],
  ['contrast=2', [[148, 100, 10, 77]], [[168, 72, 0, 77]]],
  ['contrast=0.5', [[0, 77]], [[64, 77]]],
  ['saturation=0', [[200, 100, 50]], [[128, 128, 128]]],
  ['saturation=1', [[200, 100, 50]], [[200, 100, 50]], 0],
  ['hue=360', [[200, 100, 50]], [[200, 100, 50]], 0],
  ['hue=180', [[180, 180, 180]], [[180, 180, 180]]],
  ['gamma=2', [[64, 0, 255, 9]], [[128, 0, 255, 9]]],
  ['gamma=0.5', [[128, 0, 255]], [[64, 0, 255]]],
  [
    'gray',
    [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
    ],
    [
      [54, 54, 54],
      [182, 182, 182],
      [18, 18, 18],
    ],
  ],
  ['gray=1', [[200, 100, 50, 77]], [[118, 118, 118, 77]]],
  ['gray=0', [[200, 100, 50]], [[200, 100, 50]], 0],
  ['sepia=100', [[100, 100, 100]], [[135, 120, 94]]],
  ['sepia=50', [[100, 100, 100]], [[118, 110, 97]]],
  [
    'tint=ff0000',
    [
      [0, 0, 0],
      [255, 255, 255],
      [128, 128, 128],
    ],
    [
      [0, 0, 0],
      [255, 255, 255],
      [255, 74, 74],
    ],
  ],
  ['tint=808080', [[255, 0, 0]], [[54, 54, 54]]],
  [
    'mono=ff8000',
    [
      [255, 255, 255],
      [0, 0, 0],
      [128, 128, 128],
    ],
    [
      [255, 128, 0],
      [0, 0, 0],
      [128, 64, 0],
    ],
  ],
  [
    'duotone=000080,ffff00',
    [
      [0, 0, 0],
      [255, 255, 255],
      [128, 128, 128],
    ],
    [
      [0, 0, 128],
      [255, 255, 0],
      [128, 128, 64],
    ],
  ],
  [
    'duotone=f00,00f',
    [
      [0, 9],
      [255, 8],
    ],
    [
      [255, 0, 0, 9],
      [0, 0, 255, 8],
    ],
  ],
  ['invert', [[255, 0, 100, 77]], [[0, 255, 155, 77]]],
  ['invert=0', [[255, 0, 100]], [[255, 0, 100]], 0],
  [
    'normalize',
    [
      [50, 50, 50],
      [100, 100, 100],
      [150, 150, 150],
    ],
    [
      [0, 0, 0],
      [119, 119, 119],
      [255, 255, 255],
    ],
    10,
  ],
  ['opacity=0.5', [[200, 100, 50]], [[200, 100, 50, 128]]],
  ['opacity=0.5', [[200, 100]], [[200, 50]]],
  ['opacity=0', [[200, 100, 50, 200]], [[200, 100, 50, 0]]],
  [
    'blur=0',
    [
      [0, 0, 0],
      [255, 255, 255],
    ],
    [
      [0, 0, 0],
      [255, 255, 255],
    ],
    0,
  ],
  [
    'blur=100',
    [
      [0, 0, 0],
      [255, 255, 255],
    ],
    [
      [128, 128, 128],
      [128, 128, 128],
    ],
    4,
  ],
  [
    'sharpen=0',
    [
      [90, 90, 90],
      [160, 160, 160],
    ],
    [
      [90, 90, 90],
      [160, 160, 160],
    ],
    0,
  ],
  ['median=3', [[10], [10], [250], [10], [10]], [[10], [10], [10], [10], [10]], 0],
  [
    'median=3',
    [
      [10, 9],
      [20, 9],
      [30, 9],
    ],
    [
      [10, 9],
      [20, 9],
      [30, 9],
    ],
    0,
  ],
  ['median=5', [[1], [2], [9], [4], [5]], [[1], [2], [4], [5], [5]], 0],
  [
    'pixelate=2',
    [
      [0, 0, 0],
      [100, 50, 10],
      [7, 8, 9],
    ],
    [
      [50, 25, 5],
      [50, 25, 5],
      [7, 8, 9],
    ],
    0,
  ],
  [
    'pixelate=2',
    [
      [200, 100, 50, 255],
      [0, 0, 0, 0],
    ],
    [
      [200, 100, 50, 128],
      [200, 100, 50, 128],
    ],
    0,
  ], // what is clear lends no colour
  [
    'pixelate=2',
    [
      [9, 0],
      [9, 0],
    ],
    [
      [0, 0],
      [0, 0],
    ],
    0,
  ],
]

describe('known pixels', () => {
  it.each(known)('%s on %j', async (wish, before, after, tolerance = 1) => {
    const [name = '', value = ''] = wish.split('=')
    const filter = filters.find((one) => one.name === name)
    if (filter === undefined) throw new Error(`no filter ${name}`)
    const result = await applied(filter, value.split(','), row(...before))
    expect(result.channels).toBe(after[0]?.length)
    for (const [at, expected] of after.flat().entries()) expect(Math.abs((result.data[at] ?? -1) - expected)).toBeLessThanOrEqual(tolerance)
  })

  it('every effect has at least one', () => {
    const tested = new Set(known.map(([wish]) => wish.split('=')[0]))
    expect(filters.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([])
  })

  it('turns colours round the wheel', async () => {
    const hue = filters.find(({ name }) => name === 'hue')
    if (hue === undefined) throw new Error('no hue')
    const { data } = await applied(hue, ['120'], row([200, 60, 60]))
    expect(data[1]).toBeGreaterThan((data[0] ?? 0) + 20) // red becomes green
  })

  it('sharpens an edge and softens none', async () => {
    const sharpen = filters.find(({ name }) => name === 'sharpen')
    if (sharpen === undefined) throw new Error('no sharpen')
    const side = 16
    const edge = Buffer.from(Array.from({ length: side * side }, (_, at) => (at % side < side / 2 ? 100 : 150)))
    const { data, channels } = await applied(sharpen, ['2'], { data: edge, width: side, height: side, channels: 1 })
    const line = Array.from(data.subarray(0, side * channels)).filter((_, at) => at % channels === 0)
    expect(Math.min(...line)).toBeLessThan(98)
    expect(Math.max(...line)).toBeGreaterThan(152)
  })

  it.each([2, 3, 4, 5, 6])('finds the same median of a square of %i as a plain sort', async (size) => {
    const median = filters.find(({ name }) => name === 'median')
    if (median === undefined) throw new Error('no median')
    const [width, height, before, after] = [11, 9, Math.floor((size - 1) / 2), Math.floor(size / 2)]
    const data = Buffer.from(Array.from({ length: width * height }, (_, at) => (at * at * 37 + at * 11) % 256))
    const at = (x: number, y: number): number =>
      data[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))] ?? 0
    const expected = Array.from(data, (_, index) => {
      const square: number[] = []
      for (let dy = -before; dy <= after; dy++)
        for (let dx = -before; dx <= after; dx++) square.push(at((index % width) + dx, Math.floor(index / width) + dy))
      return square.sort((a, b) => a - b)[Math.ceil(size ** 2 / 2) - 1]
    })
    expect([...(await applied(median, [String(size)], { data, width, height, channels: 1 })).data]).toEqual(expected)
  })
})
