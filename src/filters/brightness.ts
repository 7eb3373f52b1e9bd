import { number } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'

/** Lightness by a factor. @see https://sharp.pixelplumbing.com/api-operation/#modulate */
export const brightness = defineFilter({
  name: 'brightness',
  doc: 'Makes the picture lighter or darker.',
  example: 'brightness=1.3',
  aliases: ['bri'],
  params: {
    factor: number({ doc: 'Factor of the lightness L of CIE LCh; 1 leaves it. Colours keep their strength.', min: 0, max: 5, fallback: 1 }),
  },
  noop: ({ factor }) => factor === 1,
  slot: 'modulate',
  apply: (image, { factor }) => image.modulate({ brightness: factor }),
})
