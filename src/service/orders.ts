import { LRUCache } from 'lru-cache'
import type { Dialect, Order, Words } from '../dialects/dialect.ts'
import { Failure } from '../errors.ts'

/** What a target means, and in which dialect. */
export type Understood = { readonly dialect: Pick<Dialect, 'name' | 'statuses'>; readonly order: Order }

/** Most that is remembered: orders, and characters of their targets together. Some 10 MB when full. */
const most = { max: 4000, maxSize: 1_000_000 } as const

/**
 * What targets mean. The same URL is asked again and again, and reading it is a good part of what a hit costs: so its order is remembered,
 * the very same object each time. Only what could be read: the wrong URLs are without number, and anybody can make them.
 */
export class Orders {
  readonly #dialects: readonly Dialect[]
  readonly #words: Words
  readonly #known = new LRUCache<string, Understood>({ ...most, sizeCalculation: (_order, target) => target.length })

  constructor(dialects: readonly Dialect[], words: Words) {
    this.#dialects = dialects
    this.#words = words
  }

  /** The order of the first dialect that understands the target, or its failure; `undefined` when it belongs to none. */
  read(target: string): Understood | (Pick<Understood, 'dialect'> & { readonly order: Failure }) | undefined {
    const known = this.#known.get(target)
    if (known !== undefined) return known
    for (const dialect of this.#dialects) {
      const order = dialect.parse(target, this.#words)
      if (order === undefined) continue
      if (order instanceof Failure) return { dialect, order }
      const understood = { dialect, order }
      this.#known.set(target, understood)
      return understood
    }
    return undefined
  }
}
