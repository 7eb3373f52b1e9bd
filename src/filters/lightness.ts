import { boolean } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'
import { colourChannels } from './kernel.ts'
import { olderLumaWeights } from './luma.ts'

/** One channel of lightness by the weights that JPEG uses, rounded. A kernel of our own: sharp's `recomb` cuts where others round. */
export const lightness = defineFilter({
  name: 'lightness',
  doc: 'Takes the colour out by the weights of JPEG, in which reds and blues are lighter and greens darker than in gray.',
  example: 'lightness=1',
  params: { on: boolean({ doc: 'Whether to.', fallback: true }) },
  noop: ({ on }) => !on,
  slot: 'pixels',
  apply: (pixels) => {
    if (colourChannels(pixels) === 1) return pixels
    const { data: from, width, height, channels } = pixels
    const wide = channels === 4 ? 2 : 1
    const [red, green, blue] = olderLumaWeights
    const data = Buffer.allocUnsafe(width * height * wide)
    for (let at = 0, to = 0; to < data.length; at += channels, to += wide) {
      data[to] = red * (from[at] ?? 0) + green * (from[at + 1] ?? 0) + blue * (from[at + 2] ?? 0) + 0.5
      if (wide === 2) data[to + 1] = from[at + 3] ?? 0
    }
    return { data, width, height, channels: wide }
  },
})
