import { Failure } from '../errors.ts'
import type { AnyFilter } from '../filters/filter.ts'
import type { Facts } from '../geometry/facts.ts'
import type { Known } from '../geometry/known.ts'
import type { Plan } from '../geometry/plan.ts'
import { plan } from '../geometry/planner.ts'
import type { Recipe } from '../recipe/recipe.ts'
import { OriginalNeeded } from './begin.ts'
import type { Detector } from './detectors/detector.ts'
import { encode } from './encode.ts'
import { withoutThumbnail } from './exif-thumbnail.ts'
import { type Inspection, inspect } from './inspect.ts'
import type { Levels } from './levels.ts'
import { look } from './look.ts'
import { runPasses } from './passes.ts'
import { pictureOnly } from './picture-only.ts'
import type { HeldJob, Inspected, ReadJob, Rendered } from './renderer.ts'
import type { SharpModule } from './sharp.ts'
import type { Held, Tools } from './tools.ts'

/** What works on every job. */
export type Engine = {
  readonly sharp: SharpModule
  readonly filters: ReadonlyMap<string, AnyFilter>
  readonly detectors: readonly Detector[]
  readonly effects: Known['effects']
  readonly levels: Levels
}

/** Reads the headers of all originals. @param decodes  Their pixels are wanted as well. */
async function inspectAll({ sharp }: Engine, { recipe, originals, limits }: ReadJob, decodes: boolean): Promise<Inspection[] | Failure> {
  const inspections: Inspection[] = []
  for (const original of originals) {
    const found = await inspect(sharp, original, limits, inspections.length === 0 ? pageOf(recipe) : 0, decodes)
    if (found instanceof Failure) return found
    const { width, height } = found.facts
    if (inspections.length > 0 && width * height > limits.sourcePixels) {
      return new Failure('original-too-many-pixels', `An overlay has ${width * height} pixels; at most ${limits.sourcePixels} are read.`)
    }
    inspections.push(found)
  }
  return inspections
}

function pageOf({ steps }: Recipe): number {
  return steps.find((step) => step.kind === 'page')?.index ?? 0
}

type Ready = { readonly tools: Tools; readonly known: Known }

/** Looks at the pixels where the recipe lets the picture decide. */
async function prepare(
  { sharp, filters, detectors, effects, levels }: Engine,
  { recipe, limits, origin, findings: before = {} }: Omit<ReadJob, 'originals'>,
  facts: readonly Facts[],
  originals: readonly Buffer[],
  held: Held | undefined,
  signal: AbortSignal,
): Promise<Ready | Failure> {
  const from = origin === undefined || held === undefined ? {} : { from: { levels, origin, held, job: {} } }
  const tools: Tools = { sharp, filters, detectors, originals, ...from, mostPixels: limits.sourcePixels, signal }
  // The limits are looked at before any pixel is, looks included.
  const bounds = plan(recipe, { facts, findings: {}, limits, effects }, 0)
  if (bounds instanceof Failure) return bounds
  const findings = await look(tools, recipe, { facts, findings: before, limits, effects })
  return findings instanceof Failure ? findings : { tools, known: { facts, findings, limits, effects } }
}

async function inspectAndPrepare(
  engine: Engine,
  job: ReadJob,
  decodes: boolean,
  signal: AbortSignal,
): Promise<(Ready & { readonly first: Inspection }) | Failure> {
  const inspections = await inspectAll(engine, job, decodes)
  if (inspections instanceof Failure) return inspections
  const [first] = inspections
  if (first === undefined) return new Failure('internal', 'A job needs an original.')
  const facts = inspections.map((inspection) => inspection.facts)
  const safe = inspections.map((inspection) => inspection.safe)
  const ready = await prepare(engine, job, facts, safe, first, signal)
  return ready instanceof Failure ? ready : { ...ready, first }
}

/** Facts and findings, without the picture. */
export async function inspected(engine: Engine, job: ReadJob, signal: AbortSignal): Promise<Inspected | Failure> {
  const ready = await inspectAndPrepare(engine, job, false, signal)
  return ready instanceof Failure ? ready : { facts: ready.known.facts, findings: ready.known.findings }
}

/** The picture: inspected, looked at, planned, rendered and encoded; or the original, where that is already what was asked for and smaller. */
export async function render(engine: Engine, job: ReadJob, signal: AbortSignal): Promise<Rendered | Failure> {
  const began = performance.now()
  const ready = await inspectAndPrepare(engine, job, true, signal)
  if (ready instanceof Failure) return ready
  const { tools, known, first } = ready
  const planned = plan(job.recipe, known)
  if (planned instanceof Failure) return planned
  const refusal = gainMapRefusal(planned, first.facts)
  if (refusal !== undefined) return refusal
  const inspectedAt = performance.now()

  const { safe, exif } = withoutThumbnail(first, planned.output.metadata)
  const made = await carryOut({ ...tools, originals: [safe, ...tools.originals.slice(1)] }, job.recipe, planned, first.facts, exif)
  if (made instanceof Failure) return made
  const passedOn = first.bytes.length <= made.length && isAlreadyRight(planned, first)
  const bytes = passedOn ? first.bytes : made
  return { ...told(known, planned, bytes, began, inspectedAt), passedOn }
}

/** The same of an original that is not at hand, from its decoded pixels; `undefined` where they do not do. */
export async function renderHeld(engine: Engine, job: HeldJob, signal: AbortSignal): Promise<Rendered | Failure | undefined> {
  const began = performance.now()
  const facts = engine.levels.factsOf({ origin: job.origin, page: pageOf(job.recipe) })
  if (facts === undefined) return undefined
  try {
    const ready = await prepare(engine, job, [facts], [], { facts }, signal)
    if (ready instanceof Failure) return ready
    const { tools, known } = ready
    const planned = plan(job.recipe, known)
    if (planned instanceof Failure) return planned
    // What is untouched may be passed on, and a gain map is in the original alone.
    if (planned.untouched || planned.output.gainMap) return undefined
    const inspectedAt = performance.now()
    const made = await carryOut(tools, job.recipe, planned, facts, undefined)
    return made instanceof Failure ? made : { ...told(known, planned, made, began, inspectedAt), passedOn: false }
  } catch (thrown) {
    if (thrown instanceof OriginalNeeded) return undefined
    throw thrown
  }
}

async function carryOut(tools: Tools, recipe: Recipe, planned: Plan, facts: Facts, exif: Buffer | undefined): Promise<Buffer | Failure> {
  const oriented = recipe.steps.some((step) => step.kind === 'orient')
  return encode(tools.sharp, await runPasses(tools, planned), planned, { facts, oriented, ...(exif === undefined ? {} : { exif }) })
}

function told({ facts, findings }: Known, planned: Plan, bytes: Buffer, began: number, inspectedAt: number): Omit<Rendered, 'passedOn'> {
  return {
    facts,
    findings,
    bytes,
    format: planned.output.format,
    ...planned.size,
    frames: planned.frames,
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
