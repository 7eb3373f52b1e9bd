import { looksLikeSvg } from './looks-like-svg.ts'
import type { JobOriginal } from './renderer.ts'

/**
 * Is a job dear: does nobody know how long it takes? Of all originals an SVG alone may take any time, however small it is and whatever size is
 * asked for; work on pixels is bounded by their number. Of a file nobody knows before it is read: a renderer reads none that holds one.
 */
export function isDear(originals: readonly JobOriginal[]): boolean {
  return originals.some((original) => Buffer.isBuffer(original) && looksLikeSvg(original))
}

/**
 * Places for jobs, as whoever asks the renderer and the renderer itself count them. So many jobs run at once. Dear ones may hold all of these
 * places; then the spare ones are for the others: drawings that never end keep out each other, and no photographs.
 */
export class Places {
  readonly #count: number
  readonly #spare: number
  #dear = 0
  #plain = 0

  /** How many at once, and how many that are not dear beyond, while dear ones hold all of those. */
  constructor(count: number, spare: number) {
    this.#count = count
    this.#spare = spare
  }

  /** How many are taken. */
  get taken(): number {
    return this.#dear + this.#plain
  }

  /** Is there one? What has none for plain work has none for dear work. */
  free(dear: boolean): boolean {
    return this.taken < this.#count || (!dear && this.#dear >= this.#count && this.#plain < this.#spare)
  }

  /** Takes one, free or not: whoever must not wait does not. */
  take(dear: boolean): void {
    if (dear) this.#dear += 1
    else this.#plain += 1
  }

  leave(dear: boolean): void {
    if (dear) this.#dear -= 1
    else this.#plain -= 1
  }
}
