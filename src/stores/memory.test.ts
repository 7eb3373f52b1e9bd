import { describe, expect, it } from 'vitest'
import { entryOf, nameOf, storeContract } from '../../test/contracts/store.ts'
import { memory } from './memory.ts'

storeContract('memory', (bytes) => memory.open({ bytes }))

const signal = new AbortController().signal

describe('memory', () => {
  it('hands out the body itself', async () => {
    const store = await memory.open({ bytes: 2 ** 20 })
    const body = Buffer.alloc(10_000, 1)
    await store.put(nameOf(1), nameOf(2), { meta: {}, body }, signal)
    expect((await store.get(nameOf(1), nameOf(2), signal))?.body).toBe(body)
  })

  it('does not keep a large buffer alive for a small slice of it', async () => {
    const store = await memory.open({ bytes: 2 ** 20 })
    const body = Buffer.alloc(8 * 2 ** 20, 7).subarray(100, 1100)
    await store.put(nameOf(1), nameOf(2), { meta: {}, body }, signal)
    const kept = (await store.get(nameOf(1), nameOf(2), signal))?.body
    expect(kept?.equals(body)).toBe(true)
    expect(kept?.buffer.byteLength).toBe(1000)
  })

  it('lets go of what was used least lately', async () => {
    const store = await memory.open({ bytes: 2 ** 20 })
    for (let n = 0; n < 10; n++) await store.put(nameOf(0), nameOf(n), entryOf(n, 100_000), signal)
    await store.get(nameOf(0), nameOf(0), signal)
    await store.put(nameOf(0), nameOf(10), entryOf(10, 100_000), signal)
    expect(await store.get(nameOf(0), nameOf(0), signal)).toBeDefined()
    expect(await store.get(nameOf(0), nameOf(1), signal)).toBeUndefined()
    expect(await store.purge(nameOf(0), signal)).toBe(10)
    expect(store.figures()).toMatchObject({ bytes: 0, entries: 0, evictions: 1 })
  })
})
