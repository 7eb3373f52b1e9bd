import { boolean } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'

/** The negative; what is clear stays clear. @see https://www.libvips.org/API/current/method.Image.invert.html */
export const invert = defineFilter({
  name: 'invert',
  doc: 'Shows the negative.',
  example: 'invert=1',
  aliases: ['negate'],
  params: { on: boolean({ doc: 'Whether to.', fallback: true }) },
  noop: ({ on }) => !on,
  slot: 'negate',
  apply: (image) => image.negate({ alpha: false }),
})
