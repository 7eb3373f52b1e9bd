import { LRUCache } from 'lru-cache'
import { Failure } from '../errors.ts'
import type { JobOriginal } from '../pixels/renderer.ts'
import { sniff } from '../pixels/sniff.ts'
import type { AskRoom, Fetched, FoundFile, Source } from '../sources/source.ts'
import type { Entry } from '../stores/store.ts'
import { Flights } from './flights.ts'
import { freshSeconds } from './freshness.ts'
import { Gate } from './gate.ts'
import { etagStamp, originalEntry, originalName, stampOf } from './names.ts'
import type { Parts } from './parts.ts'
import { Room, type Share } from './room.ts'
import { readVersion, toMeta, type Version, validatorsOf } from './version.ts'

/** Where a key leads. */
export type Located = { readonly source: Source; readonly key: string; readonly name: string; readonly local: boolean }

export type Original = {
  readonly kind: 'original'
  /** Its bytes; or the file that holds them, for a renderer that reads it itself, or says that it needs the bytes. */
  readonly content: JobOriginal
  readonly version: Version
  readonly stale: boolean
  /** Gives back the memory that is counted for the bytes. To be called once, when they are not needed any more. */
  release(): void
}
export type Unchanged = { readonly kind: 'unchanged'; readonly version: Version }

/** Failures of the origin that a stale copy may stand in for, and that are remembered for a moment. */
const passing = new Set<string>(['origin-failed', 'origin-unreachable', 'source-timeout', 'origin-redirects'])

/** What is asked of a source. `whole`: no file will do. */
type Question = { readonly at: Located; readonly before: Version | undefined; readonly whole: boolean }

/** What the source said; without content when nothing has changed. */
type Told = { readonly version: Version; readonly content?: JobOriginal; readonly share?: Share }

/** The originals: fetched once however many ask, kept while they are fresh, asked again by their validators. */
export class Originals {
  readonly #parts: Parts
  readonly #flights = new Flights<Told | Failure>()
  readonly #failures: LRUCache<string, Failure>
  /** Each fetch may hold the largest original there may be: without a bound, a crowd of them fills the memory, and none ends in time. */
  readonly #fetches: Gate
  /** A look at a file is short, and belongs to a hit as well: it waits for its turn, and is never refused. */
  readonly #looks: Gate
  /** And a number bounds no memory: sixty small ones may be held at once, sixty of the largest may not. */
  readonly #room: Room
  /** How large a copy is shows when it has been read: so many are read at once as would fit, were they the largest. */
  readonly #copies: Gate
  readonly #located = new LRUCache<string, Located>({ max: 2000 })

  constructor(parts: Parts) {
    this.#parts = parts
    const { queue, limits } = parts
    this.#fetches = new Gate({ ...queue, places: queue.fetches })
    this.#looks = new Gate({ places: queue.fetches, length: Number.POSITIVE_INFINITY, waitSeconds: limits.requestSeconds })
    this.#room = new Room({ ...queue, bytes: queue.originalBytes })
    const atOnce = Math.max(1, Math.floor(queue.originalBytes / limits.sourceBytes))
    this.#copies = new Gate({ places: atOnce, length: Number.POSITIVE_INFINITY, waitSeconds: limits.requestSeconds })
    this.#failures = new LRUCache({ max: 10_000, ttl: 1000, perf: { now: parts.now } })
  }

  /** The source that a key belongs to, by its name or its scheme. */
  locate(key: string): Located | Failure {
    const known = this.#located.get(key)
    if (known !== undefined) return known
    const located = this.#locate(key)
    if (!(located instanceof Failure)) this.#located.set(key, located)
    return located
  }

  #locate(key: string): Located | Failure {
    const { sources, defaultSource, urlSource } = this.#parts
    const [, prefix, path = ''] = /^([a-z][a-z0-9_-]{0,31}):(.*)$/s.exec(key) ?? []
    const isUrl = prefix === 'http' || prefix === 'https'
    const name = isUrl ? urlSource : (prefix ?? defaultSource)
    const source = name === undefined ? undefined : sources.get(name)
    if (source !== undefined && name !== undefined) {
      const said = isUrl || prefix === undefined ? key : path
      const own = source.canonical?.(said) ?? said
      return { source, key: own, name: originalName(name, own), local: source.local === true }
    }
    if (isUrl) return new Failure('source-forbidden', 'This service fetches no originals by URL.', { parameter: 'key' })
    if (prefix === undefined) return new Failure('original-missing', 'There is no such original.', { parameter: 'key' })
    return new Failure('source-unknown', `There is no source "${prefix}".`, { parameter: prefix })
  }

  /**
   * The original, or that it is unchanged since `known`.
   * @param known  Version of what was made of it before.
   * @param whole  Its bytes are needed here: no file will do.
   */
  async get(at: Located, known: Version | undefined, signal: AbortSignal, whole = false): Promise<Original | Unchanged | Failure> {
    const remembered = this.#failures.get(at.name)
    const kept = at.local ? undefined : await this.#kept(at, signal)
    if (kept instanceof Failure) return kept
    const now = this.#parts.now()
    if (kept !== undefined && now < kept.version.freshUntil && known?.stamp !== kept.version.stamp) return kept
    // Who waits for the origin holds nothing meanwhile: what is needed is read again.
    kept?.release()
    if (kept !== undefined && now < kept.version.freshUntil) return { kind: 'unchanged', version: kept.version }
    const before = kept?.version ?? known
    const told = remembered ?? (await this.#fetch({ at, before, whole }, signal))
    if (told instanceof Failure) {
      const bears = (version: Version | undefined): boolean =>
        version !== undefined && passing.has(told.code) && now < version.freshUntil + this.#parts.cache.errorSeconds * 1000
      if (kept === undefined || !bears(kept.version)) return told
      // Who has a result of this very version goes on with that: nothing would be gained by making it again.
      if (known?.stamp === kept.version.stamp && bears(known)) return told
      const again = await this.#kept(at, signal)
      return again === undefined || again instanceof Failure ? told : { ...again, stale: true }
    }
    const { version } = told
    if (known?.stamp === version.stamp) return { kind: 'unchanged', version }
    if (told.content !== undefined) return shared(told.content, version, told.share)
    const again = await this.#kept(at, signal)
    if (again !== undefined) return again instanceof Failure ? again : { ...again, version }
    // The copy that has not changed went in the meantime.
    const anew = kept === undefined ? told : await this.#fetch({ at, before: undefined, whole }, signal)
    if (anew instanceof Failure) return anew
    return anew.content === undefined ? { kind: 'unchanged', version } : shared(anew.content, anew.version, anew.share)
  }

  /** Forgets what went wrong with an original, and what is on its way: after a purge nothing old may come back. */
  forget(name: string): void {
    this.#failures.delete(name)
    this.#flights.drop(name)
  }

  /** The copy in the store. One that lies in memory anyway takes no more of it. */
  async #kept({ name }: Located, signal: AbortSignal): Promise<Original | Failure | undefined> {
    const { store } = this.#parts
    const atHand = store.peek?.(name, originalEntry)
    if (atHand !== undefined) return copyOf(atHand, undefined)
    return this.#copies.run(async () => {
      const entry = await store.get(name, originalEntry, signal)
      if (entry === undefined) return undefined
      const share = this.#room.open()
      const refused = await share.take(entry.body.length, signal)
      // Nobody takes over what comes when the signal has aborted.
      const copy = refused ?? (signal.aborted ? undefined : copyOf(entry, share))
      share.leave()
      return copy
    }, signal)
  }

  /** Asks the source; equal questions in flight are one, and so is what follows from their answer. */
  #fetch(question: Question, signal: AbortSignal): Promise<Told | Failure> {
    const { at, before, whole } = question
    const name = `${at.name} ${before?.stamp ?? ''}${whole ? ' whole' : ''}`
    return this.#flights.join(name, (own, counts) => this.#hold(question, own, counts), signal)
  }

  /** Who waits for the end joins its share of the room as soon as it is there; what nobody joined is free a moment later. */
  async #hold(question: Question, signal: AbortSignal, counts: () => boolean): Promise<Told | Failure> {
    const share = this.#room.open()
    try {
      return await this.#ask(question, share, signal, counts)
    } finally {
      setImmediate(() => share.leave())
    }
  }

  /** A file that is left where it lies takes no room. */
  #look({ at: { source, key }, before, whole }: Question, share: Share, signal: AbortSignal): Promise<Fetched | FoundFile | Failure> {
    const known = validatorsOf(before)
    const room: AskRoom = (bytes) => share.take(bytes, signal)
    if (!whole && this.#parts.renderer.readsFiles === true && source.find !== undefined) return source.find(key, known, signal, room)
    return source.get(key, known, signal, room)
  }

  async #ask(question: Question, share: Share, signal: AbortSignal, counts: () => boolean): Promise<Told | Failure> {
    const { at, before } = question
    const { store } = this.#parts
    const gate = at.local ? this.#looks : this.#fetches
    const fetched = await gate.run(() => this.#look(question, share, signal), signal)
    if (fetched instanceof Failure) {
      if (counts()) this.#remember(at, fetched)
      // What is gone must not come back as a stale copy when its origin fails next.
      if (fetched.code === 'original-missing' && before !== undefined && !at.local && counts())
        await store.touch(at.name, originalEntry, toMeta({ ...before, freshUntil: 0 }), signal)
      return fetched
    }
    const noStore = fetched.freshness.noStore === true
    const freshUntil = this.#parts.now() + freshSeconds(fetched.freshness, at.local, this.#parts.cache) * 1000
    let told: Told
    if (fetched.kind === 'file') {
      const { validators, file } = fetched
      told = { content: file, version: { stamp: etagStamp(validators.etag), ...validators, freshUntil, noStore } }
    } else if (fetched.kind === 'original') {
      if (!at.local && isPage(fetched.bytes)) {
        // Some origins say 200 to their own faults. Kept as an original, such a page would be one for as long as originals are good.
        const page = new Failure('original-not-image', 'The origin sent a text in the place of a picture.')
        if (counts()) this.#remember(at, page)
        return page
      }
      const { bytes, validators } = fetched
      // What was read, where that is less than there might have been.
      const refused = await share.take(bytes.length, signal)
      if (refused !== undefined) return refused
      told = { content: bytes, share, version: { stamp: stampOf(validators, bytes), ...validators, freshUntil, noStore } }
    } else {
      if (before === undefined) return new Failure('origin-failed', 'The origin says that nothing changed, but was not asked that.')
      told = { version: { ...before, freshUntil, noStore } }
    }
    if (at.local || !counts()) return told
    if (noStore) {
      // The origin has changed its mind: nothing of what was kept before may stay.
      if (before !== undefined)
        await store.purge(at.name, signal).catch((cause: unknown) => {
          this.#parts.watch.note('warn', 'What its origin lets nobody keep could not be removed.', { cause: String(cause) })
        })
    } else if (!Buffer.isBuffer(told.content)) {
      await store.touch(at.name, originalEntry, toMeta(told.version), signal)
    } else {
      // Nobody waits for the copy; the signal of its own lets it outlive the request.
      store
        .put(at.name, originalEntry, { meta: toMeta(told.version), body: told.content }, new AbortController().signal)
        .catch((cause: unknown) => this.#parts.watch.note('warn', 'An original could not be kept.', { cause: String(cause) }))
    }
    return told
  }

  #remember(at: Located, failure: Failure): void {
    const { missingSeconds, failedSeconds } = this.#parts.cache
    // A file that is missing now may be there the next moment, and looking again is cheap.
    const seconds = at.local
      ? 0
      : failure.code === 'original-missing'
        ? missingSeconds
        : passing.has(failure.code) || failure.code === 'original-not-image'
          ? failedSeconds
          : 0
    if (seconds > 0) this.#failures.set(at.name, failure, { ttl: seconds * 1000 })
  }
}

/** A page of HTML, JSON or XML that is no SVG. */
function isPage(bytes: Buffer): boolean {
  return /^[\s\ufeff]*[<{[]/.test(bytes.toString('utf8', 0, 64)) && sniff(bytes) === undefined
}

function copyOf({ meta, body }: Entry, share: Share | undefined): Original | undefined {
  const version = readVersion(meta)
  return version && shared(body, version, share)
}

/** An original that is held by a share of the room, one of perhaps many. */
function shared(content: JobOriginal, version: Version, share: Share | undefined): Original {
  share?.join()
  return { kind: 'original', content, version, stale: false, release: () => share?.leave() }
}
