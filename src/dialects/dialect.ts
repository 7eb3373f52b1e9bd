import type { Failure, FailureCode, FailureDetail } from '../errors.ts'
import type { AnyFilter } from '../filters/filter.ts'
import type { Facts, Findings } from '../geometry/facts.ts'
import type { Plan } from '../geometry/plan.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { Fields } from '../schema/field.ts'

/** A dialect: one way to say in a URL which picture is wanted. */
export type Dialect = {
  readonly name: string
  readonly doc: string
  /** Where its grammar is defined. */
  readonly spec: string
  /** Its own settings: `TINTYPE_NAME_…`, by its name. */
  readonly options?: Fields
  /**
   * The order in a request target; `undefined` means "not my URL", a `Failure` means "mine, and wrong".
   * @param target  Exactly as it came, undecoded: path, and query behind the first `?`.
   */
  parse(target: string, words: Words): Order | Failure | undefined
  /** A target that asks for this order; `parse(print(x))` equals `x`. A `Failure` where the dialect has no word for it. */
  print(order: Order, words: Words): string | Failure
  /** The path below which it lives, `/` for the root, where it has endpoints beside its pictures; `undefined` when it is switched off. */
  mount?(words: Words): string | undefined
  /** The statuses that clients of this dialect know, where they are others than the house's. */
  readonly statuses?: Statuses
  /** What it answers to an order of kind `explain`, as JSON, where that is another shape than the service's own. */
  explain?(order: Order, explained: Explained): Readonly<Record<string, unknown>>
}

/** What would be done for an order; nothing of it has been. */
export type Explained = {
  /** As it is after negotiation. */
  readonly recipe: Recipe
  readonly plan: Plan
  /** Of the original, then of each overlay. */
  readonly facts: readonly [Facts, ...Facts[]]
  readonly findings: Findings
}

/** HTTP statuses, 400..599, by code; where a code stands for several things, by what is known of the failure. `undefined` leaves the house's. */
export type Statuses = { readonly [code in FailureCode]?: number | ((detail: FailureDetail) => number | undefined) }

/** What the composer tells a dialect: the effects that can be asked for, and the operator's choices. */
export type Words = {
  readonly filters: readonly AnyFilter[]
  /** Named bundles: `{ thumb: 'w=200&fit=cover' }`, in the words of the native dialect. */
  readonly presets: Readonly<Record<string, string>>
  /** Only URLs of presets are understood. */
  readonly presetsOnly: boolean
  /** Parameters that others append and that mean nothing here; `utm_*` stands for all that begin so. */
  readonly ignored: readonly string[]
  /** The path below which the native dialect lives: `/i`. */
  readonly prefix: string
  /** Keys without a scheme or the name of a source lie in a source of their own; else there are whole URLs alone. */
  readonly hasDefaultSource?: boolean
  /** Name of the source that keeps what was uploaded; absent where nothing can be. */
  readonly uploads?: string
  /** What the fields of each dialect's own `options` read, by its name; absent where all are at their fallbacks. */
  readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** What a URL asks for. */
export type Order = {
  /** The original, as `name:path`, a path in the default source, or a whole http(s) URL; decoded. */
  readonly key: string
  readonly recipe: Recipe
  readonly delivery: Delivery
  /** Absent in dialects that are never signed. */
  readonly proof?: Proof
  /** What the dialect's rules make it leave out, in the words of the URL, for a header of every answer; absent when nothing was. */
  readonly dropped?: readonly string[]
}

/** How the answer is given; changes no pixel, and is no part of a result's key. */
export type Delivery = {
  /** `image`: the result. `explain`: JSON about it. `original`: the original's own bytes. */
  readonly kind: 'image' | 'explain' | 'original'
  /** The JSON comes as a call of this function, for pages that load it as a script: see `isCallback`. */
  readonly callback?: string
  /** Download under this name; the empty text lets the service choose it. Absent: shown inline. */
  readonly download?: string
  /** The URL names a version: the answer is immutable. */
  readonly version?: string
  /**
   * Seconds for which clients may keep the answer, whatever the original says short of `no-store`; 0: they ask again each time.
   * Absent: as long as the original is good.
   */
  readonly maxAge?: number
  /** With `maxAge`: say so in Expires too, for what was built on it. */
  readonly expiresHeader?: boolean
  /** Unix seconds after which the URL is no good. */
  readonly expires?: number
  /** Key of the original to use when the first is missing. */
  readonly fallback?: string
  /** What an error is answered with. */
  readonly onError: 'error' | 'redirect' | 'default' | 'transparent' | 'picture'
}

/** What a signature is made over, and the one that came. */
export type Proof = {
  readonly algorithm: 'sha256' | 'sha1'
  /** The text that is signed, in the dialect's own form. */
  readonly message: string
  /** Other texts of which a signature counts as well: forms of the same wish that may have been signed. Few, each is tried with every key. */
  readonly alternatives?: readonly string[]
  /** How the signature is spelled. Absent: `base64url`, without padding. */
  readonly digest?: 'base64url' | 'base64url-padded'
  /** Keys of the dialect's own, which count beside those of the house. */
  readonly keys?: readonly string[]
  /** The operator takes this URL unsigned, although there are keys. */
  readonly optional?: boolean
  /** As it came; absent when the URL is unsigned. */
  readonly signature?: string
}

export const plainDelivery: Delivery = { kind: 'image', onError: 'error' }

/** May a script call that? Names, dots and brackets alone, at most 64 characters: so that nothing else can be said in it. */
export function isCallback(text: string): boolean {
  return /^[\w.$[\]]{1,64}$/.test(text)
}
