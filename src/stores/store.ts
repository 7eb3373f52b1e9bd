import type { Fields, Values } from '../schema/field.ts'

/** A store: where results (and originals on their way) are kept. Each file of this folder makes one kind of it. */
export type StoreKind<F extends Fields = Fields> = {
  /** As in a setting: `TINTYPE_STORE_<NAME>_…`. */
  readonly name: string
  readonly doc: string
  readonly options: F
  /** Options to a live store; rejects with `setting-invalid` when it cannot work at all (a folder that cannot be written). */
  open(options: Values<F>): Promise<Store>
}

/**
 * A live store. Entries are named by two texts of `[0-9a-f]{16,64}`: the original's name, and the entry's own below it,
 * so that one call removes all that came of an original. A store is a help, never a need: but for `purge` it does not reject;
 * what it cannot read it has not, what it cannot write it drops, and both count as faults in its figures.
 */
export type Store = {
  get(original: string, name: string, signal: AbortSignal): Promise<Entry | undefined>
  /**
   * What lies at hand, without waiting: for a store in memory, or a chain that begins with one. A miss says nothing, and counts as nothing.
   * The same entry is the same object until it is put or touched.
   */
  peek?(original: string, name: string): Entry | undefined
  /** Keeps the entry; an older one of that name is replaced whole or not at all. */
  put(original: string, name: string, entry: Entry, signal: AbortSignal): Promise<void>
  /** Renews the facts of an entry without writing its body again; no matter when it is not there. */
  touch(original: string, name: string, meta: Meta, signal: AbortSignal): Promise<void>
  /** Removes every entry of an original; how many there were. This alone rejects when it cannot: what was to go would still be served. */
  purge(original: string, signal: AbortSignal): Promise<number>
  figures(): StoreFigures
  /** Finishes what is being written. */
  close(): Promise<void>
}

/** Facts kept with a body; JSON-serialisable. The store knows nothing of their meaning. */
export type Meta = { readonly [name: string]: string | number | boolean | null | undefined | Meta | readonly (string | number)[] }

/** The body is not copied and never changed. */
export type Entry = { readonly meta: Meta; readonly body: Buffer }

/** Bytes and entries held now; hits, misses, evictions and faults since it opened. */
export type StoreFigures = {
  readonly bytes: number
  readonly entries: number
  readonly hits: number
  readonly misses: number
  readonly evictions: number
  readonly faults: number
}

/** Keeps the type of the options while checking the shape. */
export function defineStore<const F extends Fields>(kind: StoreKind<F>): StoreKind<F> {
  return kind
}
