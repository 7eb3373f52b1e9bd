import { Failure } from '../errors.ts'
import type { Facts, Findings } from '../geometry/facts.ts'
import type { Limits } from '../geometry/limits.ts'
import type { Format } from '../recipe/output.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { FileVersion } from '../schema/file-version.ts'

/**
 * The renderer: the seam between the service and the pixels. It has two forms: `in-process`, for a library, a command or a Lambda
 * function, and `pool`, render processes that a server can lose without harm. Both give the same bytes.
 */
export type Renderer = {
  /** How many jobs it works on at once; whoever calls keeps to that. */
  readonly concurrency: number
  /** How many more while all of those are dear jobs, such as `isDear` names; that many more, no dear ones. */
  readonly spare: number
  /** Originals that lie in files are better left there: it reads them itself. */
  readonly readsFiles?: true
  /**
   * One round trip: inspects the originals, plans, renders.
   * Failures: `original-not-image`, `original-damaged`, `original-too-many-pixels`, `original-too-many-frames`, `original-too-costly`,
   * `region-outside`, `page-outside`, `output-too-large`, `render-timeout`, `render-crashed`; `BytesNeeded` where an original is a file.
   */
  render(job: Job, signal: AbortSignal): Promise<Rendered | Failure>
  /** The same as far as facts and findings, without making the picture. */
  inspect(job: Job, signal: AbortSignal): Promise<Inspected | Failure>
  /** An SVG original made harmless, to be passed on as it is. */
  sanitise(svg: Buffer, limits: Limits, signal: AbortSignal): Promise<Buffer | Failure>
  /** Lets go of the decoded pixels of an original, whichever version. */
  forget(name: string): void
  /** Renders one pixel for real. */
  ready(signal: AbortSignal): Promise<boolean>
  /** What this machine can really read and write. */
  formats(signal: AbortSignal): Promise<Formats>
  figures(): RendererFigures
  close(): Promise<void>
}

export type Job = {
  readonly recipe: Recipe
  /** The original, then those of the recipe's overlays in their order. */
  readonly originals: readonly JobOriginal[]
  readonly limits: Limits
  /** What looks at these originals for this recipe have found before, as far as it is known; see `looksOf`. */
  readonly findings?: Findings
  /** What the original is known by, where its decoded pixels may be kept for the next job. */
  readonly origin?: Origin
}

/** An original of a job: its bytes, or the file of this machine that holds them, where no copy of it need go from process to process. */
export type JobOriginal = Buffer | FileVersion

/**
 * What a renderer fails with that was given a file and needs the bytes: it cannot read the file, or not that version of it; or there is an SVG in it, which
 * whoever asks must know of, see `isDear`.
 */
export class BytesNeeded extends Failure {
  constructor() {
    super('origin-failed', 'The original could not be read where it lies.')
  }
}

/** A job whose originals are all at hand. */
export type ReadJob = Job & { readonly originals: readonly Buffer[] }

/** A job whose original lies with the renderer, as decoded pixels; overlays it has none. */
export type HeldJob = Pick<Job, 'recipe' | 'limits' | 'findings'> & Required<Pick<Job, 'origin'>>

/** A renderer that can tell whether what it holds is enough. */
export type HoldingRenderer = Renderer & {
  /** The same as `render`, without the original's bytes; `undefined` where they are needed after all. */
  renderHeld(job: HeldJob, signal: AbortSignal): Promise<Rendered | Failure | undefined>
}

/** An original and its version, by the names that the service gives them; equal ones have equal bytes. */
export type Origin = { readonly name: string; readonly version: string }

export type Inspected = {
  /** Of each original, in the job's order. */
  readonly facts: readonly Facts[]
  readonly findings: Findings
}

export type Rendered = Inspected & {
  readonly bytes: Buffer
  readonly format: Format
  /** Size of one frame of the result, as the plan stated it. */
  readonly width: number
  readonly height: number
  readonly frames: number
  /** The original was already right and smaller: these are its own bytes. */
  readonly passedOn: boolean
  /** Milliseconds of wall-clock time in the renderer, by stage. */
  readonly timings: { readonly inspect: number; readonly render: number }
}

export type Formats = {
  /** Versions of sharp, libvips and the codecs. */
  readonly versions: Readonly<Record<string, string>>
  readonly read: readonly string[]
  readonly write: readonly string[]
}

export type RendererFigures = {
  readonly busy: number
  readonly processes: number
  /** Since the start: jobs killed for time or memory, processes that died by themselves, processes started. */
  readonly kills: number
  readonly crashes: number
  readonly starts: number
  /** Resident memory of all render processes; 0 in process. */
  readonly rssBytes: number
  /** Plans that began at a level, and levels made, since the start; bytes of all that are kept. */
  readonly levelHits: number
  readonly levelsMade: number
  readonly levelBytes: number
}
