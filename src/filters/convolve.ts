import { boolean, custom } from '../schema/fields.ts'
import { defineFilter, type Pixels } from './filter.ts'
import { printRows, readRows } from './number-rows.ts'

/** Longest side of a matrix, and how many of its numbers may be other than 0: each costs as much as all others. */
const mostSide = 31
const mostWeights = 289

/** Each pixel as a weighted sum of those around it, alpha as the colours; beyond an edge its pixels go on. */
export const convolve = defineFilter({
  name: 'convolve',
  doc: 'Makes each pixel a weighted sum of those around it.',
  example: 'convolve=-1_-1_0:-1_1_1:0_1_1,0',
  params: {
    matrix: custom<readonly (readonly number[])[]>({
      doc: 'The weights.',
      expected: `rows separated by colons, of numbers separated by underscores; odd sides up to ${mostSide}, at most ${mostWeights} numbers other than 0`,
      read: readMatrix,
      print: printRows,
    }),
    normal: boolean({ doc: 'Divide by the sum of the weights, unless that is 0.', fallback: true }),
  },
  slot: 'pixels',
  apply: (pixels, { matrix, normal }) => {
    const sum = matrix.flat().reduce((total, weight) => total + weight, 0)
    return weighed(pixels, matrix, normal && sum !== 0 ? 1 / sum : 1)
  },
})

function readMatrix(text: string): readonly (readonly number[])[] | undefined {
  const rows = readRows(text, 1e6)
  if (rows === undefined) return undefined
  const columns = rows[0]?.length ?? 0
  const odd = [rows.length, columns].every((side) => side % 2 === 1 && side <= mostSide)
  const weights = rows.flat().filter((weight) => weight !== 0).length
  return odd && weights <= mostWeights && rows.every((row) => row.length === columns) ? rows : undefined
}

/** What a sum may lack of the whole number that it would be without the rounding of floats. */
const slack = 1e-6

/** A weight, how many rows below and how many bytes right of the matrix's left end. */
type Tap = { readonly down: number; readonly right: number; readonly weight: number }
const none: Tap = { down: 0, right: 0, weight: 0 }

/** Three weights in one go, which saves most of the way to the sums and back. */
function weighed(pixels: Pixels, matrix: readonly (readonly number[])[], scale: number): Pixels {
  const { width, height, channels } = pixels
  const [downs, acrosses] = [(matrix.length - 1) / 2, ((matrix[0]?.length ?? 1) - 1) / 2]
  const from = widened(pixels, acrosses)
  const stride = (width + 2 * acrosses) * channels
  const wide = width * channels
  const taps = matrix.flatMap((row, y) =>
    row.flatMap((weight, x) => (weight === 0 ? [] : [{ down: y - downs, right: x * channels, weight }])),
  )
  const data = Buffer.allocUnsafe(pixels.data.length)
  const sums = new Float64Array(wide)
  for (let y = 0; y < height; y++) {
    sums.fill(0)
    const startOf = ({ down, right }: Tap): number => Math.min(height - 1, Math.max(0, y + down)) * stride + right
    for (let index = 0; index < taps.length; index += 3) {
      const [first = none, second = none, third = none] = [taps[index], taps[index + 1], taps[index + 2]]
      const [weight1, weight2, weight3] = [first.weight, second.weight, third.weight]
      const [start1, start2, start3] = [startOf(first), startOf(second), startOf(third)]
      for (let at = 0; at < wide; at++) {
        sums[at] =
          (sums[at] ?? 0) + weight1 * (from[start1 + at] ?? 0) + weight2 * (from[start2 + at] ?? 0) + weight3 * (from[start3 + at] ?? 0)
      }
    }
    for (let at = 0, row = y * wide; at < wide; at++) {
      const value = (sums[at] ?? 0) * scale + slack
      data[row + at] = value <= 0 ? 0 : value >= 255 ? 255 : value
    }
  }
  return { ...pixels, data }
}

/** Every row with its outermost pixels repeated so often on both sides. */
function widened({ data: from, width, height, channels }: Pixels, more: number): Buffer {
  const stride = (width + 2 * more) * channels
  const data = Buffer.allocUnsafe(stride * height)
  for (let y = 0; y < height; y++) {
    const row = from.subarray(y * width * channels, (y + 1) * width * channels)
    const start = y * stride
    data.set(row, start + more * channels)
    for (let x = 0; x < more; x++) {
      data.set(row.subarray(0, channels), start + x * channels)
      data.set(row.subarray(row.length - channels), start + stride - (x + 1) * channels)
    }
  }
  return data
}
