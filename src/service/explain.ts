import type { Order } from '../dialects/dialect.ts'
import { Failure } from '../errors.ts'
import { plan } from '../geometry/planner.ts'
import { isDear } from '../pixels/places.ts'
import type { Inspected } from '../pixels/renderer.ts'
import { media } from '../recipe/output.ts'
import { printRecipe } from '../recipe/recipe.ts'
import type { Answer } from './ask.ts'
import type { Gate } from './gate.ts'
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
  readonly trip: Trip
}

/**
 * The answer to `f=json`: the recipe, the plan, the facts of the originals, the exact size of the result and the name under which it
 * would be kept. The picture itself is never made.
 */
export async function explain(
  { parts, originals, results, gate, trip }: Explaining,
  order: Order,
  dialect: string,
  negotiated: Negotiated,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Answer | Failure> {
  const { recipe } = wanted
  const held: Original[] = []
  async function inspect(): Promise<Inspected | Failure> {
    for (const located of [wanted.original, ...wanted.overlays]) {
      const original = await trip.timed('fetch', () => originals.get(located, undefined, signal))
      if (original instanceof Failure) return original
      if (original.kind === 'original') held.push(original)
    }
    const job = { recipe, originals: held.map(({ bytes }) => bytes), limits: parts.limits }
    return gate.run(() => trip.timed('inspect', () => parts.renderer.inspect(job, signal)), signal, isDear(job.originals))
  }
  const inspected = await inspect().finally(() => {
    for (const original of held) original.release()
  })
  if (inspected instanceof Failure) return inspected
  const planned = plan(recipe, { ...inspected, limits: parts.limits, effects: parts.effects })
  if (planned instanceof Failure) return planned
  const explained = {
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
    original: inspected.facts[0],
    overlays: inspected.facts.slice(1),
    findings: inspected.findings,
    plan: planned,
    kept: { original: wanted.original.name, result: results.nameOf(recipe), engine: parts.engine },
  }
  const headers = {
    ...always,
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...(negotiated.vary.length > 0 ? { vary: negotiated.vary.join(', ') } : {}),
  }
  return withBody(200, headers, `${JSON.stringify(explained, undefined, 2)}\n`)
}
