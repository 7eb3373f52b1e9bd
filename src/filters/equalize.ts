import { boolean, choice } from '../schema/fields.ts'
import { defineFilter, type Pixels } from './filter.ts'
import { colourChannels, mapColours, mapEach } from './kernel.ts'

/** Histogram equalisation of each colour channel. @see https://en.wikipedia.org/wiki/Histogram_equalization */
export const equalize = defineFilter({
  name: 'equalize',
  doc: 'Spreads the values of each colour channel evenly over its range.',
  example: 'equalize=1',
  aliases: ['equalise'],
  params: {
    on: boolean({ doc: 'Whether to.', fallback: true }),
    black: choice(['each', 'darkest'], {
      doc: 'Whose darkest value becomes 0: that of each channel, or only of the channel, or channels, whose darkest is the darkest of all.',
      fallback: 'each',
    }),
  },
  noop: ({ on }) => !on,
  slot: 'pixels',
  apply: (pixels, { black }) => {
    const histograms = histogramsOf(pixels)
    const starts = histograms.map(firstUsed)
    const darkest = Math.min(...starts)
    const total = pixels.width * pixels.height
    const tables = histograms.map((counts, channel) => {
      const start = starts[channel] ?? 0
      if (black === 'each') return counts[start] === total ? undefined : spread(counts, counts[start] ?? 0, total)
      return spread(counts, start === darkest ? (counts[start] ?? 0) : 0, total)
    })
    const [red = same, green = red, blue = red] = tables.map((table) => table ?? same)
    return colourChannels(pixels) === 1 ? mapColours(pixels, red) : mapEach(pixels, [red, green, blue])
  },
})

/** A channel of one value alone stays as it is. */
const same = Uint8ClampedArray.from({ length: 256 }, (_, value) => value)

/** How often each value occurs in each colour channel. */
function histogramsOf(pixels: Pixels): Uint32Array[] {
  const { data, channels } = pixels
  return Array.from({ length: colourChannels(pixels) }, (_, channel) => {
    const counts = new Uint32Array(256)
    for (let at = channel; at < data.length; at += channels) {
      const value = data[at] ?? 0
      counts[value] = (counts[value] ?? 0) + 1
    }
    return counts
  })
}

function firstUsed(counts: Uint32Array): number {
  return counts.findIndex((count) => count > 0)
}

/** Each value by the share of pixels up to it, beyond the `least` of them that become 0. */
function spread(counts: Uint32Array, least: number, total: number): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256)
  let sum = 0
  for (const [value, count] of counts.entries()) {
    sum += count
    table[value] = total > least ? Math.floor((255 * (sum - least)) / (total - least)) : 0
  }
  return table
}
