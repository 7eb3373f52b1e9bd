import { LRUCache } from 'lru-cache'
import type { Pixels } from '../filters/filter.ts'
import type { Facts } from '../geometry/facts.ts'
import type { LevelWish } from '../geometry/levels.ts'
import { giveBack } from './give-back.ts'
import type { Origin } from './renderer.ts'

/** Decoded pixels. */
export type Level = Pixels

/** One part of one page of one version of an original. */
export type Family = { readonly origin: Origin; readonly page: number; readonly rect: LevelWish['rect'] }

/** Families that are remembered to have been asked for, and originals that something is known of. */
const families = 2000
const originals = 500

/**
 * Decoded pictures within a budget of bytes, those that were used longest ago giving way: see `fromLevel`. The first of a family leaves none, for it
 * would pay for what may never be asked again.
 */
export class Levels {
  readonly #levels: LRUCache<string, Level>
  readonly #seen = new LRUCache<string, object>({ max: families })
  readonly #facts = new LRUCache<string, Facts>({ max: originals })
  readonly #mostBytes: number
  readonly counts = { hits: 0, made: 0 }

  /** @param bytes  Budget of all levels together; one may take three quarters of it. 0 keeps none. */
  constructor(bytes: number) {
    this.#mostBytes = Math.floor(bytes * 0.75)
    const spent = giveBack()
    this.#levels = new LRUCache({
      maxSize: Math.max(1, bytes),
      sizeCalculation: ({ data }) => Math.max(1, data.length),
      dispose: ({ data }) => spent(data.length),
    })
  }

  get bytes(): number {
    return this.#levels.calculatedSize
  }

  /** May a level of so many bytes be kept? */
  holds(bytes: number): boolean {
    return bytes <= this.#mostBytes
  }

  /** Was this family asked for before, by another job? From now on it was. */
  again(family: Family, job: object): boolean {
    const name = nameOf(family)
    const before = this.#seen.get(name)
    this.#seen.set(name, job)
    return before !== undefined && before !== job
  }

  /** The level of this family, where there is one. */
  find(family: Family): Level | undefined {
    const level = this.#levels.get(nameOf(family))
    if (level !== undefined) this.counts.hits += 1
    return level
  }

  /** @param facts  Of the original of the level. */
  keep(family: Family, level: Level, facts: Facts): void {
    this.#levels.set(nameOf(family), level)
    this.counts.made += 1
    this.#facts.set(pageOf(family), facts)
  }

  /** What is known of a page of an original that has, or had, a level. */
  factsOf(page: Pick<Family, 'origin' | 'page'>): Facts | undefined {
    return this.#facts.get(pageOf(page))
  }

  /** Lets go of all that was decoded of an original, whichever version. */
  forget(name: string): void {
    for (const held of [this.#levels, this.#seen, this.#facts])
      for (const key of held.keys()) if (key.startsWith(`${name}\n`)) held.delete(key)
  }
}

function pageOf({ origin, page }: Pick<Family, 'origin' | 'page'>): string {
  return `${origin.name}\n${origin.version}\n${page}`
}

function nameOf({ rect: { left, top, width, height }, ...page }: Family): string {
  return `${pageOf(page)} ${left},${top},${width},${height}`
}
