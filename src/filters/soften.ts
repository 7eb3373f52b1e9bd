import { integer, number } from '../schema/fields.ts'
import { defineFilter, type Pixels } from './filter.ts'
import { smoothColumns } from './gaussian-columns.ts'
import { transposed } from './kernel.ts'

/**
 * A Gaussian that ends at a radius, rows then columns, alpha averaged as the colours are. libvips has none that ends where it still weighs
 * much, as here at a sigma of the radius.
 */
export const soften = defineFilter({
  name: 'soften',
  doc: 'Softens the picture within a radius.',
  example: 'soften=6',
  params: {
    radius: integer({ doc: 'How far a pixel is seen; 0 is none.', unit: 'result px', min: 0, max: 150, fallback: 0 }),
    sigma: number({ doc: 'Standard deviation of the Gaussian; 0 is the radius.', unit: 'result px', min: 0, max: 10_000, fallback: 0 }),
  },
  noop: ({ radius }) => radius === 0,
  slot: 'pixels',
  apply: (pixels, { radius, sigma }) => {
    const window = { radius, sigma: sigma === 0 ? radius : sigma }
    const rows: Pixels = smoothColumns(transposed(pixels), window)
    return smoothColumns(transposed(rows), window)
  },
})
