import { expect, test } from 'vitest'
import { ReadMemory } from './read-memory.ts'

test('one after the other in the same memory', () => {
  const memory = new ReadMemory()
  const first = memory.take(5)
  first.write('first')
  const second = memory.take(3)
  expect([first.length, second.length, second.buffer]).toEqual([5, 3, first.buffer])
  second.write('two')
  expect(String(first)).toBe('two\0\0') // nothing of the first lies behind the second
  expect([first, second].map((bytes) => memory.lends(bytes))).toEqual([true, true])
})

test('what is too large has memory of its own', () => {
  const memory = new ReadMemory()
  const lent = memory.take(8 * 2 ** 20)
  const own = memory.take(8 * 2 ** 20 + 1)
  expect(own.length).toBe(8 * 2 ** 20 + 1)
  expect([lent, own].map((bytes) => memory.lends(bytes))).toEqual([true, false])
})

test('what was let go is not written to again', () => {
  const memory = new ReadMemory()
  const left = memory.take(5)
  left.write('left!')
  memory.letGo()
  expect(memory.lends(left)).toBe(false)
  memory.take(5).write('other')
  expect(String(left)).toBe('left!')
})
