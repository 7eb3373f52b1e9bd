import { custom, printNumber } from '../schema/fields.ts'
import { defineFilter, type Pixels } from './filter.ts'

/**
 * The middle value of a square around each pixel: takes out specks and keeps edges. A kernel of our own: libvips refuses a picture that is
 * smaller than the square ("rank: window too large").
 */
export const median = defineFilter({
  name: 'median',
  doc: 'Takes out specks and keeps edges.',
  example: 'median=5',
  params: {
    size: custom<number>({
      doc: 'Side of the square; 1 is none.',
      unit: 'result px',
      expected: 'an odd whole number 1 to 15', // the square has a pixel in its middle
      fallback: 1,
      read: (text) => (/^(?:[13579]|1[135])$/.test(text) ? Number(text) : undefined),
      print: printNumber,
    }),
  },
  noop: ({ size }) => size === 1,
  slot: 'pixels',
  apply: (pixels, { size }) => {
    const data = Buffer.allocUnsafe(pixels.data.length)
    for (let channel = 0; channel < pixels.channels; channel++) smooth(pixels, channel, (size - 1) / 2, data)
    return { ...pixels, data }
  },
})

/**
 * One channel, by a histogram of the square that slides along each row and is never counted anew. At an edge the nearest pixel stands for
 * those beyond. @see Huang, Yang, Tang: A fast two-dimensional median filtering algorithm, 1979
 */
function smooth({ data, width, height, channels }: Pixels, channel: number, reach: number, out: Buffer): void {
  const half = (2 * reach + 1) ** 2 / 2
  const counts = new Uint16Array(256)
  const rows = new Int32Array(2 * reach + 1)
  for (let y = 0; y < height; y++) {
    for (let dy = -reach; dy <= reach; dy++) rows[dy + reach] = clamp(y + dy, height) * width
    let middle = 0
    let below = 0 // how many values of the square are less than `middle`
    const count = (x: number, by: 1 | -1): void => {
      const column = clamp(x, width)
      for (const row of rows) {
        const value = data[(row + column) * channels + channel] ?? 0
        counts[value] = (counts[value] ?? 0) + by
        if (value < middle) below += by
      }
    }
    counts.fill(0)
    for (let x = -reach; x <= reach; x++) count(x, 1)
    for (let x = 0; x < width; x++) {
      if (x > 0) {
        count(x - reach - 1, -1)
        count(x + reach, 1)
      }
      while (below > half) below -= counts[--middle] ?? 0
      while (below + (counts[middle] ?? 0) < half) below += counts[middle++] ?? 0
      out[(y * width + x) * channels + channel] = middle
    }
  }
}

function clamp(at: number, side: number): number {
  return at < 0 ? 0 : at >= side ? side - 1 : at
}
