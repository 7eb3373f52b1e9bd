import { LRUCache } from 'lru-cache'
import { Failure } from '../errors.ts'
import type { Fetched, Freshness, Source, Validators } from '../sources/source.ts'
import type { Meta } from '../stores/store.ts'
import { Flights } from './flights.ts'
import { freshSeconds } from './freshness.ts'
import { originalEntry, originalName, stampOf } from './names.ts'
import type { Parts } from './parts.ts'

/** Where a key leads. */
export type Located = { readonly source: Source; readonly key: string; readonly name: string; readonly local: boolean }

/** What is known of an original's version. JSON-serialisable, so that it can lie beside a result. */
export type Version = {
  readonly stamp: string
  readonly etag?: string
  readonly lastModified?: string
  /** Milliseconds since 1970. */
  readonly freshUntil: number
  readonly noStore: boolean
}

export type Original = { readonly kind: 'original'; readonly bytes: Buffer; readonly version: Version; readonly stale: boolean }
export type Unchanged = { readonly kind: 'unchanged'; readonly version: Version }

/** Failures of the origin that a stale copy may stand in for, and that are remembered for a moment. */
const passing = new Set<string>(['origin-failed', 'origin-unreachable', 'source-timeout', 'origin-redirects'])

/** The originals: fetched once however many ask, kept while they are fresh, asked again by their validators. */
export class Originals {
  readonly #parts: Parts
  readonly #flights = new Flights<Fetched | Failure>()
  readonly #failures: LRUCache<string, Failure>

  constructor(parts: Parts) {
    this.#parts = parts
    this.#failures = new LRUCache({ max: 10_000, ttl: 1000, perf: { now: parts.now } })
  }

  /** The source that a key belongs to, by its name or its scheme. */
  locate(key: string): Located | Failure {
    const { sources, defaultSource, urlSource } = this.#parts
    const [, prefix, path = ''] = /^([a-z][a-z0-9_-]{0,31}):(.*)$/s.exec(key) ?? []
    const isUrl = prefix === 'http' || prefix === 'https'
    const name = isUrl ? urlSource : (prefix ?? defaultSource)
    const source = name === undefined ? undefined : sources.get(name)
    if (source !== undefined)
      return { source, key: isUrl || prefix === undefined ? key : path, name: originalName(key), local: source.local === true }
    if (isUrl) return new Failure('source-forbidden', 'This service fetches no originals by URL.', { parameter: 'key' })
    if (prefix === undefined) return new Failure('original-missing', 'There is no such original.', { parameter: 'key' })
    return new Failure('source-unknown', `There is no source "${prefix}".`, { parameter: prefix })
  }

  /**
   * The original, or that it is unchanged since `known`.
   * @param known  Version of what was made of it before.
   */
  async get(at: Located, known: Version | undefined, signal: AbortSignal): Promise<Original | Unchanged | Failure> {
    const remembered = this.#failures.get(at.name)
    const kept = at.local ? undefined : await this.#kept(at, signal)
    const now = this.#parts.now()
    if (kept !== undefined && now < kept.version.freshUntil) {
      return known?.stamp === kept.version.stamp
        ? { kind: 'unchanged', version: kept.version }
        : { kind: 'original', ...kept, stale: false }
    }
    const fetched = remembered ?? (await this.#fetch(at, kept?.version ?? known, signal))
    if (fetched instanceof Failure) {
      if (remembered === undefined) this.#remember(at, fetched)
      const usable =
        kept !== undefined && passing.has(fetched.code) && now < kept.version.freshUntil + this.#parts.cache.errorSeconds * 1000
      return usable ? { kind: 'original', ...kept, stale: true } : fetched
    }
    if (fetched.kind === 'original') {
      const version = this.#version(fetched.bytes, fetched.validators, fetched.freshness, at.local)
      if (!at.local && !version.noStore)
        void this.#parts.store.put(at.name, originalEntry, { meta: toMeta(version), body: fetched.bytes }, new AbortController().signal)
      return known?.stamp === version.stamp
        ? { kind: 'unchanged', version }
        : { kind: 'original', bytes: fetched.bytes, version, stale: false }
    }
    const before = kept?.version ?? known
    if (before === undefined) return new Failure('origin-failed', 'The origin says that nothing changed, but was not asked that.')
    const version: Version = { ...before, freshUntil: now + freshSeconds(fetched.freshness, at.local, this.#parts.cache) * 1000 }
    if (kept === undefined) return { kind: 'unchanged', version }
    void this.#parts.store.touch(at.name, originalEntry, toMeta(version), new AbortController().signal)
    return known?.stamp === version.stamp ? { kind: 'unchanged', version } : { kind: 'original', bytes: kept.bytes, version, stale: false }
  }

  /** Forgets what went wrong with an original. */
  forget(name: string): void {
    this.#failures.delete(name)
  }

  async #kept({ name }: Located, signal: AbortSignal): Promise<{ bytes: Buffer; version: Version } | undefined> {
    const entry = await this.#parts.store.get(name, originalEntry, signal)
    const version = entry && readVersion(entry.meta)
    return version && { bytes: entry.body, version }
  }

  /** Asks the source; equal questions in flight are one. */
  #fetch(at: Located, known: Validators | undefined, signal: AbortSignal): Promise<Fetched | Failure> {
    const validators: Validators = {
      ...(known?.etag === undefined ? {} : { etag: known.etag }),
      ...(known?.lastModified === undefined ? {} : { lastModified: known.lastModified }),
    }
    const asked = Object.keys(validators).length > 0 ? validators : undefined
    return this.#flights.join(
      `${at.name} ${known?.etag ?? ''} ${known?.lastModified ?? ''}`,
      (own) => at.source.get(at.key, asked, own),
      signal,
    )
  }

  #version(bytes: Buffer, validators: Validators, freshness: Freshness, local: boolean): Version {
    return {
      stamp: stampOf(validators, bytes),
      ...validators,
      freshUntil: this.#parts.now() + freshSeconds(freshness, local, this.#parts.cache) * 1000,
      noStore: freshness.noStore === true,
    }
  }

  #remember(at: Located, failure: Failure): void {
    const { missingSeconds, failedSeconds } = this.#parts.cache
    // A file that is missing now may be there the next moment, and looking again is cheap.
    const seconds = at.local ? 0 : failure.code === 'original-missing' ? missingSeconds : passing.has(failure.code) ? failedSeconds : 0
    if (seconds > 0) this.#failures.set(at.name, failure, { ttl: seconds * 1000 })
  }
}

export function toMeta(version: Version): Meta {
  return { ...version }
}

export function readVersion(meta: Meta): Version | undefined {
  const { stamp, etag, lastModified, freshUntil, noStore } = meta
  if (typeof stamp !== 'string' || typeof freshUntil !== 'number') return undefined
  return {
    stamp,
    ...(typeof etag === 'string' ? { etag } : {}),
    ...(typeof lastModified === 'string' ? { lastModified } : {}),
    freshUntil,
    noStore: noStore === true,
  }
}
