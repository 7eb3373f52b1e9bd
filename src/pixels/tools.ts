import type { AnyFilter } from '../filters/filter.ts'
import type { Detector } from './detectors/detector.ts'
import type { Inspection } from './inspect.ts'
import type { Levels } from './levels.ts'
import type { Origin } from './renderer.ts'
import type { SharpModule } from './sharp.ts'

/** What the passes need, beside the plan. */
export type Tools = {
  readonly sharp: SharpModule
  readonly filters: ReadonlyMap<string, AnyFilter>
  readonly detectors: readonly Detector[]
  /** The original, then the overlays'; none where only levels are at hand. */
  readonly originals: readonly Buffer[]
  /** Levels of the original, where there are any. */
  readonly from?: LevelSource
  /** Most px that libvips may decode. */
  readonly mostPixels: number
  /** Gives up between two passes. */
  readonly signal: AbortSignal
}

/** What must be known of an original to work on its levels. */
export type Held = Pick<Inspection, 'facts' | 'exif'>

/** The levels that a job may begin at, and what they are known by. */
export type LevelSource = {
  readonly levels: Levels
  readonly origin: Origin
  readonly held: Held
  /** The job itself: several plans of one job are not a family. */
  readonly job: object
}
