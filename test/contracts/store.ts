import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Entry, Meta, Store } from '../../src/stores/store.ts'

/** How a member of the contract is opened: empty, with a bound in bytes. It is closed by the suite. */
export type OpenStore = (bytes: number) => Promise<Store>

const mebibyte = 2 ** 20
const live = new AbortController().signal
const a = 'a'.repeat(32)
const b = 'b'.repeat(32)

/** A name from a number. */
export const nameOf = (n: number): string => n.toString(16).padStart(16, '0')

/** An entry whose body can be told from any other and shows whether it is whole: one byte repeated, the same number in its facts. */
export function entryOf(n: number, length: number): Entry {
  return { meta: { n, length }, body: Buffer.alloc(length, n) }
}

/** Facts and body are of one making, and nothing is missing. */
export function expectWhole({ meta, body }: Entry): void {
  const { n, length } = meta as { n: number; length: number }
  expect(body.length).toBe(length)
  expect(body.equals(Buffer.alloc(length, n))).toBe(true)
}

/** What a kind of store cannot promise, because another looks after it. */
export type StoreExceptions = {
  /** False where nothing bounds its bytes but rules of the place itself. */
  readonly bounded?: boolean
}

/** What every store promises. */
export function storeContract(name: string, open: OpenStore, { bounded = true }: StoreExceptions = {}): void {
  describe(`${name} keeps the contract of stores`, () => {
    let store: Store
    beforeEach(async () => {
      store = await open(64 * mebibyte)
    })
    afterEach(() => store.close())

    it('has nothing at first', async () => {
      expect(await store.get(a, b, live)).toBeUndefined()
      expect(await store.purge(a, live)).toBe(0)
      expect(store.figures()).toMatchObject({ bytes: 0, entries: 0, hits: 0, evictions: 0, faults: 0 })
    })

    it.each([0, 1, 255, 4096, 70_000, 5 * mebibyte])('gives back a body of %i bytes as it was put', async (length) => {
      const body = Buffer.from(Array.from({ length: Math.min(length, 4096) }, (_, i) => i * 31))
      const whole = length > 4096 ? Buffer.alloc(length, body) : body
      await store.put(a, b, { meta: { length }, body: whole }, live)
      const kept = await store.get(a, b, live)
      expect(kept?.meta).toEqual({ length })
      expect(kept?.body.equals(whole)).toBe(true)
      expect(store.figures()).toMatchObject({ hits: 1, faults: 0 })
      expect(store.figures().bytes).toBeGreaterThan(length)
    })

    it('gives back facts of every kind', async () => {
      const meta: Meta = {
        text: 'ü "quoted" \u0000 \u{1f5bc}',
        number: -1.5,
        yes: true,
        no: false,
        nothing: null,
        nested: { etag: '"1"', deeper: { list: [1, 'two'] } },
      }
      await store.put(a, b, { meta, body: Buffer.from('x') }, live)
      expect((await store.get(a, b, live))?.meta).toEqual(meta)
    })

    it('replaces an entry whole', async () => {
      await store.put(a, b, entryOf(1, 9000), live)
      await store.put(a, b, entryOf(2, 10), live)
      const kept = await store.get(a, b, live)
      expect(kept?.meta).toEqual({ n: 2, length: 10 })
      expectWhole(kept as Entry)
      expect(store.figures().bytes).toBeLessThan(9000)
    })

    it('removes all of an original, and nothing else', async () => {
      for (let n = 0; n < 20; n++) await store.put(n % 2 === 0 ? a : b, nameOf(n), entryOf(n, 100), live)
      expect(await store.purge(a, live)).toBe(10)
      for (let n = 0; n < 20; n++) {
        expect(await store.get(a, nameOf(n), live)).toBeUndefined()
        expect((await store.get(b, nameOf(n), live)) !== undefined).toBe(n % 2 === 1)
      }
      expect(await store.purge(a, live)).toBe(0)
    })

    it('keeps nothing that was being put when its original was purged', async () => {
      const puts = Array.from({ length: 40 }, (_, n) => store.put(a, nameOf(n), entryOf(n, 50_000), live))
      await store.purge(a, live)
      await Promise.all(puts)
      for (let n = 0; n < 40; n++) expect(await store.get(a, nameOf(n), live)).toBeUndefined()
    })

    it('renews facts and leaves the body', async () => {
      await store.put(a, b, { meta: { n: 0 }, body: Buffer.from('body') }, live)
      for (const meta of [{ n: 1 }, { n: 2, more: 'x'.repeat(3000) }, { n: 3 }, {}]) {
        await store.touch(a, b, meta, live)
        expect(await store.get(a, b, live)).toMatchObject({ meta, body: Buffer.from('body') })
      }
      expect((await store.get(a, b, live))?.meta).toEqual({})
    })

    it('takes no harm from new facts for what is not there', async () => {
      await store.touch(a, b, { n: 1 }, live)
      expect(await store.get(a, b, live)).toBeUndefined()
      expect(store.figures()).toMatchObject({ entries: 0, faults: 0 })
    })

    it.runIf(!bounded)('keeps all that is put, whatever its bytes', async () => {
      const unbounded = await open(mebibyte)
      for (let n = 0; n < 20; n++) await unbounded.put(nameOf(n % 7), nameOf(n), entryOf(n, mebibyte / 4), live)
      for (let n = 0; n < 20; n++) expectWhole((await unbounded.get(nameOf(n % 7), nameOf(n), live)) as Entry)
      expect(unbounded.figures()).toMatchObject({ evictions: 0, faults: 0 })
      await unbounded.close()
    })

    it.runIf(bounded)('stays within its bytes', async () => {
      const bounded = await open(mebibyte)
      const largest = 2 * mebibyte // two stores in a chain have a bound each
      for (let n = 0; n < 2000; n += 50) {
        await Promise.all(
          Array.from({ length: 50 }, (_, i) => bounded.put(nameOf(n % 7), nameOf(n + i), entryOf(n, 500 + (n % 9) * 900), live)),
        )
        expect(bounded.figures().bytes).toBeLessThanOrEqual(largest)
      }
      expect(bounded.figures().evictions).toBeGreaterThan(1000)
      expect(bounded.figures().faults).toBe(0)
      expect(await bounded.get(nameOf(1950 % 7), nameOf(1999), live)).toBeDefined()
      expect(await bounded.get(nameOf(0), nameOf(0), live)).toBeUndefined()
      await bounded.close()
    })

    it.runIf(bounded)('keeps no entry that would push out most others, nor the older one in its place', async () => {
      const bounded = await open(mebibyte)
      await bounded.put(a, nameOf(1), entryOf(1, 1000), live)
      await bounded.put(a, nameOf(2), entryOf(2, 1000), live)
      await bounded.put(a, nameOf(2), entryOf(3, mebibyte / 2), live)
      expect(await bounded.get(a, nameOf(1), live)).toBeDefined()
      expect(await bounded.get(a, nameOf(2), live)).toBeUndefined()
      await bounded.close()
    })

    it('never shows a torn entry to those who read while others write', async () => {
      let seen = 0
      const write = async (first: number): Promise<void> => {
        for (let n = first; n < first + 25; n++) await store.put(a, b, entryOf(n, (n * 7919) % 200_000), live)
      }
      const read = async (): Promise<void> => {
        for (let n = 0; n < 60; n++) {
          const entry = await store.get(a, b, live)
          if (entry !== undefined) {
            seen++
            expectWhole(entry)
          }
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      await Promise.all([write(1), write(50), write(100), read(), read()])
      expect(seen).toBeGreaterThan(0)
      expect(store.figures().faults).toBe(0)
    })

    it('does nothing for who has gone away, and is not harmed by it', async () => {
      const gone = AbortSignal.abort()
      await store.put(a, nameOf(1), entryOf(1, 10), live)
      await store.put(a, nameOf(2), entryOf(2, 10), gone)
      await store.touch(a, nameOf(1), { n: 9 }, gone)
      expect(await store.get(a, nameOf(1), gone)).toBeUndefined()
      expect(await store.get(a, nameOf(2), live)).toBeUndefined()
      expect(await store.get(a, nameOf(1), live)).toMatchObject({ meta: { n: 1 } })
      const leaving = new AbortController()
      const puts = Array.from({ length: 30 }, (_, n) => store.put(a, nameOf(100 + n), entryOf(n, 100_000), leaving.signal))
      const gets = Array.from({ length: 30 }, () => store.get(a, nameOf(1), leaving.signal))
      leaving.abort()
      await Promise.all([...puts, ...gets])
      for (let n = 0; n < 30; n++) {
        const entry = await store.get(a, nameOf(100 + n), live)
        if (entry !== undefined) expectWhole(entry)
      }
      expect(store.figures().faults).toBe(0)
    })

    it.each(['', 'ABCDEF0123456789', '../../../etc/passwd', 'a'.repeat(15), 'a'.repeat(65), `${a}\n`])(
      'refuses the name %j',
      async (bad) => {
        await expect(store.get(bad, b, live)).rejects.toThrow(TypeError)
        await expect(store.put(a, bad, entryOf(1, 1), live)).rejects.toThrow(TypeError)
        await expect(store.touch(a, bad, {}, live)).rejects.toThrow(TypeError)
        await expect(store.purge(bad, live)).rejects.toThrow(TypeError)
      },
    )

    it('answers as a map would', async () => {
      const original = fc.constantFrom(...[1, 2, 3].map(nameOf))
      const name = fc.constantFrom(...[4, 5, 6].map(nameOf))
      const meta = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), {
        noNullPrototype: true,
      })
      const step = fc.oneof(
        fc.record({ verb: fc.constant('put' as const), original, name, meta, body: fc.uint8Array({ maxLength: 5000 }) }),
        fc.record({ verb: fc.constant('touch' as const), original, name, meta }),
        fc.record({ verb: fc.constant('get' as const), original, name }),
        fc.record({ verb: fc.constant('purge' as const), original }),
      )
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const model = new Map<string, { meta: Meta; body: Buffer }>()
          for (const n of [1, 2, 3]) await store.purge(nameOf(n), live)
          for (const one of steps) {
            if (one.verb === 'purge') {
              const keys = [...model.keys()].filter((key) => key.startsWith(one.original))
              for (const key of keys) model.delete(key)
              expect(await store.purge(one.original, live)).toBe(keys.length)
              continue
            }
            const key = `${one.original}/${one.name}`
            const known = model.get(key)
            if (one.verb === 'put') {
              const entry = { meta: one.meta, body: Buffer.from(one.body) }
              model.set(key, entry)
              await store.put(one.original, one.name, entry, live)
            } else if (one.verb === 'touch') {
              if (known !== undefined) known.meta = one.meta
              await store.touch(one.original, one.name, one.meta, live)
            } else {
              const entry = await store.get(one.original, one.name, live)
              expect(entry?.meta).toEqual(known?.meta)
              expect(entry?.body.equals(known?.body as Buffer)).toBe(known === undefined ? undefined : true)
            }
          }
        }),
        { numRuns: 60 },
      )
    })
  })
}
