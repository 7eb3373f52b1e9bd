import type { Failure } from '../errors.ts'
import type { Fields, Values } from '../schema/field.ts'
import type { FileVersion } from '../schema/file-version.ts'

/** A source: where originals live. Each file of this folder makes one kind of it. */
export type SourceKind<F extends Fields = Fields> = {
  /** As in a setting: `TINTYPE_SOURCE_<NAME>_…`. */
  readonly name: string
  readonly doc: string
  readonly options: F
  /** What it opens can be written to: its sources have `writer`. */
  readonly writes?: true
  /** Options to a live source. Touches nothing yet. */
  open(options: Values<F>, parts: SourceParts): Source
}

/** What every source is given by the composer, beside its own options. */
export type SourceParts = {
  /** Most bytes an original may have; reading stops there with `original-too-large`. */
  readonly maxBytes: number
}

/** A live source. Keys are decoded text, relative to the source: a path below its root, or a whole URL for `http`. */
export type Source = {
  /** Its originals lie on this machine: looking whether one has changed costs next to nothing, and a copy would be a waste. */
  readonly local?: true
  /** Of the keys that name the same original, the one by which results are kept and purged; absent where each has one key. */
  canonical?(key: string): string
  /**
   * Why this key is never fetched, as far as that can be told without asking anybody. Sources of URLs have it: no client is sent to a URL
   * from which they would not fetch.
   */
  refusal?(key: string): Failure | undefined
  /**
   * The original with this key, or why not (`original-missing`, `source-forbidden`, `original-too-large`, `source-timeout`, …).
   * @param known   Validators of the copy that the caller has: the source may answer `{ kind: 'unchanged' }`.
   * @param signal  Aborts the wait; the promise then rejects with the signal's reason.
   * @param room    Asked before bytes are read, with how many there may be; what it refuses is not read, and its failure comes back.
   */
  get(key: string, known: Validators | undefined, signal: AbortSignal, room?: AskRoom): Promise<Fetched | Failure>
  /**
   * As `get`, but it may say no more than which version lies where, to be read when and where it is needed. Who cannot read it there asks `get`, and
   * whether it may be read at all shows then. Where originals are files of this machine.
   */
  find?(key: string, known: Validators | undefined, signal: AbortSignal, room?: AskRoom): Promise<Fetched | FoundFile | Failure>
  /** Where originals can be put and removed; absent where they can only be read. */
  readonly writer?: Writer
  /** Can the source be reached? For `tintype doctor` and `/ready`; one sentence that is safe for a stranger. */
  check(signal: AbortSignal): Promise<{ readonly ok: boolean; readonly message: string }>
  /** Lets go of sockets and files. */
  close(): Promise<void>
}

/**
 * The other direction, for uploads. Keys are those of `get`; one that it never reads is never written either (`key-malformed`,
 * `source-forbidden`). Where the place itself fails it is `origin-failed` or what `get` says of it. An aborted signal rejects with its reason.
 */
export type Writer = {
  /** Is there an original with this key? Its bytes are not read. */
  has(key: string, signal: AbortSignal): Promise<boolean | Failure>
  /**
   * Keeps bytes under a key, in the place of those that were there. In one step: whoever reads meanwhile gets the old or the new, and a
   * process that dies leaves nothing that could be read.
   */
  put(key: string, bytes: Buffer, signal: AbortSignal): Promise<undefined | Failure>
  /** Removes an original; no failure when there was none. */
  delete(key: string, signal: AbortSignal): Promise<undefined | Failure>
}

/** Waits for memory for so many bytes in all; asked again, the new number counts. */
export type AskRoom = (bytes: number) => Promise<Failure | undefined>

/** What tells one version of an original from the next (RFC 9110, 8.8). */
export type Validators = { readonly etag?: string; readonly lastModified?: string }

/** How long the source says that its original stays good (RFC 9111); empty when it says nothing. */
export type Freshness = {
  /** Seconds from now, 0 or more. */
  readonly maxAgeSeconds?: number
  readonly immutable?: boolean
  /** `no-store` or `private`: never kept beyond the request. */
  readonly noStore?: boolean
}

export type Fetched = Original | { readonly kind: 'unchanged'; readonly validators: Validators; readonly freshness: Freshness }

export type Original = {
  readonly kind: 'original'
  readonly bytes: Buffer
  readonly validators: Validators
  readonly freshness: Freshness
}

/** An original that was found, and not read. */
export type FoundFile = {
  readonly kind: 'file'
  readonly file: FileVersion
  readonly validators: Validators & { readonly etag: string }
  readonly freshness: Freshness
}

/** Keeps the type of the options while checking the shape. */
export function defineSource<const F extends Fields>(kind: SourceKind<F>): SourceKind<F> {
  return kind
}
