import { expect, it } from 'vitest'
import { originalsIn } from './originals.ts'
import { recipe } from './recipe.ts'
import { step } from './steps.ts'

it('originals stand in the order of the steps that need them, twice where two do', () => {
  const steps = [step('overlay', { key: 'a' }), step('trim'), step('frame', { key: 'b' }), step('overlay', { key: 'a' })]
  expect(originalsIn(recipe(steps))).toEqual(['a', 'b', 'a'])
  expect(originalsIn(recipe([step('trim')]))).toEqual([])
})
