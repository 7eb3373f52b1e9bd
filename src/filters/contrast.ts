import { number } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'
import { mapColours } from './kernel.ts'

/** The value around which contrast grows: the middle of 8 bits. */
const grey = 128

/** Distance of every value from middle grey, by a factor. A kernel of our own: sharp's `linear` has no grey that suits 8 and 16 bits alike. */
export const contrast = defineFilter({
  name: 'contrast',
  doc: 'Draws light and dark apart, or together.',
  example: 'contrast=1.4',
  aliases: ['con'],
  params: { factor: number({ doc: '0 is plain grey, 1 as it is, 2 twice the contrast.', min: 0, max: 5, fallback: 1 }) },
  noop: ({ factor }) => factor === 1,
  slot: 'pixels',
  apply: (pixels, { factor }) =>
    mapColours(
      pixels,
      Uint8ClampedArray.from({ length: 256 }, (_, value) => grey + (value - grey) * factor),
    ),
})
