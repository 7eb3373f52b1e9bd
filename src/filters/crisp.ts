import { boolean, number } from '../schema/fields.ts'
import { defineFilter, type Pixels } from './filter.ts'
import { colourChannels } from './kernel.ts'
import { olderLumaWeights } from './luma.ts'
import { amplified, type Plane } from './wavelets.ts'

/** Detail of one size made stronger, of other sizes the less the more they differ from it. */
export const crisp = defineFilter({
  name: 'crisp',
  doc: 'Makes detail of one size stronger, or weaker.',
  example: 'crisp=2,1',
  params: {
    amount: number({ doc: 'How much stronger; below 0 weaker, 0 leaves it.', min: -100_000, max: 100_000, fallback: 0 }),
    size: number({ doc: 'Size of the detail: 0 is the finest, 1 twice that, 2 four times.', min: -20, max: 20, fallback: 0 }),
    luminance: boolean({ doc: 'Only in lightness, so that no colour fringes come.', fallback: false }),
  },
  noop: ({ amount }) => amount === 0,
  slot: 'pixels',
  apply: (pixels, { amount, size, luminance }) => {
    const gains = Array.from({ length: 5 }, (_, level) => 1 + amount * Math.exp(-((level - size) ** 2) / 1.5))
    return colourChannels(pixels) === 3 && luminance ? byLightness(pixels, gains) : byChannel(pixels, gains)
  },
})

/** What a sum may lack of the whole number that it would be without the rounding of floats: an even area must stay as it is. */
const slack = 1 / 1024

function byChannel(pixels: Pixels, gains: readonly number[]): Pixels {
  const { width, height, channels } = pixels
  const data = Buffer.from(pixels.data)
  for (let channel = 0; channel < colourChannels(pixels); channel++) {
    const read = (plane: Plane, from: number): void => {
      for (let at = 0, value = from * channels + channel; at < plane.length; at++, value += channels) plane[at] = pixels.data[value] ?? 0
    }
    for (const { from, plane } of amplified({ width, height }, read, gains)) {
      for (let at = 0, value = from * channels + channel; at < plane.length; at++, value += channels) data[value] = toByte(plane[at] ?? 0)
    }
  }
  return { ...pixels, data }
}

/** What lightness gains is added to all three channels alike: the other two parts of YCbCr stay. */
function byLightness(pixels: Pixels, gains: readonly number[]): Pixels {
  const { width, height, channels, data: before } = pixels
  const [red, green, blue] = olderLumaWeights
  const lightness = (at: number): number => red * (before[at] ?? 0) + green * (before[at + 1] ?? 0) + blue * (before[at + 2] ?? 0)
  const read = (plane: Plane, from: number): void => {
    for (let at = 0, pixel = from * channels; at < plane.length; at++, pixel += channels) plane[at] = lightness(pixel)
  }
  const data = Buffer.from(before)
  for (const { from, plane } of amplified({ width, height }, read, gains)) {
    for (let at = 0, pixel = from * channels; at < plane.length; at++, pixel += channels) {
      const gained = (plane[at] ?? 0) - lightness(pixel)
      data[pixel] = toByte((before[pixel] ?? 0) + gained)
      data[pixel + 1] = toByte((before[pixel + 1] ?? 0) + gained)
      data[pixel + 2] = toByte((before[pixel + 2] ?? 0) + gained)
    }
  }
  return { ...pixels, data }
}

/** Cut to a whole number, within 0..255. */
function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.trunc(value + slack)
}
