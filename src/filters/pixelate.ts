import { integer } from '../schema/fields.ts'
import { defineFilter, type Pixels } from './filter.ts'
import { colourChannels } from './kernel.ts'

/** The picture in square blocks, each of the mean colour of its pixels. */
export const pixelate = defineFilter({
  name: 'pixelate',
  doc: 'Draws the picture in square blocks of one colour.',
  example: 'pixelate=12',
  aliases: ['px'],
  params: { side: integer({ doc: 'Side of a block.', unit: 'result px', min: 2, max: 200 }) },
  slot: 'pixels',
  apply: (pixels, { side }) => {
    const data = Buffer.allocUnsafe(pixels.data.length)
    for (let top = 0; top < pixels.height; top += side) {
      for (let left = 0; left < pixels.width; left += side) {
        const block = { left, top, right: Math.min(left + side, pixels.width), bottom: Math.min(top + side, pixels.height) }
        fill(data, pixels, block, mean(pixels, block))
      }
    }
    return { ...pixels, data }
  },
})

type Block = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }

/** The mean pixel of a block; a colour counts as much as it is opaque, so that what is clear lends no colour. */
function mean(pixels: Pixels, { left, top, right, bottom }: Block): Uint8Array {
  const { data, width, channels } = pixels
  const colours = colourChannels(pixels)
  const sums = [0, 0, 0]
  let weights = 0
  for (let y = top; y < bottom; y++) {
    for (let at = (y * width + left) * channels, end = (y * width + right) * channels; at < end; at += channels) {
      const weight = colours === channels ? 255 : (data[at + colours] ?? 0)
      weights += weight
      for (let channel = 0; channel < colours; channel++) sums[channel] = (sums[channel] ?? 0) + weight * (data[at + channel] ?? 0)
    }
  }
  const pixel = new Uint8Array(channels)
  for (let channel = 0; channel < colours; channel++) pixel[channel] = weights === 0 ? 0 : Math.round((sums[channel] ?? 0) / weights)
  if (colours < channels) pixel[colours] = Math.round(weights / ((right - left) * (bottom - top)))
  return pixel
}

function fill(data: Buffer, { width, channels }: Pixels, { left, top, right, bottom }: Block, pixel: Uint8Array): void {
  for (let y = top; y < bottom; y++) {
    for (let at = (y * width + left) * channels, end = (y * width + right) * channels; at < end; at += channels) data.set(pixel, at)
  }
}
