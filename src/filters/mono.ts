import { opaqueColour } from '../schema/colour.ts'
import { defineFilter } from './filter.ts'
import { lumaWeights } from './luma.ts'

/** A grey picture printed in one colour: white becomes the colour, black stays. */
export const mono = defineFilter({
  name: 'mono',
  doc: 'Draws the picture in shades of one colour, from black to the colour.',
  example: 'mono=2a9d8f',
  params: { colour: opaqueColour({ doc: 'What white becomes.' }) },
  slot: 'recomb',
  apply: (image, { colour: { r, g, b } }) => {
    const [red, green, blue] = lumaWeights
    const shade = (value: number): [number, number, number] => [(value / 255) * red, (value / 255) * green, (value / 255) * blue]
    return image.recomb([shade(r), shade(g), shade(b)])
  },
})
