import { number } from '../schema/fields.ts'
import { defineFilter, type Pixels } from './filter.ts'
import { colourChannels } from './kernel.ts'
import { olderLumaWeights } from './luma.ts'

/** Distance of every colour from the grey that seems as bright, by a factor. @see https://alienryderflex.com/hsp.html */
export const vivid = defineFilter({
  name: 'vivid',
  doc: 'Makes the colours stronger or paler, and keeps how bright each seems.',
  example: 'vivid=1.6',
  params: {
    factor: number({
      doc: '0 is grey, 1 as it is, 2 twice as strong; below 0 colours turn into their opposites.',
      min: -1e9, // there the faintest colour is black or white in every channel
      max: 1e9,
      fallback: 1,
    }),
  },
  noop: ({ factor }) => factor === 1,
  slot: 'pixels',
  apply: (pixels, { factor }) => (colourChannels(pixels) === 1 ? pixels : strengthen(pixels, factor)),
})

function strengthen({ channels, ...pixels }: Pixels, factor: number): Pixels {
  const [red, green, blue] = olderLumaWeights
  const data = Buffer.from(pixels.data)
  for (let at = 0; at < data.length; at += channels) {
    const r = data[at] ?? 0
    const g = data[at + 1] ?? 0
    const b = data[at + 2] ?? 0
    if (r === g && g === b) continue // grey stays, whatever the root's last digit
    const grey = Math.sqrt(red * r * r + green * g * g + blue * b * b)
    data[at] = toByte(grey + (r - grey) * factor)
    data[at + 1] = toByte(grey + (g - grey) * factor)
    data[at + 2] = toByte(grey + (b - grey) * factor)
  }
  return { ...pixels, data, channels }
}

/** Cut to a whole number, within 0..255. */
function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.trunc(value)
}
