import { expect, it } from 'vitest'
import { type Stoppable, stopOnSignals } from './stop-signals.ts'

it('the first signal ends in order, the second at once', async () => {
  const listeners: (() => void)[] = []
  const codes: number[] = []
  const self: Stoppable = { on: (_, listener) => listeners.push(listener), exit: (code) => codes.push(code) }
  let finish = (): void => {}
  stopOnSignals(() => new Promise((resolve) => (finish = resolve)), self)
  expect(listeners).toHaveLength(2)
  listeners[0]?.()
  expect(codes).toEqual([])
  finish()
  await expect.poll(() => codes).toEqual([0])
  listeners[1]?.()
  expect(codes).toEqual([0, 1])
  const failed: number[] = []
  stopOnSignals(() => Promise.reject(new Error('x')), { on: (_, listener) => listener(), exit: (code) => failed.push(code) })
  expect(failed).toEqual([1])
  await expect.poll(() => failed).toEqual([1, 1])
})
