import type { Dialect, Words } from '../dialects/dialect.ts'
import type { Known } from '../geometry/known.ts'
import type { Limits } from '../geometry/limits.ts'
import type { Renderer } from '../pixels/renderer.ts'
import type { Source } from '../sources/source.ts'
import type { Store } from '../stores/store.ts'
import type { Answer } from './ask.ts'
import type { UploadSettings } from './beside-fields.ts'
import type { Blocked } from './blocked.ts'
import type { WritePermit } from './may-write.ts'
import type { AccessSettings, CacheSettings, QueueSettings, RateSettings } from './settings.ts'
import type { Watch } from './watch.ts'

/** All that a service is made of; `compose.ts` puts it together. */
export type Parts = {
  /** The first that understands a target answers. */
  readonly dialects: readonly Dialect[]
  readonly words: Words
  /** By name; a key `name:path` belongs to `name`. */
  readonly sources: ReadonlyMap<string, Source>
  /** Where keys without a name belong; `undefined` when there is no such source. */
  readonly defaultSource: string | undefined
  /** Where whole http(s) URLs belong; `undefined` when none may be fetched. */
  readonly urlSource: string | undefined
  readonly store: Store
  readonly renderer: Renderer
  readonly effects: Known['effects']
  readonly limits: Limits
  readonly cache: CacheSettings
  readonly queue: QueueSettings
  readonly rate: RateSettings
  readonly access: AccessSettings
  /** Longest request target, in bytes. */
  readonly urlBytes: number
  /** Versions of all that shapes pixels: part of every result's name. */
  readonly engine: string
  readonly watch: Watch
  /** The text of `/metrics` with its media type; `undefined` when metrics are switched off. */
  readonly metrics: (() => Promise<{ readonly type: string; readonly text: string }>) | undefined
  /** Lets all that serve at this address forget an original by its name, this service included; how many entries there were. This service alone unless given. */
  readonly forgetAll?: ((name: string, signal: AbortSignal) => Promise<number>) | undefined
  /** The page at `/`; `undefined` for none. */
  readonly landing: (() => Promise<Answer>) | undefined
  /** What there is beside pictures; nothing unless given. */
  readonly beside?: Beside | undefined
  /** Originals that are never shown; all are unless given. */
  readonly blocked?: Blocked | undefined
  /** Milliseconds since 1970; given by tests. */
  readonly now: () => number
}

/** What there is beside pictures, and where. */
export type Beside = {
  /** Mounts of the dialects that have it: `/thumbor`, or the empty text for the root. */
  readonly bases: readonly string[]
  readonly permit: WritePermit
  /** Their source must be one that can be written to; `undefined` for none. */
  readonly upload: UploadSettings | undefined
}
