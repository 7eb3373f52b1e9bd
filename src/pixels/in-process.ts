import { Failure, toFailure } from '../errors.ts'
import type { AnyFilter } from '../filters/filter.ts'
import type { SourceFormat } from '../geometry/facts.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { Detector } from './detectors/detector.ts'
import { effectsOf } from './effects.ts'
import { formatsOf } from './formats.ts'
import { damaged } from './inspect.ts'
import { Levels } from './levels.ts'
import { carriedBetween } from './passes.ts'
import { type Engine, inspected, render, renderHeld } from './render-job.ts'
import { BytesNeeded, type Formats, type HoldingRenderer, type Job, type ReadJob } from './renderer.ts'
import { loadSharp, type PassingLoader, type SharpModule, withLoaders } from './sharp.ts'

export type InProcessOptions = {
  readonly filters: readonly AnyFilter[]
  /** None unless said: a recipe that names one fails then. */
  readonly detectors?: readonly Detector[]
  readonly concurrency?: number
  /** Formats whose loaders are switched on in libvips; all unless said. */
  readonly read?: readonly SourceFormat[]
  /** Budget for decoded pixels that are kept for the next job; none unless said. */
  readonly levelBytes?: number
}

/**
 * The renderer that works where it stands: for a library, a command, a Lambda function, and inside each render process. It cannot be
 * stopped while libvips works; whoever needs that uses the pool.
 */
export async function openInProcess(options: InProcessOptions): Promise<HoldingRenderer> {
  const sharp = await loadSharp(options.read)
  const filters = new Map(options.filters.map((filter) => [filter.name, filter]))
  const effects = effectsOf(options.filters)
  const levels = new Levels(options.levelBytes ?? 0)
  const engine: Engine = { sharp, filters, detectors: options.detectors ?? [], effects, levels }
  let busy = 0

  async function work<T>(signal: AbortSignal, job: () => Promise<T | Failure>): Promise<T | Failure> {
    signal.throwIfAborted()
    busy += 1
    try {
      return await job()
    } catch (thrown) {
      if (signal.aborted) throw signal.reason
      return whose(thrown)
    } finally {
      busy -= 1
    }
  }

  return {
    concurrency: options.concurrency ?? 2,
    spare: 0, // two that never end would hold the threads of all others
    render: (job, signal) =>
      work(signal, () => withBytes(job, (read) => withLoaders(sharp, loadersFor(job.recipe), () => render(engine, read, signal)))),
    renderHeld: (job, signal) => work(signal, () => renderHeld(engine, job, signal)),
    inspect: (job, signal) => work(signal, () => withBytes(job, (read) => inspected(engine, read, signal))),
    sanitise: (svg, limits, signal) =>
      work(signal, async () => {
        const { sanitiseSvg } = await import('./sanitise-svg.ts')
        const safe = sanitiseSvg(svg, limits.svgBytes)
        return safe instanceof Failure ? safe : Buffer.from(safe)
      }),
    ready: async (signal) => (await work(signal, () => onePixel(sharp))) === true,
    formats: async (): Promise<Formats> => formatsOf(sharp),
    forget: (name) => levels.forget(name),
    figures: () => ({
      ...{ busy, processes: 0, kills: 0, crashes: 0, starts: 0, rssBytes: 0 },
      ...{ levelHits: levels.counts.hits, levelsMade: levels.counts.made, levelBytes: levels.bytes },
    }),
    close: async () => {},
  }
}

/** No file is read here: that would hold up all else. */
async function withBytes<T>(job: Job, work: (job: ReadJob) => Promise<T | Failure>): Promise<T | Failure> {
  const originals = job.originals.filter((original) => Buffer.isBuffer(original))
  return originals.length < job.originals.length ? new BytesNeeded() : work({ ...job, originals })
}

/** libvips complains of originals; a wrong call of sharp, or of anything else, is a fault of ours and must not be laid at their door. */
function whose(thrown: unknown): Failure {
  if (thrown instanceof Failure || !(thrown instanceof Error)) return toFailure(thrown)
  if (thrown.name !== 'Error' || /^Expected .* but received /.test(thrown.message)) return toFailure(thrown)
  if (/differs from page/.test(thrown.message)) {
    return new Failure('page-outside', 'pages: expected pages of one size; these differ, so ask for one of them.', {
      parameter: 'pages',
      cause: thrown,
    })
  }
  return /exceeds pixel limit/.test(thrown.message)
    ? new Failure('original-too-many-pixels', 'The original has more pixels than are read.', { cause: thrown })
    : damaged(thrown)
}

/** What a recipe needs to be read beside its originals. */
function loadersFor({ output }: Recipe): readonly PassingLoader[] {
  return [...(output.gainMap ? ['gainMap' as const] : []), ...(carriedBetween(output) === 'pixels' ? [] : ['pass' as const])]
}

async function onePixel(sharp: SharpModule): Promise<boolean> {
  const { info } = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'white' } })
    .jpeg()
    .toBuffer({ resolveWithObject: true })
  return info.size > 0
}
