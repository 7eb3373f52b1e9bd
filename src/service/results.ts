import { setMaxListeners } from 'node:events'
import { Failure } from '../errors.ts'
import { isDear } from '../pixels/places.ts'
import { BytesNeeded, type Job, type Rendered } from '../pixels/renderer.ts'
import { printRecipe, type Recipe } from '../recipe/recipe.ts'
import type { Entry } from '../stores/store.ts'
import { startDeadline } from './deadline.ts'
import { Flights } from './flights.ts'
import type { Gate } from './gate.ts'
import type { Looks } from './looks.ts'
import { entityTag, resultName } from './names.ts'
import type { Located, Original, Originals, Unchanged } from './originals.ts'
import type { Parts } from './parts.ts'
import { metaOf, type Result, readResult } from './result.ts'
import type { Trip } from './trip.ts'
import type { Version } from './version.ts'

/** How a result came: from the store, renewed, made new; or stale, because its origin fails or while it is renewed. */
export type Found = {
  readonly result: Result
  readonly how: 'hit' | 'stale' | 'unchanged' | 'miss'
  readonly originFails: boolean
  readonly stored: boolean
}

/** What is wanted: a recipe without any `auto` left to the client, on a located original and overlays. */
export type Wanted = { readonly recipe: Recipe; readonly original: Located; readonly overlays: readonly Located[] }

/**
 * The results: looked up, renewed when their original has not changed, made when there is none. Equal wishes in flight share one
 * rendering. A stale result is given at once while it is renewed behind, and as long as its origin fails.
 */
export class Results {
  readonly #parts: Parts
  readonly #originals: Originals
  readonly #gate: Gate
  readonly #looks: Looks
  readonly #flights = new Flights<Found | Failure>()
  /** What is renewed behind answers, by name. */
  readonly #behind = new Map<string, Promise<unknown>>()
  readonly #end = new AbortController()
  readonly #names = new WeakMap<Recipe, string>()
  /** What was read of each entry: a store in memory hands out the same object each time. And the way back. */
  readonly #results = new WeakMap<Entry, Result>()
  readonly #entries = new WeakMap<Result, Entry>()
  /** What is being stored behind answers. */
  readonly #writes = new Set<Promise<void>>()

  constructor(parts: Parts, originals: Originals, gate: Gate, looks: Looks) {
    this.#parts = parts
    this.#looks = looks
    this.#originals = originals
    this.#gate = gate
    setMaxListeners(0, this.#end.signal) // each renewal listens to it
  }

  /** The name of a result below its original's; remembered, since printing and hashing are a good part of what a hit costs. */
  nameOf(recipe: Recipe): string {
    const known = this.#names.get(recipe)
    if (known !== undefined) return known
    const name = resultName(this.#parts.engine, printRecipe(recipe))
    this.#names.set(recipe, name)
    return name
  }

  /** The result where it is fresh and in memory, without waiting; `undefined` says nothing. */
  atHand({ original, recipe }: Wanted): Found | undefined {
    const entry = this.#parts.store.peek?.(original.name, this.nameOf(recipe))
    const kept = entry && this.#read(entry)
    return kept !== undefined && this.#parts.now() < kept.version.freshUntil ? hit(kept) : undefined
  }

  async get(wanted: Wanted, trip: Trip, signal: AbortSignal): Promise<Found | Failure> {
    const { original } = wanted
    const name = this.nameOf(wanted.recipe)
    const entry = await trip.timed('lookup', () => this.#parts.store.get(original.name, name, signal))
    const kept = entry && this.#read(entry)
    const now = this.#parts.now()
    if (kept !== undefined && now < kept.version.freshUntil) return hit(kept)
    if (kept !== undefined && !original.local && now < kept.version.freshUntil + this.#parts.cache.staleSeconds * 1000) {
      this.#renewBehind(wanted, name, kept)
      return { result: kept, how: 'stale', originFails: false, stored: true }
    }
    return this.#flights.join(`${original.name} ${name}`, (own, counts) => this.#renew(wanted, name, kept, trip, own, counts), signal)
  }

  #read(entry: Entry): Result | undefined {
    const known = this.#results.get(entry)
    if (known !== undefined) return known
    const result = readResult(entry)
    if (result !== undefined) this.#remember(entry, result)
    return result
  }

  #remember(entry: Entry, result: Result): void {
    this.#results.set(entry, result)
    this.#entries.set(result, entry)
  }

  /** After a purge nobody joins what is on its way, and nothing of it is kept. */
  forget(original: string): void {
    this.#flights.drop(original)
  }

  /** Nobody waits for a disk: whoever asked has the picture already. How much may wait to be written is for the store to bound. */
  #keep(write: Promise<void>): void {
    this.#writes.add(write)
    write.finally(() => this.#writes.delete(write)).catch(() => {}) // a store does not reject
  }

  /** Waits for what is being renewed and stored behind answers, then renews no more. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#behind.values())
    await Promise.allSettled(this.#writes)
    this.#end.abort()
  }

  #renewBehind(wanted: Wanted, name: string, kept: Result): void {
    const flight = `${wanted.original.name} ${name}`
    if (this.#behind.has(flight) || this.#behind.size >= 1000) return
    const { watch, limits } = this.#parts
    // Nobody waits for it, so it has no trip of anybody's; its deadline is that of a request.
    const deadline = startDeadline(this.#end.signal, limits.requestSeconds)
    const work = this.#flights
      .join(flight, (own, counts) => this.#renew(wanted, name, kept, undefined, own, counts), deadline.signal)
      .then((found) => found instanceof Failure && watch.note('warn', 'A stale result could not be renewed.', { code: found.code }))
      .catch((cause: unknown) => watch.note('warn', 'A stale result could not be renewed.', { cause: String(cause) }))
      .finally(() => {
        deadline.end()
        this.#behind.delete(flight)
      })
    this.#behind.set(flight, work)
  }

  async #renew(
    wanted: Wanted,
    name: string,
    kept: Result | undefined,
    trip: Trip | undefined,
    signal: AbortSignal,
    counts: () => boolean,
    whole = false,
  ): Promise<Found | Failure> {
    const { store, now, cache } = this.#parts
    const { original } = wanted
    /** What was made before stands in for what the origin cannot give now. */
    const stale = (failure: Failure): Found | undefined => {
      const usable = kept !== undefined && failure.status >= 500 && now() < kept.version.freshUntil + cache.errorSeconds * 1000
      return usable ? { result: kept, how: 'stale', originFails: true, stored: true } : undefined
    }
    /** What failed for good makes the kept result worthless: it stays as something to renew, and is never served again. */
    const fail = async (failure: Failure): Promise<Failure> => {
      if (kept !== undefined && failure.status < 500 && counts())
        await store.touch(original.name, name, metaOf({ ...kept, version: { ...kept.version, freshUntil: 0 } }), signal)
      return failure
    }
    // An original that nobody will have time for is not worth the fetch. Where there is a result, its original may be unchanged.
    const refused = kept === undefined ? this.#gate.refusal() : undefined
    if (refused !== undefined) return refused
    const fetched = await timed(trip, 'fetch', () => this.#fetch(wanted, kept, signal, whole))
    if (fetched instanceof Failure) return stale(fetched) ?? fail(fetched)
    if (fetched.kind === 'unchanged') {
      if (kept === undefined) return new Failure('internal', 'Nothing was kept that could be unchanged.')
      const result: Result = { ...kept, version: fetched.version }
      const stored = !fetched.version.noStore && counts()
      const entry = this.#entries.get(kept)
      // A file that is looked at every second is not worth a write every second: that it was good a moment ago need not outlive the process.
      if (stored && original.local && entry !== undefined) this.#remember(entry, result)
      else if (stored) await store.touch(original.name, name, metaOf(result), signal)
      return { result, how: 'unchanged', originFails: false, stored }
    }
    const rendered = await this.render(wanted, fetched.originals, trip, signal).finally(() => releaseAll(fetched.originals))
    if (rendered instanceof Failure) {
      // A file that did not do: it was written to while it waited for its turn, say. It is looked at anew, and read at once.
      return rendered instanceof BytesNeeded && !whole ? this.#renew(wanted, name, kept, trip, signal, counts, true) : fail(rendered)
    }
    const [main, ...others] = fetched.originals
    const version = together(main.version, others)
    const overlays = others.map((overlay) => overlay.version.stamp)
    const { bytes: body, format, width, height, frames } = rendered
    const etag = entityTag(name, [version.stamp, ...overlays])
    const result: Result = { body, etag, format, width, height, frames, version, overlays }
    const originFails = fetched.originals.some((original) => original.stale)
    const stored = !version.noStore && !originFails && counts()
    if (stored) {
      const write = timed(trip, 'store', () => store.put(original.name, name, { meta: metaOf(result), body }, this.#end.signal))
      this.#keep(write)
      // Where nothing is kept in memory, who asks next would find nothing before it is written.
      if (store.peek === undefined) await write
    }
    return { result, how: 'miss', originFails, stored }
  }

  /** The originals, or that none of them has changed since `kept` was made. */
  async #fetch(
    wanted: Wanted,
    kept: Result | undefined,
    signal: AbortSignal,
    whole: boolean,
  ): Promise<{ kind: 'unchanged'; version: Version } | { kind: 'originals'; originals: [Original, ...Original[]] } | Failure> {
    const asked = [
      this.#originals.get(wanted.original, kept?.version, signal, whole),
      ...wanted.overlays.map((overlay) => this.#originals.get(overlay, undefined, signal, whole)),
    ] as const
    const [main, ...rest] = await Promise.all(asked).catch(async (thrown: unknown) => {
      for (const each of await Promise.allSettled(asked)) if (each.status === 'fulfilled') releaseAll([each.value])
      throw thrown
    })
    const failure = rest.find((overlay) => overlay instanceof Failure) ?? main
    if (failure instanceof Failure) {
      releaseAll([main, ...rest])
      return failure
    }
    const overlays = rest.filter((overlay) => isOriginal(overlay))
    if (isOriginal(main)) return { kind: 'originals', originals: [main, ...overlays] }
    const same =
      kept !== undefined &&
      overlays.length === kept.overlays.length &&
      overlays.every((overlay, index) => overlay.version.stamp === kept.overlays[index])
    // When only an overlay has changed, the original's bytes are needed after all.
    const again = same || main instanceof Failure ? main : await this.#again(wanted, overlays, signal, whole)
    if (isOriginal(again)) return { kind: 'originals', originals: [again, ...overlays] }
    releaseAll(overlays)
    if (again instanceof Failure) return again
    if (same) return { kind: 'unchanged', version: together(again.version, overlays) }
    return new Failure('origin-failed', 'The origin says that nothing changed, but was not asked that.')
  }

  #again(wanted: Wanted, overlays: readonly Original[], signal: AbortSignal, whole: boolean): ReturnType<Originals['get']> {
    return this.#originals.get(wanted.original, undefined, signal, whole).catch((thrown: unknown) => {
      releaseAll(overlays)
      throw thrown
    })
  }

  /** Renders, when it is its turn. */
  async render(wanted: Wanted, originals: readonly Original[], trip: Trip | undefined, signal: AbortSignal): Promise<Rendered | Failure> {
    const { renderer, limits, watch } = this.#parts
    const queued = performance.now()
    const [first] = originals
    const recalled = first && this.#looks.recall({ recipe: wanted.recipe, name: wanted.original.name, version: first.version })
    const job = {
      ...{ recipe: wanted.recipe, originals: originals.map(({ content }) => content), limits, ...originOf(wanted, originals) },
      findings: recalled?.findings ?? {},
    }
    const work = async (): Promise<Rendered | Failure> => {
      trip?.add('queue', performance.now() - queued)
      const began = performance.now()
      const rendered = await watch.span('tintype.render', () => renderer.render(job, signal))
      if (rendered instanceof Failure) {
        // That the bytes are needed is no failure of anything.
        trip?.add('render', performance.now() - began, rendered instanceof BytesNeeded ? undefined : rendered.code)
      } else {
        trip?.add('inspect', rendered.timings.inspect)
        trip?.add('render', rendered.timings.render)
        recalled?.keep(rendered.findings)
      }
      return rendered
    }
    return this.#gate.run(work, signal, isDear(job.originals))
  }
}

/** What decoded pixels may be kept by; those of an original that nobody may keep are not. */
function originOf({ original }: Wanted, [first]: readonly Original[]): Pick<Job, 'origin'> {
  if (first === undefined || first.version.noStore) return {}
  return { origin: { name: original.name, version: first.version.stamp } }
}

function isOriginal(got: Original | Unchanged | Failure): got is Original {
  return !(got instanceof Failure) && got.kind === 'original'
}

function releaseAll(got: readonly (Original | Unchanged | Failure)[]): void {
  for (const each of got) if (isOriginal(each)) each.release()
}

/** The version of a picture with others on it: good, and free to be kept, only as far as all of them are. */
function together(version: Version, overlays: readonly Original[]): Version {
  const freshUntil = Math.min(version.freshUntil, ...overlays.map((overlay) => overlay.version.freshUntil))
  return { ...version, freshUntil, noStore: version.noStore || overlays.some((overlay) => overlay.version.noStore) }
}

const hit = (result: Result): Found => ({ result, how: 'hit', originFails: false, stored: true })

async function timed<T>(trip: Trip | undefined, stage: 'fetch' | 'store', work: () => Promise<T>): Promise<T> {
  return trip === undefined ? work() : trip.timed(stage, work)
}
