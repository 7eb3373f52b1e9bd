import { describe, expect, it } from 'vitest'
import { applied, filterContract } from '../../test/contracts/filter.ts'
import { Problem } from '../schema/field.ts'
import { filters } from './all.ts'
import type { AnyFilter, Pixels } from './filter.ts'

/** Effects that look at neighbours or are about transparency; all others leave alpha as it is. */
const changeAlpha = ['opacity', 'blur', 'soften', 'sharpen', 'median', 'convolve', 'pixelate']

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
  ['rgb=20,-20,5', [[100, 150, 200, 77]], [[151, 99, 212, 77]], 0],
  ['rgb=-1,-1,-1', [[100, 150, 200]], [[98, 148, 198]], 0],
  ['rgb=100,-100,0', [[1, 254, 9]], [[255, 0, 9]], 0],
  ['rgb=10,0,-10', [[100, 9]], [[125, 100, 75, 9]], 0], // grey becomes coloured
  ['contrast=1.44,to-grey', [[100, 150, 200, 7]], [[88, 159, 231, 7]], 0],
  ['contrast=0.25,to-grey', [[100, 150, 200]], [[121, 133, 146]], 0],
  ['contrast=128', [[127, 128, 129]], [[0, 128, 255]], 0],
  ['curve=', [[1, 128, 255]], [[1, 128, 255]], 0],
  ['curve=10_20', [[1, 10, 200, 5]], [[20, 20, 20, 5]], 0],
  ['curve=0_0:128_64:255_255', [[15, 120, 255]], [[4, 56, 255]], 0],
  ['curve=100_0:200_255', [[99, 150, 201]], [[0, 128, 255]], 0], // level outside its points
  ['curve=,0_50:255_200,,0_255:255_0', [[255, 9, 0]], [[200, 9, 255]], 0],
  ['curve=0_255:255_0,0_50:255_200', [[0, 77]], [[205, 255, 255, 77]], 0], // its own curve first, then that of all
  ['vivid=2', [[100, 150, 200, 77]], [[55, 155, 255, 77]], 0],
  ['vivid=0', [[100, 150, 200]], [[144, 144, 144]], 0],
  ['vivid=-1', [[100, 150, 200]], [[188, 138, 88]], 0], // grey 144.07
  ['vivid=1000000000', [[99, 99, 99, 1]], [[99, 99, 99, 1]], 0],
  ['vivid=3', [[90]], [[90]], 0],
  ['lightness', [[100, 150, 200]], [[141]], 0],
  ['lightness', [[255, 0, 0, 9]], [[76, 9]], 0],
  ['lightness', [[90, 9]], [[90, 9]], 0],
  ['lightness=0', [[255, 0, 0]], [[255, 0, 0]], 0],
  ['colorize=50,25,10,ff00ff', [[100, 150, 200, 77]], [[177, 112, 205, 77]], 0],
  ['colorize=25500,200,0,640096', [[99, 150, 3]], [[255, 0, 3]], 0],
  ['colorize=100,0,50,ff0000', [[100]], [[255, 100, 50]], 0],
  ['equalize', [[50], [100], [100], [200]], [[0], [170], [170], [255]], 0],
  [
    'equalize',
    [
      [9, 50, 7, 1],
      [9, 60, 8, 2],
    ],
    [
      [9, 0, 0, 1],
      [9, 255, 255, 2],
    ],
    0,
  ],
  [
    'equalize=1,darkest',
    [
      [10, 50, 7, 1],
      [9, 60, 8, 2],
    ],
    [
      [255, 127, 0, 1],
      [127, 255, 255, 2],
    ],
    0,
  ],
  ['equalize=1,darkest', [[100, 150, 200]], [[0, 255, 255]], 0],
  ['soften=0', [[0], [255]], [[0], [255]], 0],
  ['soften=1', [[0], [0], [255], [255]], [[0], [69], [185], [255]], 0], // weights 0.274, 0.452, 0.274
  [
    'soften=1,10000',
    [
      [0, 0],
      [90, 0],
      [30, 255],
    ],
    [
      [30, 0],
      [40, 85],
      [50, 170],
    ],
    0,
  ], // thirds, of alpha too
  ['soften=150', [[7, 9, 11]], [[7, 9, 11]], 0],
  ['soften=150,0.05', [[0], [255]], [[0], [255]], 0],
  ['crisp=1', [[100], [200]], [[50], [250]], 0], // mean 150, and twice what differs from it
  [
    'crisp=1,1',
    [
      [100, 9],
      [200, 8],
    ],
    [
      [74, 9],
      [225, 8],
    ],
    0,
  ],
  [
    'crisp=1,0,1',
    [
      [100, 50, 0],
      [200, 150, 100],
    ],
    [
      [50, 0, 0],
      [250, 200, 150],
    ],
    0,
  ],
  ['crisp=0', [[100], [200]], [[100], [200]], 0],
  ['crisp=9', [[100]], [[100]], 0],
  ['crisp=100000', [[77], [77], [77]], [[77], [77], [77]], 0],
  ['crisp=100000', [[77], [78], [77]], [[0], [255], [0]], 0],
  ['convolve=1_2_1', [[0], [100], [40]], [[25], [60], [55]], 0],
  [
    'convolve=-1.5_0_1,0',
    [
      [0, 9],
      [100, 9],
      [40, 9],
    ],
    [
      [100, 0],
      [40, 0],
      [0, 0],
    ],
    0,
  ], // alpha as the colours
  ['convolve=1_0_-1', [[10], [100], [40]], [[0], [0], [60]], 0], // a sum of 0 divides nothing
  [
    'convolve=1_0_0:0_0_0:0_0_1',
    [
      [0, 10, 20],
      [100, 110, 120],
      [40, 50, 60],
    ],
    [
      [50, 60, 70],
      [20, 30, 40],
      [70, 80, 90],
    ],
    0,
  ],
  ['noise=0', [[0], [255]], [[0], [255]], 0],
  [
    'corners=5,0,ff0000',
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    0,
  ], // no room
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

  it('says what a matrix must be', () => {
    const matrix = filterOf('convolve').params.matrix
    const row = (length: number, item = '1'): string => Array(length).fill(item).join('_')
    const square = (side: number, item = '1'): string => Array(side).fill(row(side, item)).join(':')
    for (const right of ['1', '-1.5_0_2', row(31), square(17), square(31, '0')]) expect(matrix.read(right)).not.toBeInstanceOf(Problem)
    for (const wrong of ['', '1_2', '1:2', '1_2_3:1_2', 'a', '1__2', row(33), square(19), '1e9', '1000001']) {
      expect(matrix.read(wrong)).toBeInstanceOf(Problem)
    }
  })

  it.each(['1', '0_0_0', '0_0:0_1', '5_0:4_0', '0_256', '-1_0', '0.5_1', ':', '0_0:'])('takes %s for no curve', (text) => {
    expect(filterOf('curve').params.all.read(text)).toBeInstanceOf(Problem)
  })

  it.each([
    [9, 0.05, 0],
    [5, 0, 1],
    [7, 0, 1],
    [8, 3, 1],
    [40, 0, 1],
    [150, 20, 1],
    [20, 9000, 1],
  ])('softens by %i px with a sigma of %f as the plain sum does', async (radius, sigma, tolerance) => {
    const [width, height] = [57, 43]
    const data = Buffer.from(
      Array.from({ length: width * height }, (_, at) => (at % width > 20 ? 255 - ((at * at * 37) % 60) : (at * 11) % 70)),
    )
    const result = await applied(filterOf('soften'), [`${radius}`, `${sigma}`], { data, width, height, channels: 1 })
    const expected = plainSmooth(
      plainSmooth([...data], width, height, 1, radius, sigma || radius),
      width,
      height,
      width,
      radius,
      sigma || radius,
    )
    const off = expected.map((value, at) => Math.abs(value - (result.data[at] ?? 0)))
    expect(Math.max(...off)).toBeLessThanOrEqual(tolerance)
    expect(off.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.05 * off.length)
  })

  it('gives the same grain for the same seed', async () => {
    const grey: Pixels = { data: Buffer.alloc(30_000, 128), width: 100, height: 100, channels: 3 }
    const grain = async (...args: string[]): Promise<Pixels> => applied(filterOf('noise'), args, grey)
    const first = await grain('40')
    expect((await grain('40', '0')).data.equals(first.data)).toBe(true)
    expect((await grain('40', '7')).data.equals(first.data)).toBe(false)
    const added = [...first.data].map((value) => value - 128)
    expect([Math.min(...added), Math.max(...added)]).toEqual([-20, 19])
    expect(Math.abs(added.reduce((sum, value) => sum + value, 0) / added.length + 0.5)).toBeLessThan(0.5)
    expect(added.every((value, at) => value === added[at - (at % 3)])).toBe(true) // one number a pixel
    const neighbours = added
      .filter((_, at) => at % 3 === 0)
      .slice(1)
      .map((value, at) => value * (added[at * 3] ?? 0))
    expect(Math.abs(neighbours.reduce((sum, value) => sum + value, 0) / neighbours.length)).toBeLessThan(6) // of a variance of 133
  })

  it('rounds corners along an ellipse', async () => {
    const white: Pixels = { data: Buffer.alloc(40 * 30 * 3, 255), width: 40, height: 30, channels: 3 }
    const painted = await applied(filterOf('corners'), ['20', '10', '000000'], white)
    const dark = [...painted.data].reduce((sum, value) => sum + 255 - value, 0) / 255 / 3
    expect(Math.abs(dark - (4 - Math.PI) * 20 * 10)).toBeLessThan(2)
    for (const corner of [0, 39, 29 * 40, 30 * 40 - 1]) expect(painted.data[corner * 3]).toBe(0)
    for (const kept of [19, 10 * 40, 29 * 40 + 20, 15 * 40 + 20]) expect(painted.data[kept * 3]).toBeGreaterThan(240)
    const cut = await applied(filterOf('corners'), ['20', '10', 'ff0000', '1'], white)
    expect([...cut.data.subarray(0, 4)]).toEqual([255, 0, 0, 0])
    expect([...cut.data.subarray((15 * 40 + 20) * 4, (15 * 40 + 20) * 4 + 4)]).toEqual([255, 255, 255, 255])
    const alpha = [...cut.data].filter((_, at) => at % 4 === 3)
    expect(alpha.map((value) => 255 - value)).toEqual([...painted.data].filter((_, at) => at % 3 === 0).map((value) => 255 - value))
  })

  it('rounds a quarter off at most half of each side', async () => {
    const round = (size: string, pixels: Pixels): Promise<Pixels> => applied(filterOf('corners'), [size, size, '000000'], pixels)
    const white: Pixels = { data: Buffer.alloc(21 * 11, 255), width: 21, height: 11, channels: 1 }
    expect((await round('1000000', white)).data.equals((await applied(filterOf('corners'), ['10', '5', '000000'], white)).data)).toBe(true)
  })
})

function filterOf(name: string): AnyFilter {
  const filter = filters.find((one) => one.name === name)
  if (filter === undefined) throw new Error(`no filter ${name}`)
  return filter
}

/** One direction of a Gaussian that ends at a radius, as it is defined. */
function plainSmooth(values: number[], width: number, height: number, step: number, radius: number, sigma: number): number[] {
  const length = step === 1 ? width : height
  return values.map((_, at) => {
    const own = step === 1 ? at % width : Math.floor(at / width)
    let [sum, weights] = [0, 0]
    for (let off = -radius; off <= radius; off++) {
      const weight = Math.exp(-(off ** 2) / (2 * sigma ** 2))
      sum += weight * (values[at + (Math.min(length - 1, Math.max(0, own + off)) - own) * step] ?? Number.NaN)
      weights += weight
    }
    return Math.floor(sum / weights + 1e-6)
  })
}
