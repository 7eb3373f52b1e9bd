import { entryKey } from './names.ts'
import type { Entry, Store, StoreFigures } from './store.ts'

/** Several stores as one. */
export type Chain = Store & {
  /** The stores in it, in order, each with its own figures. */
  readonly stores: readonly [Store, Store]
}

/** A look into the second store, whose find goes to the first unless the entry changed meanwhile. */
type Fill = { readonly original: string; readonly key: string; changed: boolean }

/**
 * `first`, small and fast, in front of `second`, large and slow. A find in the second is kept in the first on its way out;
 * whatever is put, touched or purged goes to both. Figures are sums: an entry in both counts twice, a look that only the second
 * answers is a miss and a hit. See `stores` for each.
 */
export function chain(first: Store, second: Store): Chain {
  const fills = new Set<Fill>()
  const changes = (concerns: (fill: Fill) => boolean): void => {
    for (const fill of fills) if (concerns(fill)) fill.changed = true
  }
  return {
    stores: [first, second],
    ...(first.peek === undefined ? {} : { peek: first.peek.bind(first) }),
    async get(original, name, signal) {
      const found = await first.get(original, name, signal)
      if (found !== undefined) return found
      const fill: Fill = { original, key: entryKey(original, name), changed: false }
      fills.add(fill)
      let entry: Entry | undefined
      try {
        entry = await second.get(original, name, signal)
      } finally {
        fills.delete(fill)
      }
      // What was read before a purge or a newer put must not come back into the first store after it.
      if (entry !== undefined && !fill.changed) await first.put(original, name, entry, signal)
      return entry
    },
    async put(original, name, entry, signal) {
      const key = entryKey(original, name)
      changes((fill) => fill.key === key)
      await Promise.all([first.put(original, name, entry, signal), second.put(original, name, entry, signal)])
    },
    async touch(original, name, meta, signal) {
      const key = entryKey(original, name)
      changes((fill) => fill.key === key)
      await Promise.all([first.touch(original, name, meta, signal), second.touch(original, name, meta, signal)])
    },
    /** The larger of both counts: an entry mostly lies in both, and is one entry to whoever asks. */
    async purge(original, signal) {
      changes((fill) => fill.original === original)
      const counts = await Promise.all([first.purge(original, signal), second.purge(original, signal)])
      return Math.max(...counts)
    },
    figures: () => sum(first.figures(), second.figures()),
    async close() {
      await Promise.all([first.close(), second.close()])
    },
  }
}

function sum(a: StoreFigures, b: StoreFigures): StoreFigures {
  return {
    bytes: a.bytes + b.bytes,
    entries: a.entries + b.entries,
    hits: a.hits + b.hits,
    misses: a.misses + b.misses,
    evictions: a.evictions + b.evictions,
    faults: a.faults + b.faults,
  }
}
