/** The sizes of entries put last, by key: what a store that cannot count what it holds says of itself. */
export class KeptSizes {
  readonly #most: number
  readonly #sizes = new Map<string, number>()
  #bytes = 0

  /** @param most  Entries remembered; older ones are forgotten, though they may be kept yet. */
  constructor(most: number) {
    this.#most = most
  }

  get bytes(): number {
    return this.#bytes
  }

  get entries(): number {
    return this.#sizes.size
  }

  put(key: string, bytes: number): void {
    this.delete(key)
    this.#sizes.set(key, bytes)
    this.#bytes += bytes
    if (this.#sizes.size <= this.#most) return
    const [oldest] = this.#sizes.keys()
    if (oldest !== undefined) this.delete(oldest)
  }

  delete(key: string): void {
    this.#bytes -= this.#sizes.get(key) ?? 0
    this.#sizes.delete(key)
  }
}
