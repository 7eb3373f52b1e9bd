import { choice, number, sixDecimals } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'
import { mapColours, tableOf } from './kernel.ts'

/** The value around which contrast grows: the middle of 8 bits. */
const grey = 128

/** Distance of every value from middle grey, by a factor. A kernel of our own: sharp's `linear` has no grey that suits 8 and 16 bits alike. */
export const contrast = defineFilter({
  name: 'contrast',
  doc: 'Draws light and dark apart, or together.',
  example: 'contrast=1.4',
  aliases: ['con'],
  params: {
    // at 128 all but grey is black or white
    factor: number({ doc: '0 is plain grey, 1 as it is, 2 twice the contrast.', min: 0, max: 128, fallback: 1 }),
    rounding: choice(['nearest', 'to-grey'], {
      doc: 'Where values between two whole ones go: to the nearer, or to the one nearer grey.',
      fallback: 'nearest',
    }),
  },
  noop: ({ factor }) => factor === 1,
  slot: 'pixels',
  apply: (pixels, { factor, rounding }) => {
    const round = rounding === 'to-grey' ? (value: number) => Math.trunc(sixDecimals(value)) : (value: number) => value
    return mapColours(
      pixels,
      tableOf((value) => grey + round((value - grey) * factor)),
    )
  },
})
