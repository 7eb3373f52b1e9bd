import { Failure } from '../errors.ts'
import type { S3 } from '../s3/s3.ts'
import { KeptSizes } from './kept-sizes.ts'
import { checkName, entryKey } from './names.ts'
import { pack, renew, unpack } from './s3-format.ts'
import type { Entry, Meta, Store, StoreFigures } from './store.ts'
import { Writes } from './writes.ts'

/** Largest object that is read or written: results are far below, and one beyond would fill the memory. */
const largest = 256 * 2 ** 20

/** What an object costs beside its body, for the figures. */
const overheadBytes = 500

/** A purge looks so often for what others were just putting. */
const mostLooks = 1000

/** Failures that say that the object is not there. Without the right to list its bucket, S3 answers 403 for what is missing. */
const misses = new Set(['original-missing', 'source-forbidden'])

const type = 'application/octet-stream'

/** A store in a bucket. Every failure of the service becomes a miss or a dropped write, and a fault in the figures. */
export class S3Store implements Store {
  readonly #s3: S3
  readonly #bucket: string
  readonly #prefix: string
  readonly #writes = new Writes({ atOnce: 16, waiting: 256, waitingBytes: 64 * 2 ** 20 })
  readonly #kept = new KeptSizes(10_000)
  readonly #counts = { hits: 0, misses: 0, faults: 0 }
  /** A write on its way goes on when its caller leaves: called off, nobody knew whether it arrives, and a purge could not wait for it. */
  readonly #open = new AbortController().signal
  #closed = false

  constructor(s3: S3, bucket: string, prefix: string) {
    this.#s3 = s3
    this.#bucket = bucket
    this.#prefix = prefix
  }

  async get(original: string, name: string, signal: AbortSignal): Promise<Entry | undefined> {
    const key = entryKey(original, name)
    if (signal.aborted) return undefined
    const got = await this.#get(key, signal)
    if (signal.aborted && got === undefined) return undefined
    if (got === undefined) this.#counts.misses++
    else this.#counts.hits++
    return got
  }

  async put(original: string, name: string, entry: Entry, signal: AbortSignal): Promise<void> {
    const key = entryKey(original, name)
    if (signal.aborted || this.#closed) return
    await this.#write(original, entry.body.length, signal, () => this.#put(key, entry))
  }

  async touch(original: string, name: string, meta: Meta, signal: AbortSignal): Promise<void> {
    const key = entryKey(original, name)
    if (signal.aborted || this.#closed) return
    await this.#write(original, 0, signal, async () => {
      const head = await this.#s3.head(this.#bucket, this.#prefix + key, this.#open)
      if (head instanceof Failure) return this.#unlessMissing(head)
      const metadata = renew(head.metadata, meta)
      if (metadata !== undefined) {
        // Only of the body that was looked at: one put meanwhile has facts of its own.
        const only = head.etag === undefined ? {} : { onlyIf: head.etag }
        const failure = await this.#s3.putMetadata(this.#bucket, this.#prefix + key, { type, metadata, ...only }, this.#open)
        return failure === undefined || failure === 'changed' ? undefined : this.#unlessMissing(failure)
      }
      // The body anew. A put between the two calls is lost to the older body; both are whole.
      const entry = await this.#get(key, this.#open)
      if (entry !== undefined) await this.#put(key, { meta, body: entry.body })
    })
  }

  async purge(original: string, signal: AbortSignal): Promise<number> {
    checkName(original)
    if (signal.aborted) return 0
    await this.#writes.cancel(original)
    const removed = new Set<string>()
    // Looked at anew until nothing is left: what another process was putting may have come meanwhile.
    for (let looks = 0; looks < mostLooks; looks++) {
      const listing = await this.#s3.list(this.#bucket, { prefix: `${this.#prefix}${original}/` }, signal)
      if (listing instanceof Failure) throw this.#unpurged(listing)
      const keys = listing.objects.map(({ key }) => key)
      if (keys.length === 0) return removed.size
      const failure = await this.#s3.deleteMany(this.#bucket, keys, signal)
      if (failure !== undefined) throw this.#unpurged(failure)
      for (const key of keys) {
        removed.add(key)
        this.#kept.delete(key.slice(this.#prefix.length))
      }
    }
    throw this.#unpurged(undefined)
  }

  figures(): StoreFigures {
    return { bytes: this.#kept.bytes, entries: this.#kept.entries, evictions: 0, ...this.#counts }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#writes.drain()
    await this.#s3.close()
  }

  async #get(key: string, signal: AbortSignal): Promise<Entry | undefined> {
    try {
      const got = await this.#s3.get(this.#bucket, this.#prefix + key, { maxBytes: largest }, signal)
      if (got instanceof Failure) return this.#unlessMissing(got)
      const entry = got.kind === 'object' ? unpack({ body: got.bytes, metadata: got.metadata }) : undefined
      if (entry === undefined) this.#counts.faults++
      return entry
    } catch {
      if (!signal.aborted) this.#counts.faults++
      return undefined
    }
  }

  async #put(key: string, entry: Entry): Promise<void> {
    const { body, metadata } = pack(entry)
    const put = await this.#s3.put(this.#bucket, this.#prefix + key, { body, metadata, type }, this.#open)
    if (put instanceof Failure) this.#counts.faults++
    else this.#kept.put(key, body.length + overheadBytes)
  }

  async #write(original: string, bytes: number, signal: AbortSignal, write: () => Promise<void>): Promise<void> {
    const ran = await this.#writes.run(original, bytes, signal, async (stop) => {
      try {
        if (!stop.aborted) await write()
      } catch {
        this.#counts.faults++
      }
    })
    if (!ran) this.#counts.faults++
  }

  #unlessMissing(failure: Failure): undefined {
    if (!misses.has(failure.code)) this.#counts.faults++
  }

  #unpurged(cause: Failure | undefined): Failure {
    this.#counts.faults++
    return new Failure('internal', 'Not all that was kept could be removed from the bucket.', cause === undefined ? {} : { cause })
  }
}
