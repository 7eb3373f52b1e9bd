import { number } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'

/** Strength of the colours by a factor. @see https://sharp.pixelplumbing.com/api-operation/#modulate */
export const saturation = defineFilter({
  name: 'saturation',
  doc: 'Makes the colours stronger or paler.',
  example: 'saturation=1.6',
  aliases: ['sat'],
  params: { factor: number({ doc: '0 is without colour, 1 as it is, 2 twice as strong.', min: 0, max: 5, fallback: 1 }) },
  noop: ({ factor }) => factor === 1,
  slot: 'modulate',
  apply: (image, { factor }) => image.modulate({ saturation: factor }),
})
