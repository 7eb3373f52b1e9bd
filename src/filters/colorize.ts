import { black, opaqueColour } from '../schema/colour.ts'
import { integer } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'
import { mapEach, tableOf } from './kernel.ts'

// at 25500 the slightest difference goes beyond black or white
const share = (channel: string) =>
  integer({ doc: `How far ${channel} goes to that of the colour; 100 is all the way.`, unit: '%', min: 0, max: 25_500, fallback: 0 })

/** Each channel moved towards that of one colour, by a share of its own. */
export const colorize = defineFilter({
  name: 'colorize',
  doc: 'Moves red, green and blue towards those of a colour.',
  example: 'colorize=50,25,10,ff00ff',
  aliases: ['colourise'],
  params: { red: share('red'), green: share('green'), blue: share('blue'), colour: opaqueColour({ doc: 'The colour.', fallback: black }) },
  noop: ({ red, green, blue }) => red === 0 && green === 0 && blue === 0,
  slot: 'pixels',
  apply: (pixels, { red, green, blue, colour: { r, g, b } }) => mapEach(pixels, [moved(red, r), moved(green, g), moved(blue, b)]),
})

function moved(percent: number, to: number): Uint8ClampedArray {
  return tableOf((value) => Math.trunc((value * (100 - percent) + to * percent) / 100))
}
