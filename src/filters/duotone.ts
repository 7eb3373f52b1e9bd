import { type Colour, opaqueColour } from '../schema/colour.ts'
import { defineFilter } from './filter.ts'
import { paintByLuma } from './kernel.ts'

/** Dark parts in one colour, light parts in another, what lies between mixed. */
export const duotone = defineFilter({
  name: 'duotone',
  doc: 'Draws the picture in two colours, one for its shadows and one for its lights.',
  example: 'duotone=1d3557,f1faee',
  params: { dark: opaqueColour({ doc: 'What black becomes.' }), light: opaqueColour({ doc: 'What white becomes.' }) },
  slot: 'pixels', // a matrix alone cannot lift black
  apply: (pixels, { dark, light }) => paintByLuma(pixels, ramp(dark, light)),
})

/** 256 colours from one to the other. */
function ramp(dark: Colour, light: Colour): Uint8ClampedArray {
  const mix = (from: number, to: number, luma: number): number => from + ((to - from) * luma) / 255
  const colours = new Uint8ClampedArray(256 * 3)
  for (let luma = 0; luma < 256; luma++) {
    colours.set([mix(dark.r, light.r, luma), mix(dark.g, light.g, luma), mix(dark.b, light.b, luma)], luma * 3)
  }
  return colours
}
