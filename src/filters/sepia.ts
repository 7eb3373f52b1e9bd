import { number } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'

/** @see https://www.w3.org/TR/filter-effects-1/#sepiaEquivalent */
const full = [
  [0.393, 0.769, 0.189],
  [0.349, 0.686, 0.168],
  [0.272, 0.534, 0.131],
] as const

/** The brown of old photographs, mixed with the picture as it is. */
export const sepia = defineFilter({
  name: 'sepia',
  doc: 'Gives the brown of an old photograph.',
  example: 'sepia=80',
  params: { percent: number({ doc: 'How much of it.', unit: '%', min: 0, max: 100, fallback: 0 }) },
  noop: ({ percent }) => percent === 0,
  slot: 'recomb',
  apply: (image, { percent }) => {
    const part = percent / 100
    const cell = (row: 0 | 1 | 2, column: 0 | 1 | 2): number => part * full[row][column] + (row === column ? 1 - part : 0)
    return image.recomb([
      [cell(0, 0), cell(0, 1), cell(0, 2)],
      [cell(1, 0), cell(1, 1), cell(1, 2)],
      [cell(2, 0), cell(2, 1), cell(2, 2)],
    ])
  },
})
