import { number } from '../schema/fields.ts'
import { defineFilter, type Pixels } from './filter.ts'
import { colourChannels } from './kernel.ts'

/** The whole picture made more transparent, whatever is transparent in it already. */
export const opacity = defineFilter({
  name: 'opacity',
  doc: 'Makes the whole picture transparent.',
  example: 'opacity=0.5',
  params: { alpha: number({ doc: '0 is clear, 1 as it is.', min: 0, max: 1, fallback: 1 }) },
  addsAlpha: true,
  noop: ({ alpha }) => alpha === 1,
  slot: 'pixels',
  apply: (pixels, { alpha }) => fade(pixels, alpha),
})

function fade(pixels: Pixels, factor: number): Pixels {
  const { data: from, width, height, channels } = pixels
  const colours = colourChannels(pixels)
  const opaque = channels === colours
  const wide = colours === 1 ? 2 : 4
  const data = Buffer.allocUnsafe(width * height * wide)
  for (let at = 0, to = 0; to < data.length; at += channels, to += wide) {
    for (let channel = 0; channel < colours; channel++) data[to + channel] = from[at + channel] ?? 0
    data[to + colours] = Math.round(factor * (opaque ? 255 : (from[at + colours] ?? 0)))
  }
  return { data, width, height, channels: wide }
}
