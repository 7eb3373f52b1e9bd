import { LRUCache } from 'lru-cache'
import { integer } from '../schema/fields.ts'
import { checkName, entryKey } from './names.ts'
import { defineStore, type Entry, type Meta, type Store, type StoreFigures } from './store.ts'

/** What an entry costs beside its body and its facts: keys, objects, its places in the maps. Measured: 300 to 500 bytes. */
const overheadBytes = 500

/** One entry may take this share of the budget, so that a single picture cannot push out all others. */
const largestShare = 1 / 8

export const memory = defineStore({
  name: 'memory',
  doc: 'Keeps the entries used last in the memory of the process.',
  options: {
    bytes: integer({ doc: 'Most memory for entries.', unit: 'bytes', min: 2 ** 20, max: 2 ** 40, fallback: 128 * 2 ** 20 }),
  },
  open: async ({ bytes }) => new MemoryStore(bytes),
})

type Kept = { readonly original: string; readonly name: string; readonly entry: Entry }

class MemoryStore implements Store {
  readonly #largest: number
  readonly #entries: LRUCache<string, Kept>
  /** The names below each original, so that a purge looks at nothing else. */
  readonly #names = new Map<string, Set<string>>()
  readonly #counts = { hits: 0, misses: 0, evictions: 0 }

  constructor(bytes: number) {
    this.#largest = Math.floor(bytes * largestShare)
    this.#entries = new LRUCache({
      maxSize: bytes,
      dispose: ({ original, name }, _key, reason) => {
        if (reason === 'evict') this.#counts.evictions++
        this.#forget(original, name)
      },
    })
  }

  async get(original: string, name: string, signal: AbortSignal): Promise<Entry | undefined> {
    const key = entryKey(original, name)
    if (signal.aborted) return undefined
    const kept = this.#entries.get(key)
    if (kept === undefined) this.#counts.misses++
    else this.#counts.hits++
    return kept?.entry
  }

  peek(original: string, name: string): Entry | undefined {
    const kept = this.#entries.get(entryKey(original, name))
    if (kept !== undefined) this.#counts.hits++
    return kept?.entry
  }

  async put(original: string, name: string, { meta, body }: Entry, signal: AbortSignal): Promise<void> {
    const key = entryKey(original, name)
    if (!signal.aborted) this.#keep(key, { original, name, entry: { meta, body: standalone(body) } })
  }

  async touch(original: string, name: string, meta: Meta, signal: AbortSignal): Promise<void> {
    const key = entryKey(original, name)
    const kept = signal.aborted ? undefined : this.#entries.peek(key)
    if (kept !== undefined) this.#keep(key, { ...kept, entry: { meta, body: kept.entry.body } })
  }

  async purge(original: string, _signal: AbortSignal): Promise<number> {
    checkName(original)
    const names = [...(this.#names.get(original) ?? [])]
    for (const name of names) this.#entries.delete(entryKey(original, name))
    return names.length
  }

  figures(): StoreFigures {
    return { bytes: this.#entries.calculatedSize, entries: this.#entries.size, ...this.#counts, faults: 0 }
  }

  async close(): Promise<void> {
    this.#entries.clear()
  }

  #keep(key: string, kept: Kept): void {
    const { meta, body } = kept.entry
    const size = body.buffer.byteLength + Buffer.byteLength(JSON.stringify(meta)) + overheadBytes
    if (size > this.#largest) {
      this.#entries.delete(key) // an older one must not outlive what replaced it
      return
    }
    this.#entries.set(key, kept, { size }) // forgets the name of the one replaced, so the name comes after
    const names = this.#names.get(kept.original)
    if (names === undefined) this.#names.set(kept.original, new Set([kept.name]))
    else names.add(kept.name)
  }

  #forget(original: string, name: string): void {
    const names = this.#names.get(original)
    names?.delete(name)
    if (names?.size === 0) this.#names.delete(original)
  }
}

/**
 * The body itself, or a copy when it is a slice of something much larger: `Buffer.from`, sockets and files hand out slices of
 * pools, and a slice of 1 kB keeps its whole pool alive, which no budget would see.
 */
function standalone(body: Buffer): Buffer {
  if (body.buffer.byteLength <= body.length * 1.25) return body
  const copy = Buffer.allocUnsafeSlow(body.length)
  body.copy(copy)
  return copy
}
