import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DiskIndex } from './disk-index.ts'

it('counts what it holds, and stays within its bounds', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
  const step = fc.tuple(fc.constantFrom('written', 'read', 'remove', 'trim'), key, fc.integer({ min: 1, max: 40 }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const index = new DiskIndex({ bytes: 100, files: 4 })
      const sizes = new Map<string, number>()
      for (const [time, [verb, name, size]] of steps.entries()) {
        if (verb === 'remove') expect(index.remove(name)).toBe(sizes.delete(name))
        else if (verb === 'trim') for (const out of index.trim()) expect(sizes.delete(out)).toBe(true)
        else {
          sizes.set(name, size)
          if (verb === 'written') index.written(name, size, time)
          else index.read(name, size, time, 1000)
        }
        expect(index.entries).toBe(sizes.size)
        expect(index.bytes).toBe([...sizes.values()].reduce((sum, size) => sum + size, 0))
        if (verb === 'trim') expect(index.bytes <= 100 && index.entries <= 4).toBe(true)
      }
    }),
  )
})

it('lets go of the oldest use first, down to 90 %', () => {
  const index = new DiskIndex({ bytes: 100, files: 100 })
  for (const [time, key] of ['a', 'b', 'c', 'd'].entries()) index.written(key, 25, time)
  expect(index.trim()).toEqual([])
  index.read('a', 25, 5, 1000)
  index.written('e', 25, 6)
  expect(index.trim()).toEqual(['b', 'c'])
})

it('joins a scan with what happened while it ran', () => {
  const index = new DiskIndex({ bytes: 1000, files: 100 })
  index.written('gone', 1, 10)
  index.written('old', 2, 20)
  index.scanBegins()
  index.written('new', 4, 101)
  index.written('purged', 8, 102)
  index.remove('purged')
  index.scanEnds(
    [
      { key: 'old', size: 2, mtime: 15 },
      { key: 'purged', size: 8, mtime: 102 },
      { key: 'found', size: 16, mtime: 5 },
    ],
    100,
  )
  expect(index.entries).toBe(3)
  expect(index.bytes).toBe(2 + 4 + 16)
  index.written('large', 990, 200)
  expect(index.trim()).toEqual(['found', 'old', 'new', 'large'])
})

it('wants the time of use saved once in a while', () => {
  const index = new DiskIndex({ bytes: 1000, files: 100 })
  index.written('a', 1, 1000)
  expect([1500, 2000, 2500, 3000].map((now) => index.read('a', 1, now, 1000))).toEqual([false, true, false, true])
})
