import { Failure } from '../errors.ts'
import { type Format, media, type Output } from '../recipe/output.ts'
import type { Recipe } from '../recipe/recipe.ts'
import { step as stepOf } from '../recipe/steps.ts'
import { white } from '../schema/colour.ts'
import { chooseFormat } from './choose-format.ts'
import type { Known } from './known.ts'
import { drawnSize, planLoad, shrinkOnLoad } from './load.ts'
import type { Plan, PlannedOutput } from './plan.ts'
import { Road } from './road.ts'

/**
 * The plan of a recipe on one original: pure arithmetic, the exact size of the result included.
 * @param steps  How many of the recipe's steps to plan; fewer for a look at the picture as it stands before one of them.
 * Failures: `page-outside`, `region-outside`, `output-too-large`, `original-too-many-frames`, `original-too-many-pixels`, `parameter-unknown`.
 */
export function plan(recipe: Recipe, known: Known, steps = recipe.steps.length): Plan | Failure {
  const original = known.facts[0]
  if (original === undefined) return new Failure('internal', 'A plan needs the facts of an original.')
  const page = recipe.steps.find((step) => step.kind === 'page') ?? stepOf('page')
  const load = planLoad(page, original, recipe.output, known.limits)
  if (load instanceof Failure) return load

  const road = new Road(recipe, known, original, load, drawnSize(page, original))
  for (const step of recipe.steps.slice(0, steps)) {
    const failure = road.take(step)
    if (failure !== undefined) return failure
  }
  const whole = steps === recipe.steps.length
  if (whole) {
    const failure = road.keepWithinLimits()
    if (failure !== undefined) return failure
  }
  const size = road.passes.size
  // Only a result can be too large for AVIF; a picture on its way to one is not written.
  const limits = whole ? known.limits : { ...known.limits, avifPixels: Number.POSITIVE_INFINITY }
  const { opaque } = known.findings
  const holding = { alpha: road.passes.alpha, opaque, frames: load.pages, size, original: original.format }
  const format = chooseFormat(recipe.output, holding, limits)
  if (format instanceof Failure) return format
  const alpha = road.passes.alpha && media[format].alpha
  if (!alpha && recipe.output.underClear === 'white') road.passes.flatten(white)

  const output = plannedOutput(recipe.output, format, alpha)
  const { passes: planned, apartFrom } = road.passes.finish()
  const passes = shrinkOnLoad(planned, load, original)
  const untouched = passes.length === 0 && load.pages === original.pages && output.loop === undefined && output.fps === undefined
  return { load, passes, apartFrom, size, frames: load.pages, output, untouched, told: road.told }
}

/** The output with all that waited for the format. */
function plannedOutput(asked: Output, format: Format, alpha: boolean): PlannedOutput {
  const { format: _asked, accepts: _accepts, prefer: _prefer, qualities, ...rest } = asked
  const own = format === 'jpeg' || format === 'webp' || format === 'avif' ? qualities[format] : undefined
  return { ...rest, quality: own ?? rest.quality, format, alpha }
}
