import { expect, it } from 'vitest'
import { Problem } from '../schema/field.ts'
import { background } from './background.ts'

it.each([
  ['AUTO', 'dominant', 'dominant'],
  ['dominant', 'dominant', 'dominant'],
  ['blur', 'blur', 'blur'],
  ['fff', { r: 255, g: 255, b: 255, alpha: 1 }, 'ffffff'],
] as const)('background %s', (text, value, printed) => {
  const field = background({ doc: 'Behind.' })
  expect(field.read(text)).toEqual(value)
  expect(field.print(value)).toBe(printed)
  expect(field.read('blurr')).toBeInstanceOf(Problem)
})
