import { boolean } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'
import { lumaWeights } from './luma.ts'

/** Without colour, as the CSS filter `grayscale` does it. sharp's own colour space `b-w` would lose the alpha channel of raw pixels and TIFF. */
export const gray = defineFilter({
  name: 'gray',
  doc: 'Takes the colour out.',
  example: 'gray=1',
  aliases: ['grayscale', 'greyscale'],
  params: { on: boolean({ doc: 'Whether to.', fallback: true }) },
  noop: ({ on }) => !on,
  slot: 'recomb',
  apply: (image) => image.recomb([[...lumaWeights], [...lumaWeights], [...lumaWeights]]),
})
