import { expect, it, vi } from 'vitest'
import { giveBack } from './give-back.ts'

it('sweeps for each 32 MiB, and not without a broom', () => {
  const sweep = vi.fn()
  const spent = giveBack(sweep)
  for (const bytes of [20e6, 13e6]) spent(bytes)
  expect(sweep).toHaveBeenCalledTimes(0)
  spent(1e6)
  expect(sweep).toHaveBeenCalledTimes(1)
  spent(1e6)
  expect(sweep).toHaveBeenCalledTimes(1)
  spent(1e9)
  expect(sweep).toHaveBeenCalledTimes(2)
  giveBack(undefined)(1e9)
})
