import { integer } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'

/** Every colour turned on the colour wheel; whole degrees, as sharp takes no others. @see https://sharp.pixelplumbing.com/api-operation/#modulate */
export const hue = defineFilter({
  name: 'hue',
  doc: 'Turns every colour on the colour wheel.',
  example: 'hue=120',
  params: { degrees: integer({ doc: 'How far; 360 is once round.', unit: 'degrees', min: 0, max: 360, fallback: 0 }) },
  noop: ({ degrees }) => degrees % 360 === 0,
  slot: 'modulate',
  apply: (image, { degrees }) => image.modulate({ hue: degrees }),
})
