import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { startDeadline } from './deadline.ts'

const after = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

test('aborts when its time is over, and says so', async () => {
  const { signal } = startDeadline(new AbortController().signal, 0.02)
  expect(signal.aborted).toBe(false)
  await after(40)
  expect(signal.reason).toMatchObject({ code: 'request-timeout' })
})

test('aborts with the other, at once when that has aborted already', () => {
  const other = new AbortController()
  const deadline = startDeadline(other.signal, 10)
  other.abort('gone')
  expect(deadline.signal.reason).toBe('gone')
  expect(startDeadline(other.signal, 10).signal.reason).toBe('gone')
  deadline.end()
})

test('does nothing after its end, and leaves no listener', async () => {
  const other = new AbortController()
  const { signal, end } = startDeadline(other.signal, 0.02)
  expect(getEventListeners(other.signal, 'abort')).toHaveLength(1)
  end()
  expect(getEventListeners(other.signal, 'abort')).toEqual([])
  other.abort()
  await after(40)
  expect(signal.aborted).toBe(false)
})
