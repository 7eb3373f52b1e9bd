import { LRUCache } from 'lru-cache'
import type { Pixels } from '../filters/filter.ts'
import type { Facts } from '../geometry/facts.ts'
import type { LevelWish } from '../geometry/levels.ts'
import { giveBack } from './give-back.ts'
import type { Origin } from './renderer.ts'

export type Level = { readonly step: number; readonly pixels: Pixels }

/** One part of one page of one version of an original. */
export type Family = { readonly origin: Origin; readonly page: number; readonly rect: LevelWish['rect'] }

/** What must be known of an original to work on its levels. */
export type Held = { readonly facts: Facts; readonly exif?: Buffer }

/** Families that are remembered to have been asked for, and originals that something is known of. */
const families = 2000
const originals = 500
/** A larger Exif block is not kept, and its original is needed each time. */
const mostExifBytes = 16_384

/**
 * Decoded pictures within a budget of bytes, those that were used longest ago giving way: see `fromLevel`. The first of a family leaves none, for it
 * would pay for what may never be asked again.
 */
export class Levels {
  readonly #levels: LRUCache<string, Level>
  readonly #seen = new LRUCache<string, object>({ max: families })
  readonly #held = new LRUCache<string, Held>({ max: originals })
  readonly #mostBytes: number
  readonly counts = { hits: 0, made: 0 }

  /** @param bytes  Budget of all levels together; one may take three quarters of it. 0 keeps none. */
  constructor(bytes: number) {
    this.#mostBytes = Math.floor(bytes * 0.75)
    const spent = giveBack()
    this.#levels = new LRUCache({
      maxSize: Math.max(1, bytes),
      sizeCalculation: ({ pixels }) => Math.max(1, pixels.data.length),
      dispose: ({ pixels }) => spent(pixels.data.length),
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

  /** The smallest level that is at least as fine as that. */
  find(family: Family, step: number): Level | undefined {
    const name = nameOf(family)
    for (let finer = step; finer >= 0; finer--) {
      const level = this.#levels.get(`${name} ${finer}`)
      if (level !== undefined) return level
    }
    return undefined
  }

  /** Does any level of this family exist? */
  has(family: Family): boolean {
    const name = nameOf(family)
    return Array.from({ length: 8 }, (_, step) => step).some((step) => this.#levels.has(`${name} ${step}`))
  }

  /** @param held  What is known of the original of the level. */
  keep(family: Family, level: Level, held: Held): void {
    this.#levels.set(`${nameOf(family)} ${level.step}`, level)
    this.counts.made += 1
    const { facts, exif } = held
    const few = (exif?.length ?? 0) <= mostExifBytes
    // A copy: what comes with an original lies in memory that the next one is read into.
    if (few) this.#held.set(pageOf(family), exif === undefined ? { facts } : { facts, exif: Buffer.from(exif) })
  }

  /** What is known of a page of an original that has, or had, a level. */
  held(page: Pick<Family, 'origin' | 'page'>): Held | undefined {
    return this.#held.get(pageOf(page))
  }

  /** Lets go of all that was decoded of an original, whichever version. */
  forget(name: string): void {
    for (const held of [this.#levels, this.#seen, this.#held])
      for (const key of held.keys()) if (key.startsWith(`${name}\n`)) held.delete(key)
  }
}

function pageOf({ origin, page }: Pick<Family, 'origin' | 'page'>): string {
  return `${origin.name}\n${origin.version}\n${page}`
}

function nameOf({ rect: { left, top, width, height }, ...page }: Family): string {
  return `${pageOf(page)} ${left},${top},${width},${height}`
}
