import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { Failure } from '../errors.ts'
import { sizeOf } from './in-file.ts'
import type { JobOriginal } from './renderer.ts'

/** Why a render process ended over a job. */
export type Offence = 'timeout' | 'memory' | 'died'

type Account = { readonly bytes: number; readonly times: number; readonly offence: Offence }

/**
 * Originals that ended render processes. Who did it twice is refused for a while. The originals of one job count together: were each
 * counted alone, a stranger could have a house's watermark refused by laying it on a bomb.
 */
export class Offenders {
  readonly #records: LRUCache<string, Account>

  /** How long an offence is remembered, and of how many originals; the oldest give way. */
  constructor(seconds: number, max = 1000, clock: { now(): number } = performance) {
    this.#records = new LRUCache({ max, ttl: seconds * 1000, ttlResolution: 0, perf: clock })
  }

  /** Is nothing remembered of anybody? */
  get none(): boolean {
    return this.#records.size === 0
  }

  note(originals: readonly JobOriginal[], offence: Offence): void {
    if (originals.length === 0) return // our own question: it must not refuse itself
    const name = nameOf(originals)
    const times = (this.#records.get(name)?.times ?? 0) + 1
    this.#records.set(name, { bytes: sumOf(originals), times, offence })
  }

  /** They were innocent: what they crashed in one process went well in another. */
  forget(originals: readonly JobOriginal[]): void {
    this.#records.delete(nameOf(originals))
  }

  /** Why these originals are refused now; `undefined` when they are not. They are hashed only when their size alone is suspicious. */
  refusal(originals: readonly JobOriginal[]): Failure | undefined {
    if (this.none) return undefined
    const bytes = sumOf(originals)
    let suspicious = false
    for (const record of this.#records.values()) suspicious ||= record.times > 1 && record.bytes === bytes
    if (!suspicious) return undefined
    const name = nameOf(originals)
    const record = this.#records.get(name)
    if (record === undefined || record.times < 2) return undefined
    const retryAfterSeconds = Math.max(1, Math.round(this.#records.getRemainingTTL(name) / 1000))
    return record.offence === 'died'
      ? new Failure('render-crashed', 'A decoder failed on this original twice; it is refused for a while.', { retryAfterSeconds })
      : new Failure('original-too-costly', 'This original cost too much time or memory twice; it is refused for a while.', {
          retryAfterSeconds,
        })
  }
}

const sumOf = (originals: readonly JobOriginal[]): number => originals.reduce((sum, each) => sum + sizeOf(each), 0)

function nameOf(originals: readonly JobOriginal[]): string {
  const hash = createHash('sha256')
  // A file is named by what tells its versions apart, and not by its path, of which it may have many: its bytes are not here.
  for (const each of originals)
    hash.update(`${sizeOf(each)}:`).update(Buffer.isBuffer(each) ? each : `${each.device} ${each.inode} ${each.modified}`)
  return hash.digest('hex')
}
