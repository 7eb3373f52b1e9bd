import { number } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'

/** Unsharp mask on lightness alone, so that no colour fringes come. @see https://www.libvips.org/API/current/method.Image.sharpen.html */
export const sharpen = defineFilter({
  name: 'sharpen',
  doc: 'Makes edges crisper.',
  example: 'sharpen=1',
  aliases: ['sharp'],
  params: { sigma: number({ doc: 'Width of the mask; 0 is none.', unit: 'result px', min: 0, max: 10, fallback: 0 }) },
  noop: ({ sigma }) => sigma === 0,
  slot: 'sharpen',
  apply: (image, { sigma }) => image.sharpen({ sigma }),
})
