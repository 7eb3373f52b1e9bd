import { integer } from '../schema/fields.ts'
import { defineFilter, type Pixels } from './filter.ts'
import { colourChannels } from './kernel.ts'

/**
 * Grain: one random number a pixel, added to each of its colours. The numbers come from a generator of our own that starts at the seed, also
 * at seed 0, so that a URL always gives the same picture and its result can be kept. The frames of an animation have the same grain.
 */
export const noise = defineFilter({
  name: 'noise',
  doc: 'Adds grain, the same for the same seed.',
  example: 'noise=40',
  params: {
    amount: integer({ doc: 'How many values the grain has, half of them darker; 0 and 1 are none.', min: 0, max: 1e6, fallback: 0 }),
    seed: integer({ doc: 'Another number gives another grain.', min: 0, max: 2 ** 32 - 1, fallback: 0 }),
  },
  noop: ({ amount }) => amount <= 1,
  slot: 'pixels',
  apply: (pixels, { amount, seed }) => grain(pixels, amount, seed),
})

function grain(pixels: Pixels, amount: number, seed: number): Pixels {
  const { channels } = pixels
  const colours = colourChannels(pixels)
  const data = Buffer.from(pixels.data)
  const scale = amount / 2 ** 32
  const half = amount >> 1
  let counter = seed
  for (let at = 0; at < data.length; at += channels) {
    counter = (counter + 0x9e3779b9) | 0
    const added = Math.floor(scrambled(counter) * scale) - half
    for (let channel = at; channel < at + colours; channel++) {
      const value = (data[channel] ?? 0) + added
      data[channel] = value < 0 ? 0 : value > 255 ? 255 : value
    }
  }
  return { ...pixels, data }
}

/** 32 bits in which each bit depends on every bit that goes in. @see Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014 */
function scrambled(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
