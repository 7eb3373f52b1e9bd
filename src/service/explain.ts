import { isCallback, type Order } from '../dialects/dialect.ts'
import { Failure } from '../errors.ts'
import { plan } from '../geometry/planner.ts'
import { isDear } from '../pixels/places.ts'
import type { Inspected } from '../pixels/renderer.ts'
import { media } from '../recipe/output.ts'
import { printRecipe } from '../recipe/recipe.ts'
import type { Answer } from './ask.ts'
import type { Gate } from './gate.ts'
import type { Looks } from './looks.ts'
import type { Negotiated } from './negotiate.ts'
import type { Original, Originals } from './originals.ts'
import type { Parts } from './parts.ts'
import { always, withBody } from './problem.ts'
import type { Results, Wanted } from './results.ts'
import type { Trip } from './trip.ts'

/** What explaining needs of the service. */
export type Explaining = {
  readonly parts: Parts
  readonly originals: Originals
  readonly results: Results
  readonly gate: Gate
  readonly looks: Looks
  readonly trip: Trip
}

/**
 * The answer to `f=json`: the recipe, the plan, the facts of the originals, the exact size of the result and the name under which it
 * would be kept; or what the dialect says of these. The picture itself is never made.
 * Failures: `parameter-invalid` for a callback that is none, and whatever keeps the picture from being made.
 */
export async function explain(
  { parts, originals, results, gate, looks, trip }: Explaining,
  order: Order,
  dialect: string,
  negotiated: Negotiated,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Answer | Failure> {
  const { recipe } = wanted
  const { callback } = order.delivery
  if (callback !== undefined && !isCallback(callback)) {
    return new Failure('parameter-invalid', 'callback: expected the name of a function, at most 64 characters.', { parameter: 'callback' })
  }
  const held: Original[] = []
  async function inspect(): Promise<Inspected | Failure> {
    for (const located of [wanted.original, ...wanted.overlays]) {
      const original = await trip.timed('fetch', () => originals.get(located, undefined, signal, true))
      if (original instanceof Failure) return original
      if (original.kind === 'original') held.push(original)
    }
    const [first] = held
    const recalled = first && looks.recall({ recipe, name: wanted.original.name, version: first.version })
    const job = { recipe, originals: held.map(({ content }) => content), limits: parts.limits, findings: recalled?.findings ?? {} }
    const found = await gate.run(() => trip.timed('inspect', () => parts.renderer.inspect(job, signal)), signal, isDear(job.originals))
    if (!(found instanceof Failure)) recalled?.keep(found.findings)
    return found
  }
  const inspected = await inspect().finally(() => {
    for (const original of held) original.release()
  })
  if (inspected instanceof Failure) return inspected
  const planned = plan(recipe, { ...inspected, limits: parts.limits, effects: parts.effects })
  if (planned instanceof Failure) return planned
  const [facts, ...overlays] = inspected.facts
  if (facts === undefined) return new Failure('internal', 'There is nothing to explain without an original.')
  const own = parts.dialects.find(({ name }) => name === dialect)?.explain
  const explained = own?.(order, { recipe, plan: planned, facts: [facts, ...overlays], findings: inspected.findings }) ?? {
    key: order.key,
    dialect,
    canonical: printRecipe(recipe),
    recipe,
    negotiated: negotiated.vary,
    result: {
      ...planned.size,
      frames: planned.frames,
      format: planned.output.format,
      type: media[planned.output.format].type,
      alpha: planned.output.alpha,
    },
    original: facts,
    overlays,
    findings: inspected.findings,
    plan: planned,
    kept: { original: wanted.original.name, result: results.nameOf(recipe), engine: parts.engine },
  }
  const headers = {
    ...always,
    'content-type': callback === undefined ? 'application/json' : 'text/javascript',
    'cache-control': 'no-store',
    ...(negotiated.vary.length > 0 ? { vary: negotiated.vary.join(', ') } : {}),
  }
  const text = JSON.stringify(explained, undefined, 2)
  return withBody(200, headers, callback === undefined ? `${text}\n` : `${callback}(${text});\n`)
}
