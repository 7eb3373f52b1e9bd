import { Failure } from '../errors.ts'
import { type DiskFolder, isMissing } from './disk-folder.ts'
import { decodeEntry, encodeFront } from './disk-format.ts'
import { DiskIndex, type Found } from './disk-index.ts'
import { checkName, entryKey } from './names.ts'
import type { Entry, Meta, Store, StoreFigures } from './store.ts'
import { Writes } from './writes.ts'

/** The last use of a file is written down at most this often: more would turn every hit into a write. */
const savedEveryMs = 3_600_000

/** The folder is scanned again this often, for what other processes wrote and removed. */
const scanEveryMs = 3_600_000

/**
 * And as soon as this process has written this share of a bound, since others may have done the same: together they leave the bound behind by
 * as much at most for each of them. Twice the share after a scan that found nothing of others, up to the whole.
 */
const scanAfterShare = 1 / 16

/** One entry may take this share of the bound, so that a single picture cannot push out all others. */
const largestShare = 1 / 8

/** A store on a disk. Every error of the disk becomes a miss or a dropped write, and a fault in the figures. */
export class DiskStore implements Store {
  readonly #folder: DiskFolder
  readonly #bounds: { readonly bytes: number; readonly files: number }
  readonly #largest: number
  readonly #index: DiskIndex
  readonly #writes = new Writes({ atOnce: 8, waiting: 256, waitingBytes: 64 * 2 ** 20 })
  readonly #counts = { hits: 0, misses: 0, evictions: 0, faults: 0 }
  readonly #timer: NodeJS.Timeout
  #scanning: Promise<void>
  /** Written since the last scan began, and the share of a bound that brings the next. */
  #written = { bytes: 0, files: 0 }
  #share = scanAfterShare
  #scanDue = false
  #closed = false

  /** @param folder  Prepared. Its scan begins here, and nothing waits for it. */
  constructor(folder: DiskFolder, bounds: { readonly bytes: number; readonly files: number }) {
    this.#folder = folder
    this.#bounds = bounds
    this.#largest = bounds.bytes * largestShare
    this.#index = new DiskIndex(bounds)
    this.#scanning = this.#scan().then(() => {
      this.#share = scanAfterShare // what lay there before says nothing of who else is there
    })
    this.#timer = setInterval(() => this.#scanNext(), scanEveryMs).unref()
  }

  async get(original: string, name: string, signal: AbortSignal): Promise<Entry | undefined> {
    const key = entryKey(original, name)
    if (signal.aborted) return undefined
    try {
      const file = await this.#folder.read(key, signal)
      const entry = decodeEntry(file)
      if (entry === undefined) throw new Error('damaged')
      this.#counts.hits++
      if (this.#index.read(key, file.length, Date.now(), savedEveryMs)) void this.#folder.used(key, new Date()).catch(() => {})
      return entry
    } catch (error) {
      if (!signal.aborted) await this.#missed(key, error)
      return undefined
    }
  }

  async put(original: string, name: string, { meta, body }: Entry, signal: AbortSignal): Promise<void> {
    const key = entryKey(original, name)
    if (signal.aborted || this.#closed) return
    const front = encodeFront(meta, body)
    const size = front.length + body.length
    const ran = await this.#writes.run(original, size, signal, async (stop) => {
      try {
        if (size > this.#largest) {
          await this.#remove(key) // an older one must not outlive what replaced it
          return
        }
        await this.#folder.write(key, [front, body], stop)
        this.#index.written(key, size, Date.now())
        this.#count(size)
        await this.#trim()
      } catch {
        if (!stop.aborted) this.#counts.faults++
      }
    })
    if (!ran) this.#counts.faults++
  }

  async touch(original: string, name: string, meta: Meta, signal: AbortSignal): Promise<void> {
    const key = entryKey(original, name)
    if (signal.aborted || this.#closed) return
    try {
      const outcome = await this.#folder.renew(key, meta)
      if (outcome === 'renewed') return
      // Too large for its place: the whole file anew. A put between the two calls is lost to the older body; both are whole.
      const entry = decodeEntry(await this.#folder.read(key, signal))
      if (entry === undefined) throw new Error('damaged')
      await this.put(original, name, { meta, body: entry.body }, signal)
    } catch (error) {
      if (isMissing(error) || signal.aborted) return
      this.#counts.faults++
    }
  }

  async purge(original: string, signal: AbortSignal): Promise<number> {
    checkName(original)
    if (signal.aborted) return 0
    await this.#writes.cancel(original)
    let removed = 0
    let fault: unknown
    for (const key of await this.#folder.keysOf(original)) {
      if (signal.aborted) break
      try {
        if (await this.#remove(key)) removed++
      } catch (error) {
        this.#counts.faults++
        fault = error
      }
    }
    await this.#folder.tidy(original)
    if (fault !== undefined) throw new Failure('internal', 'Not all that was kept could be removed from the disk.', { cause: fault })
    return removed
  }

  figures(): StoreFigures {
    return { bytes: this.#index.bytes, entries: this.#index.entries, ...this.#counts }
  }

  /** Resolves when the folder has been looked through, as it is when the store opened or once an hour. */
  scanned(): Promise<void> {
    return this.#scanning
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await Promise.all([this.#writes.drain(), this.#scanning])
  }

  async #missed(key: string, error: unknown): Promise<void> {
    this.#counts.misses++
    if (isMissing(error)) {
      this.#index.remove(key)
      return
    }
    this.#counts.faults++
    // The system's own errors have a code and may pass (too many open files); what we cannot decode never gets better.
    const damaged = error instanceof Error && !('code' in error)
    if (damaged) await this.#remove(key).catch(() => {})
  }

  async #remove(key: string): Promise<boolean> {
    this.#index.remove(key)
    return this.#folder.remove(key)
  }

  async #trim(): Promise<void> {
    for (const key of this.#index.trim()) {
      this.#counts.evictions++
      await this.#folder.remove(key).catch(() => this.#counts.faults++)
    }
  }

  #count(size: number): void {
    this.#written.bytes += size
    this.#written.files += 1
    const { bytes, files } = this.#bounds
    if (this.#written.bytes >= bytes * this.#share || this.#written.files >= files * this.#share) this.#scanNext()
  }

  /** Behind the one that runs; one is enough. */
  #scanNext(): void {
    if (this.#scanDue) return
    this.#scanDue = true
    this.#scanning = this.#scanning.then(() => {
      this.#scanDue = false
      return this.#scan()
    })
  }

  async #scan(): Promise<void> {
    if (this.#closed) return
    const began = Date.now()
    const found: Found[] = []
    this.#written = { bytes: 0, files: 0 }
    this.#index.scanBegins()
    await this.#folder.sweep(began)
    for await (const file of this.#folder.scan()) {
      if (this.#closed) return
      found.push(file)
    }
    const unknown = this.#index.scanEnds(found, began)
    this.#share = unknown > 0 ? scanAfterShare : Math.min(1, this.#share * 2)
    await this.#trim()
  }
}
