import { randomUUID } from 'node:crypto'
import { Failure } from '../../errors.ts'
import type { PutObject, S3 } from '../../s3/s3.ts'

/** Where it is written which results were made of an original: one empty object each, `.by-original/<name>/<path of the result>`. */
const index = '.by-original/'
/** Where it is written that an original was purged, `.purged/<name>`. No slug begins with a dot, so neither is ever anybody's result. */
const purged = '.purged/'

/** What the last purge of an original has left: which purge it was, and when, in milliseconds since 1970. Before any, `none` and 0. */
export type Mark = { readonly id: string; readonly at: number }
export type Marks = ReadonlyMap<string, Mark>

/**
 * The bucket in which CloudFront looks first.
 *
 * A result made of an old original must not appear in it after the purge. So a purge writes a mark first, then lists what was made; and who
 * puts a result writes its index first, then the result, then looks at the mark. Has that changed since before the original was read, the
 * result goes again. Has it not, result and index were there before the mark was, and the list of the purge has them.
 */
export class ResultBucket {
  readonly #s3: S3
  readonly #bucket: string

  constructor(s3: S3, bucket: string) {
    this.#s3 = s3
    this.#bucket = bucket
  }

  async has(path: string, signal: AbortSignal): Promise<boolean> {
    const head = await this.#s3.head(this.#bucket, keyOf(path), signal)
    if (!(head instanceof Failure)) return true
    if (isAbsent(head)) return false
    throw head
  }

  /** Which purges of these originals have been. */
  async marks(names: readonly string[], signal: AbortSignal): Promise<Marks> {
    const heads = await Promise.all(names.map((name) => this.#s3.head(this.#bucket, purged + name, signal)))
    return new Map(
      names.map((name, at): [string, Mark] => {
        const head = heads[at]
        if (head === undefined || (head instanceof Failure && isAbsent(head))) return [name, { id: 'none', at: 0 }]
        if (head instanceof Failure) throw head
        return [name, { id: head.metadata.id ?? '', at: Date.parse(head.lastModified ?? '') || 0 }]
      }),
    )
  }

  /**
   * Puts a result; false when it went again because one of its originals was purged meanwhile.
   * @param marks  As they were before the originals were read.
   */
  async put(path: string, object: PutObject, marks: Marks, signal: AbortSignal): Promise<boolean> {
    const names = [...marks.keys()]
    const entries = names.map((name) => indexKey(name, path))
    const empty = { body: Buffer.alloc(0) }
    for (const put of await Promise.all(entries.map((key) => this.#s3.put(this.#bucket, key, empty, signal)))) orThrow(put)
    orThrow(await this.#s3.put(this.#bucket, keyOf(path), object, signal))
    const now = await this.marks(names, signal)
    if (names.every((name) => now.get(name)?.id === marks.get(name)?.id)) return true
    orThrow(await this.#s3.deleteMany(this.#bucket, [keyOf(path), ...entries], signal))
    return false
  }

  /** The version of an original for which its last purge was, if that came to its end. */
  async purgedFor(name: string, signal: AbortSignal): Promise<string | undefined> {
    const head = await this.#s3.head(this.#bucket, purged + name, signal)
    if (head instanceof Failure) {
      if (isAbsent(head)) return undefined
      throw head
    }
    return head.metadata.done === 'yes' ? head.metadata.version : undefined
  }

  /**
   * Removes every result that was made of an original.
   * @param version  What the original is now, printable ASCII; said again by `purgedFor`.
   * @returns        How many there were, and the mark that this purge has left.
   */
  async purge(name: string, version: string, signal: AbortSignal): Promise<{ readonly removed: number; readonly mark: Mark }> {
    const mark = { id: randomUUID(), at: Date.now() }
    const leave = async (done: string): Promise<void> => {
      const metadata = { id: mark.id, version, done }
      orThrow(await this.#s3.put(this.#bucket, purged + name, { body: Buffer.alloc(0), metadata }, signal))
    }
    await leave('no')
    let removed = 0
    let after: string | undefined
    do {
      const prefix = indexKey(name, '/')
      const page = orThrow(await this.#s3.list(this.#bucket, { prefix, ...(after === undefined ? {} : { after }) }, signal))
      const entries = page.objects.map(({ key }) => key)
      if (entries.length > 0) {
        // Results before their index: what ends half-way is found when it is tried again.
        const results = entries.map((key) => key.slice(prefix.length))
        orThrow(await this.#s3.deleteMany(this.#bucket, results, signal))
        orThrow(await this.#s3.deleteMany(this.#bucket, entries, signal))
      }
      removed += entries.length
      after = page.next
    } while (after !== undefined)
    await leave('yes')
    return { removed, mark }
  }
}

/** Paths begin with a slash, keys do not. */
const keyOf = (path: string): string => path.slice(1)
const indexKey = (name: string, path: string): string => `${index}${name}${path}`

/** Who may not list a bucket is told 403 for what is not there. */
function isAbsent({ code }: Failure): boolean {
  return code === 'original-missing' || code === 'source-forbidden'
}

function orThrow<T>(value: T | Failure): T {
  if (value instanceof Failure) throw value
  return value
}
