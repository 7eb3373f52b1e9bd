import { expect, it } from 'vitest'
import { Problem } from '../schema/field.ts'
import { background, solid } from './background.ts'

it.each([
  ['AUTO', 'dominant', 'dominant'],
  ['dominant', 'dominant', 'dominant'],
  ['blur', 'blur', 'blur'],
  ['mean', 'mean', 'mean'],
  ['Stretch', 'stretch', 'stretch'],
  ['fff', { r: 255, g: 255, b: 255, alpha: 1 }, 'ffffff'],
] as const)('background %s', (text, value, printed) => {
  const field = background({ doc: 'Behind.' })
  expect(field.read(text)).toEqual(value)
  expect(field.print(value)).toBe(printed)
  expect(field.read('blurr')).toBeInstanceOf(Problem)
})

it('one colour is no picture', () => {
  const field = solid({ doc: 'Behind.' })
  expect(['auto', 'mean', '00f'].map((text) => field.read(text))).toEqual(['dominant', 'mean', { r: 0, g: 0, b: 255, alpha: 1 }])
  for (const text of ['blur', 'stretch', '']) expect(field.read(text)).toBeInstanceOf(Problem)
})
