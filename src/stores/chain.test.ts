import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { entryOf, nameOf, storeContract } from '../../test/contracts/store.ts'
import { chain } from './chain.ts'
import { disk } from './disk.ts'
import { memory } from './memory.ts'
import type { Entry } from './store.ts'

const base = await mkdtemp(join(tmpdir(), 'tintype-chain-'))
afterAll(() => rm(base, { recursive: true, force: true }))
let opened = 0

storeContract('memory before disk', async (bytes) => {
  const folder = join(base, `${opened++}`)
  return chain(await memory.open({ bytes }), await disk.open({ folder, bytes, files: 10_000 }))
})

const signal = new AbortController().signal
const [a, b] = [nameOf(1), nameOf(2)]
const both = async () => [await memory.open({ bytes: 2 ** 20 }), await memory.open({ bytes: 2 ** 20 })] as const

describe('chain', () => {
  it('fills the first from a find of the second', async () => {
    const [first, second] = await both()
    const store = chain(first, second)
    await second.put(a, b, entryOf(1, 10), signal)
    expect(await store.get(a, b, signal)).toEqual(entryOf(1, 10))
    expect(await first.get(a, b, signal)).toEqual(entryOf(1, 10))
    expect(store.figures()).toMatchObject({ hits: 2, misses: 1, entries: 2 })
    expect(store.stores).toEqual([first, second])
  })

  it.each(['purge', 'put', 'touch'] as const)('does not fill the first with what a %s made old meanwhile', async (verb) => {
    const [first, second] = await both()
    await second.put(a, b, entryOf(1, 10), signal)
    let read: () => void = () => {}
    const slow = {
      get: async (original: string, name: string): Promise<Entry | undefined> => {
        const entry = await second.get(original, name, signal)
        await new Promise<void>((resolve) => {
          read = resolve
        })
        return entry
      },
      put: second.put.bind(second),
      touch: second.touch.bind(second),
      purge: second.purge.bind(second),
      figures: second.figures.bind(second),
      close: second.close.bind(second),
    }
    const store = chain(first, slow)
    const looking = store.get(a, b, signal)
    await new Promise((resolve) => setImmediate(resolve))
    if (verb === 'purge') await store.purge(a, signal)
    if (verb === 'put') await store.put(a, b, entryOf(2, 10), signal)
    if (verb === 'touch') await store.touch(a, b, { n: 3 }, signal)
    read()
    await looking
    expect((await first.get(a, b, signal))?.meta).toEqual(verb === 'put' ? { n: 2, length: 10 } : undefined)
  })
})
