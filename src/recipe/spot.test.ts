import { expect, it } from 'vitest'
import { Problem } from '../schema/field.ts'
import { type Spot, spot } from './spot.ts'

const field = spot({ doc: 'Where.' })

it.each<[string, Spot]>([
  ['center', 'center'],
  ['repeat', 'repeat'],
  ['0', { edge: 'near', distance: { px: 0 } }],
  ['-0', { edge: 'far', distance: { px: 0 } }],
  ['-30', { edge: 'far', distance: { px: 30 } }],
  ['12.5%', { edge: 'near', distance: { part: 0.125 } }],
  ['-150%', { edge: 'far', distance: { part: 1.5 } }],
])('spot %s', (text, value) => {
  expect(field.read(text)).toEqual(value)
  expect(field.print(value)).toBe(text)
})

it.each(['', '-', '--1', '+1', '1.5', '1000001', 'Center', '1000%', '-center', '1e3'])('no spot: "%s"', (text) =>
  expect(field.read(text)).toBeInstanceOf(Problem),
)
