import { type Colour, opaqueColour } from '../schema/colour.ts'
import { defineFilter } from './filter.ts'
import { paintByLuma } from './kernel.ts'
import { lumaOf } from './luma.ts'

/** A breath of one colour over the middle tones. A kernel of our own: sharp's `tint` leaves pictures of one channel grey. */
export const tint = defineFilter({
  name: 'tint',
  doc: 'Takes the colour out and breathes one colour over the middle tones; black and white stay.',
  example: 'tint=ff8800',
  params: { colour: opaqueColour({ doc: 'The colour.' }) },
  slot: 'pixels',
  apply: (pixels, { colour }) => paintByLuma(pixels, tones(colour)),
})

/** For each lightness its grey, moved towards the colour: fully in the middle, not at all at the ends. Lightness stays where nothing clips. */
function tones(colour: Colour): Uint8ClampedArray {
  const own = lumaOf(colour.r, colour.g, colour.b)
  const shades = new Uint8ClampedArray(256 * 3)
  for (let luma = 0; luma < 256; luma++) {
    const strength = 1 - 4 * (luma / 255 - 0.5) ** 2
    shades.set([luma + strength * (colour.r - own), luma + strength * (colour.g - own), luma + strength * (colour.b - own)], luma * 3)
  }
  return shades
}
