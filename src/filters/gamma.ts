import { number } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'
import { mapColours } from './kernel.ts'

/** Middle tones by a curve that keeps black and white: `255 * (value / 255) ^ (1 / exponent)`. sharp's own gamma ends at 3. */
export const gamma = defineFilter({
  name: 'gamma',
  doc: 'Lifts or lowers the middle tones; black and white stay.',
  example: 'gamma=1.8',
  aliases: ['gam'],
  params: { exponent: number({ doc: 'Above 1 is lighter, below 1 darker.', min: 0.1, max: 9.9, fallback: 1 }) },
  noop: ({ exponent }) => exponent === 1,
  slot: 'pixels',
  apply: (pixels, { exponent }) => {
    const curve = Uint8ClampedArray.from({ length: 256 }, (_, value) => 255 * (value / 255) ** (1 / exponent))
    return mapColours(pixels, curve)
  },
})
