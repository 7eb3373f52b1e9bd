/** What is known of a file without touching it. Times in ms since 1970. */
type Known = {
  readonly size: number
  used: number
  /** When `used` was last written to the file's mtime, so that other processes and the next start know it. */
  saved: number
}

export type Found = { readonly key: string; readonly size: number; readonly mtime: number }

/**
 * Which files there are, in the order of their last use, within bounds. It is a view: other processes change the folder too,
 * so a file may be gone, or be there unknown, until the next scan.
 */
export class DiskIndex {
  readonly #bounds: { readonly bytes: number; readonly files: number }
  /** Oldest use first. */
  #files = new Map<string, Known>()
  #bytes = 0
  /** Keys removed while a scan runs, which may have seen them before. */
  #removed: Set<string> | undefined

  constructor(bounds: { readonly bytes: number; readonly files: number }) {
    this.#bounds = bounds
  }

  get bytes(): number {
    return this.#bytes
  }

  get entries(): number {
    return this.#files.size
  }

  /** A file was written now. */
  written(key: string, size: number, now: number): void {
    this.#removed?.delete(key)
    this.#set(key, { size, used: now, saved: now })
  }

  /**
   * A file was read now.
   * @param everyMs  The least time between two writings of its mtime.
   * @returns        Whether its mtime is due to be written.
   */
  read(key: string, size: number, now: number, everyMs: number): boolean {
    const saved = this.#files.get(key)?.saved ?? 0
    const due = now - saved >= everyMs
    this.#set(key, { size, used: now, saved: due ? now : saved })
    return due
  }

  /** A file is gone; whether it was known. */
  remove(key: string): boolean {
    this.#removed?.add(key)
    const known = this.#files.get(key)
    if (known === undefined) return false
    this.#bytes -= known.size
    return this.#files.delete(key)
  }

  /**
   * Takes out what was used least lately, when over a bound: down to 90 % of it, so that it happens seldom.
   * @returns  The keys taken out; the caller removes their files.
   */
  trim(): string[] {
    if (this.#bytes <= this.#bounds.bytes && this.#files.size <= this.#bounds.files) return []
    const out: string[] = []
    for (const key of this.#files.keys()) {
      if (this.#bytes <= this.#bounds.bytes * 0.9 && this.#files.size <= this.#bounds.files * 0.9) break
      this.remove(key)
      out.push(key)
    }
    return out
  }

  scanBegins(): void {
    this.#removed = new Set()
  }

  /**
   * What a scan found, joined with what was read and written while it ran. What it did not find is gone.
   * @param began  When the scan began.
   * @returns      How many files it found that were not known: others wrote them.
   */
  scanEnds(found: Iterable<Found>, began: number): number {
    let unknown = 0
    const all = new Map([...this.#files].filter(([, known]) => known.used >= began))
    for (const { key, size, mtime } of found) {
      if (this.#removed?.has(key) || all.has(key)) continue
      if (!this.#files.has(key)) unknown++
      all.set(key, { size, used: Math.max(mtime, this.#files.get(key)?.used ?? 0), saved: mtime })
    }
    this.#removed = undefined
    this.#files = new Map([...all].sort(([, a], [, b]) => a.used - b.used))
    this.#bytes = 0
    for (const { size } of this.#files.values()) this.#bytes += size
    return unknown
  }

  #set(key: string, known: Known): void {
    this.#bytes += known.size - (this.#files.get(key)?.size ?? 0)
    this.#files.delete(key) // to the end of the order
    this.#files.set(key, known)
  }
}
