import { integer } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'
import { mapEach, tableOf } from './kernel.ts'

const share = (channel: string) =>
  integer({ doc: `Added to ${channel}, in percent of its range.`, unit: '%', min: -100, max: 100, fallback: 0 })

/** The same amount added to every pixel, for each colour channel; three alike make the picture lighter or darker. */
export const rgb = defineFilter({
  name: 'rgb',
  doc: 'Adds red, green and blue, or takes them away.',
  example: 'rgb=20,-10,5',
  params: { red: share('red'), green: share('green'), blue: share('blue') },
  noop: ({ red, green, blue }) => red === 0 && green === 0 && blue === 0,
  slot: 'pixels',
  apply: (pixels, { red, green, blue }) => mapEach(pixels, [raised(red), raised(green), raised(blue)]),
})

function raised(percent: number): Uint8ClampedArray {
  const added = Math.trunc((255 * percent) / 100)
  return tableOf((value) => value + added)
}
