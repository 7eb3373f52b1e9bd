import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { animation, drawn, rendered } from '../../test/pictures.ts'
import { Failure } from '../errors.ts'
import { filters } from '../filters/all.ts'
import { readFilter } from '../filters/filter.ts'
import { printRecipe, recipe } from '../recipe/recipe.ts'

const delay = [40, 120, 300]
const frame = (turn: number) => drawn(40, 30, (x, y) => [(x * 6 + turn * 80) % 256, (y * 8 + turn * 40) % 256, (x * y + turn * 120) % 256])
const film = (format: 'gif' | 'webp') => animation(format, [frame(0), frame(1), frame(2)], { delay, loop: 3 })

/** Every filter as its example asks for it, as canonical text. */
const effects = filters.map((filter) => {
  const step = readFilter(filter, filter.name, filter.example.slice(filter.example.indexOf('=') + 1).split(','))
  if (step === undefined || step instanceof Failure) throw new Error(`The example of ${filter.name} does nothing.`)
  return printRecipe(recipe([step])).split('|')[0] ?? ''
})
const steps = [
  'region(x=4,y=4,width=30,height=20)',
  'resize(width=20,height=20,fit=cover)',
  'resize(width=50,height=50,fit=pad,background=blur)',
  'mirror(flip=1)',
  'rotate(degrees=90)',
  'rotate(degrees=30)',
  'pad(top=3,left=2,background=ff0000)',
  'radius(round=1)',
  'flatten()',
  'text(text=hi,size=10)',
]

describe.each(['gif', 'webp'] as const)('an animation as %s keeps frames, times and loop through', (format) => {
  it.each([...steps, ...effects])('%s', async (step) => {
    const made = await rendered(`page(animation=1)/${step}|format=${format}`, await film('gif'))
    expect(made.frames).toBe(3)
    const { pages, delay: times, loop } = await sharp(made.bytes, { pages: -1 }).metadata()
    expect({ pages, times, loop }).toEqual({ pages: 3, times: delay, loop: 3 })
  })
})
