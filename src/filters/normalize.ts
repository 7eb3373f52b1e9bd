import { boolean } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'

/** Lightness stretched over the whole range. @see https://sharp.pixelplumbing.com/api-operation/#normalise */
export const normalize = defineFilter({
  name: 'normalize',
  doc: 'Stretches the lightness from black to white.',
  example: 'normalize=1',
  aliases: ['normalise', 'auto-contrast'],
  params: { on: boolean({ doc: 'Whether to.', fallback: true }) },
  noop: ({ on }) => !on,
  slot: 'normalise',
  apply: (image) => image.normalise(),
})
