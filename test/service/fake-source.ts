import { createHash } from 'node:crypto'
import { Failure } from '../../src/errors.ts'
import type { AskRoom, Fetched, Freshness, Source, Validators, Writer } from '../../src/sources/source.ts'

/** An original as a script has it. */
export type Scripted = { bytes: Buffer; etag?: string; lastModified?: string; freshness?: Freshness }

/** A source that does as it is told, and counts. */
export class FakeSource implements Source {
  readonly local?: true
  readonly originals = new Map<string, Scripted>()
  readonly asked: { readonly key: string; readonly known: Validators | undefined }[] = []
  /** Instead of an answer. */
  failing: Failure | Error | undefined
  /** What every answer waits for. */
  before: Promise<unknown> | undefined
  /** How many waits were given up. */
  aborted = 0
  closed = false

  /** Why it never fetches a key. */
  refusing: (key: string) => Failure | undefined = () => undefined

  constructor(local = false) {
    if (local) this.local = true
  }

  put(key: string, content: string | Buffer, given: Omit<Scripted, 'bytes'> = {}): void {
    this.originals.set(key, { bytes: Buffer.from(content), ...given })
  }

  /** What every write comes to, instead of being done. */
  unwritable: Failure | undefined
  readonly writer: Writer = {
    has: async (key) => this.unwritable ?? this.originals.has(key),
    put: async (key, bytes) => {
      if (this.unwritable === undefined) this.put(key, bytes, { etag: `"${createHash('sha1').update(bytes).digest('hex')}"` })
      return this.unwritable
    },
    delete: async (key) => {
      if (this.unwritable === undefined) this.originals.delete(key)
      return this.unwritable
    },
  }

  refusal(key: string): Failure | undefined {
    return this.refusing(key)
  }

  async get(key: string, known: Validators | undefined, signal: AbortSignal, room?: AskRoom): Promise<Fetched | Failure> {
    this.asked.push({ key, known })
    if (this.before !== undefined) await this.#wait(this.before, signal)
    if (this.failing instanceof Failure) return this.failing
    if (this.failing !== undefined) throw this.failing
    const original = this.originals.get(key)
    if (original === undefined) return new Failure('original-missing', `There is no original "${key}".`)
    const { bytes, etag, lastModified, freshness = {} } = original
    const validators = { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) }
    const same = known?.etag !== undefined ? known.etag === etag : known?.lastModified !== undefined && known.lastModified === lastModified
    const refused = same ? undefined : await room?.(bytes.length)
    if (refused !== undefined) return refused
    return same ? { kind: 'unchanged', validators, freshness } : { kind: 'original', bytes, validators, freshness }
  }

  #wait(before: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.aborted += 1
        reject(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      void before.then(() => {
        signal.removeEventListener('abort', leave)
        resolve(undefined)
      })
    })
  }

  async check(): Promise<{ readonly ok: boolean; readonly message: string }> {
    return { ok: true, message: 'It is a fake.' }
  }

  async close(): Promise<void> {
    this.closed = true
  }
}
