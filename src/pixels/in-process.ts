import { Failure, toFailure } from '../errors.ts'
import type { AnyFilter } from '../filters/filter.ts'
import type { Facts, SourceFormat } from '../geometry/facts.ts'
import type { Plan } from '../geometry/plan.ts'
import { type Known, plan } from '../geometry/planner.ts'
import type { Recipe } from '../recipe/recipe.ts'
import { effectsOf } from './effects.ts'
import { encode } from './encode.ts'
import { withoutThumbnail } from './exif-thumbnail.ts'
import { formatsOf } from './formats.ts'
import { damaged, type Inspection, inspect } from './inspect.ts'
import { Levels } from './levels.ts'
import { look } from './look.ts'
import { carriedBetween, runPasses } from './passes.ts'
import { pictureOnly } from './picture-only.ts'
import type { Formats, Inspected, Job, Rendered, Renderer } from './renderer.ts'
import { loadSharp, type PassingLoader, type SharpModule, withLoaders } from './sharp.ts'
import type { Tools } from './tools.ts'

export type InProcessOptions = {
  readonly filters: readonly AnyFilter[]
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
export async function openInProcess(options: InProcessOptions): Promise<Renderer> {
  const sharp = await loadSharp(options.read)
  const filters = new Map(options.filters.map((filter) => [filter.name, filter]))
  const effects = effectsOf(options.filters)
  const levels = new Levels(options.levelBytes ?? 0)
  const engine: Engine = { sharp, filters, effects, levels }
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
    render: (job, signal) => work(signal, () => withLoaders(sharp, loadersFor(job.recipe), () => render(engine, job, signal))),
    inspect: (job, signal) => work(signal, () => inspected(engine, job, signal)),
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

/** What works on every job. */
type Engine = {
  readonly sharp: SharpModule
  readonly filters: ReadonlyMap<string, AnyFilter>
  readonly effects: Known['effects']
  readonly levels: Levels
}

async function prepare(
  { sharp, filters, effects, levels }: Engine,
  { recipe, originals, limits, origin }: Job,
  signal: AbortSignal,
): Promise<{ tools: Tools; inspections: Inspection[]; known: Known } | Failure> {
  const inspections: Inspection[] = []
  const page = recipe.steps.find((step) => step.kind === 'page')?.index ?? 0
  for (const original of originals) {
    const found = await inspect(sharp, original, limits, inspections.length === 0 ? page : 0)
    if (found instanceof Failure) return found
    const { width, height } = found.facts
    if (inspections.length > 0 && width * height > limits.sourcePixels) {
      return new Failure('original-too-many-pixels', `An overlay has ${width * height} pixels; at most ${limits.sourcePixels} are read.`)
    }
    inspections.push(found)
  }
  const facts = inspections.map((inspection) => inspection.facts)
  const safe = inspections.map((inspection) => inspection.safe)
  const [first] = facts
  const from = origin === undefined || first === undefined ? {} : { from: { levels, origin, facts: first, job: {} } }
  const tools: Tools = { sharp, filters, originals: safe, ...from, mostPixels: limits.sourcePixels, signal }
  // The limits are looked at before any pixel is, looks included.
  const bounds = plan(recipe, { facts, findings: {}, limits, effects }, 0)
  if (bounds instanceof Failure) return bounds
  const findings = await look(tools, recipe, facts, limits, effects)
  return findings instanceof Failure ? findings : { tools, inspections, known: { facts, findings, limits, effects } }
}

async function inspected(engine: Engine, job: Job, signal: AbortSignal): Promise<Inspected | Failure> {
  const ready = await prepare(engine, job, signal)
  return ready instanceof Failure ? ready : { facts: ready.known.facts, findings: ready.known.findings }
}

async function render(engine: Engine, job: Job, signal: AbortSignal): Promise<Rendered | Failure> {
  const began = performance.now()
  const ready = await prepare(engine, job, signal)
  if (ready instanceof Failure) return ready
  const { tools, known, inspections } = ready
  const [first] = inspections
  const planned = plan(job.recipe, known)
  if (planned instanceof Failure) return planned
  if (first === undefined) return new Failure('internal', 'A job needs an original.')
  const refusal = gainMapRefusal(planned, first.facts)
  if (refusal !== undefined) return refusal
  const inspectedAt = performance.now()

  const oriented = job.recipe.steps.some((step) => step.kind === 'orient')
  const { facts } = first
  const { safe, exif } = withoutThumbnail(first, planned.output.metadata)
  const image = await runPasses({ ...tools, originals: [safe, ...tools.originals.slice(1)] }, planned)
  const made = await encode(engine.sharp, image, planned, { facts, oriented, ...(exif === undefined ? {} : { exif }) })
  if (made instanceof Failure) return made
  const passedOn = first.bytes.length <= made.length && isAlreadyRight(planned, first)
  return {
    facts: known.facts,
    findings: known.findings,
    bytes: passedOn ? first.bytes : made,
    format: planned.output.format,
    ...planned.size,
    frames: planned.frames,
    passedOn,
    timings: { inspect: inspectedAt - began, render: performance.now() - inspectedAt },
  }
}

/** Is the original, as it is, what was asked for: same pixels, same format, nothing private in it? */
function isAlreadyRight({ untouched, output }: Plan, { bytes, facts }: Inspection): boolean {
  const asked = output.colours !== undefined || output.profile === 'p3'
  const plain = (facts.space === 'srgb' || facts.space === 'b-w') && facts.depth === 'uchar' && !facts.profile
  return untouched && !asked && plain && facts.format === output.format && pictureOnly(bytes, facts.format)
}

/** libvips carries a gain map through cutting, scaling, turning and padding alone. */
function gainMapRefusal({ output, passes }: Plan, facts: Facts): Failure | undefined {
  if (!output.gainMap || !facts.gainMap || output.format !== 'jpeg') return
  const carried = new Set(['cut', 'resize', 'turn', 'extract', 'extend'])
  if (passes.length <= 1 && passes.every((pass) => pass.kind === 'pipeline' && pass.ops.every((op) => carried.has(op.op)))) return
  return new Failure(
    'parameter-conflict',
    'hdr: expected only sizes, crops, turns and padding beside it: nothing else carries a gain map.',
    { parameter: 'hdr' },
  )
}

async function onePixel(sharp: SharpModule): Promise<boolean> {
  const { info } = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'white' } })
    .jpeg()
    .toBuffer({ resolveWithObject: true })
  return info.size > 0
}
