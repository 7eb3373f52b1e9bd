import { integer } from '../schema/fields.ts'
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
    size: integer({
      doc: 'Side of the square; 1 is none. An even one reaches one px further right and down.',
      unit: 'result px',
      min: 1,
      max: 15,
      fallback: 1,
    }),
  },
  noop: ({ size }) => size === 1,
  slot: 'pixels',
  apply: (pixels, { size }) => {
    const data = Buffer.allocUnsafe(pixels.data.length)
    for (let channel = 0; channel < pixels.channels; channel++) smooth(pixels, channel, size, data)
    return { ...pixels, data }
  },
})

/**
 * One channel, by a histogram of the square that slides along each row and is never counted anew. At an edge the nearest pixel stands for
 * those beyond. @see Huang, Yang, Tang: A fast two-dimensional median filtering algorithm, 1979
 */
function smooth({ data, width, height, channels }: Pixels, channel: number, size: number, out: Buffer): void {
  const rank = Math.ceil(size ** 2 / 2) // of an even number of values the lower of the two in the middle
  const before = (size - 1) >> 1
  const after = size >> 1
  const counts = new Uint16Array(256)
  const rows = new Int32Array(size)
  for (let y = 0; y < height; y++) {
    for (let dy = -before; dy <= after; dy++) rows[dy + before] = clamp(y + dy, height) * width
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
    for (let x = -before; x <= after; x++) count(x, 1)
    for (let x = 0; x < width; x++) {
      if (x > 0) {
        count(x - before - 1, -1)
        count(x + after, 1)
      }
      while (below >= rank) below -= counts[--middle] ?? 0
      while (below + (counts[middle] ?? 0) < rank) below += counts[middle++] ?? 0
      out[(y * width + x) * channels + channel] = middle
    }
  }
}

function clamp(at: number, side: number): number {
  return at < 0 ? 0 : at >= side ? side - 1 : at
}
