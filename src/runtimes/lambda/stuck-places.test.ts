import { expect, it } from 'vitest'
import { StuckPlaces } from './stuck-places.ts'

it('sees that no place is left but those of requests whose time ran out', () => {
  let running = 0
  const stuck = new StuckPlaces(2, () => running)
  expect(stuck.all).toBe(false)
  running = 2
  expect(stuck.all).toBe(false) // work that goes on behind an answer is no fault
  stuck.overran()
  expect(stuck.all).toBe(false)
  stuck.overran()
  expect(stuck.all).toBe(true)
  running = 1
  expect(stuck.all).toBe(false)
})

it('forgets what came to its end after all', () => {
  let running = 2
  const stuck = new StuckPlaces(2, () => running)
  stuck.overran()
  stuck.overran()
  running = 0
  expect(stuck.all).toBe(false)
  running = 2
  expect(stuck.all).toBe(false)
})
