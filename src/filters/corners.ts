import { type Colour, opaqueColour, white } from '../schema/colour.ts'
import { boolean, integer } from '../schema/fields.ts'
import { defineFilter, type Pixels } from './filter.ts'
import { colourChannels } from './kernel.ts'

const radius = (doc: string) => integer({ doc, unit: 'result px', min: 0, max: 1e6, fallback: 0 })

/** Quarters of an ellipse at the corners, painted over or cut out. What `radius` does with circles of its own for each corner. */
export const corners = defineFilter({
  name: 'corners',
  doc: 'Rounds the corners off along an ellipse, in a colour or clear.',
  example: 'corners=40,20,ffffff',
  params: {
    across: radius('Radius from left to right; at most half the width counts.'),
    down: radius('Radius from top to bottom; at most half the height counts. 0 is that from left to right.'),
    colour: opaqueColour({ doc: 'Colour of the corners.', fallback: white }),
    clear: boolean({ doc: 'Make them clear, instead.', fallback: false }),
  },
  addsAlpha: ({ clear }) => clear,
  noop: ({ across }) => across === 0,
  slot: 'pixels',
  apply: (pixels, { across, down, colour, clear }) => {
    const a = Math.min(across, pixels.width >> 1)
    const b = Math.min(down === 0 ? across : down, pixels.height >> 1)
    const canvas = widened(pixels, clear, colour)
    const outside = new Float64Array(a)
    for (let y = 0; y < b; y++) {
      measure(outside, b, y)
      for (const row of [y, canvas.height - 1 - y]) paintRow(canvas, row, outside, colour, clear)
    }
    return canvas
  },
})

/** Parts into which a row is cut to see how much of each pixel lies outside. */
const slices = 8

/** How much of each pixel of a row lies outside the ellipse, 0..1; row 0 touches its top. */
function measure(outside: Float64Array, b: number, row: number): void {
  const a = outside.length
  outside.fill(0)
  for (let slice = 0; slice < slices; slice++) {
    const height = 1 - (row + (slice + 0.5) / slices) / b
    const edge = a * (1 - Math.sqrt(1 - height ** 2))
    for (let x = 0; x < edge; x++) outside[x] = (outside[x] ?? 0) + Math.min(1, edge - x) / slices
  }
}

/** Both ends of a row: the colour over the picture, or the picture's alpha taken away. */
function paintRow(canvas: Pixels, row: number, outside: Float64Array, { r, g, b }: Colour, clear: boolean): void {
  const { data, width, channels } = canvas
  const colours = colourChannels(canvas)
  const colour = [r, g, b]
  for (const [x, part] of outside.entries()) {
    if (part === 0) break
    for (const at of [(row * width + x) * channels, (row * width + width - 1 - x) * channels]) {
      if (clear) data[at + colours] = Math.round((data[at + colours] ?? 0) * (1 - part))
      if (clear && part < 1) continue
      for (let channel = 0; channel < colours; channel++) {
        const own = data[at + channel] ?? 0
        data[at + channel] = Math.round(own + ((colour[channel] ?? 0) - own) * part)
      }
    }
  }
}

/** A copy with the channels that the corners need: colours for a colour, alpha for clearness. */
function widened({ data: from, width, height, channels }: Pixels, clear: boolean, { r, g, b }: Colour): Pixels {
  const colours = channels <= 2 && r === g && g === b ? 1 : 3
  const alpha = clear || channels === 2 || channels === 4
  const wide = (colours + (alpha ? 1 : 0)) as Pixels['channels']
  if (wide === channels) return { data: Buffer.from(from), width, height, channels }
  const had = channels === 2 || channels === 4
  const step = channels <= 2 ? 0 : 1
  const data = Buffer.allocUnsafe(width * height * wide)
  for (let at = 0, to = 0; to < data.length; at += channels, to += wide) {
    for (let channel = 0; channel < colours; channel++) data[to + channel] = from[at + channel * step] ?? 0
    if (alpha) data[to + colours] = had ? (from[at + channels - 1] ?? 0) : 255
  }
  return { data, width, height, channels: wide }
}
