import { Failure } from '../errors.ts'
import { media } from '../recipe/output.ts'
import type { Recipe } from '../recipe/recipe.ts'
import { type Step, type StepOf, step as stepOf } from '../recipe/steps.ts'
import { type Colour, clear, white } from '../schema/colour.ts'
import type { Facts, Findings, Rect, Size } from './facts.ts'
import { fitted } from './fit.ts'
import { planLayer, planWords } from './layers.ts'
import type { Limits } from './limits.ts'
import { chooseFormat, drawnSize, planLoad, shrinkOnLoad } from './load.ts'
import { Passes } from './passes.ts'
import type { Load, Plan, PlannedOutput } from './plan.ts'
import { cropAround, place, side } from './rect.ts'
import { regionRect } from './region.ts'
import type { EffectFacts } from './slots.ts'
import { flip, flop, noTurn, thenTurn, uprightTurn } from './turn.ts'

/** What a plan is made from, beside the recipe. */
export type Known = {
  /** Of the original, then of each overlay in the order of the recipe's steps. */
  readonly facts: readonly Facts[]
  /** What the looks found: see `looks`. */
  readonly findings: Findings
  readonly limits: Limits
  readonly effects: ReadonlyMap<string, EffectFacts>
}

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

  const road = new Road(recipe, known, original, load)
  road.passes.scale(drawnSize(page, original), 'lanczos3')
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
  const format = chooseFormat(recipe.output, road.passes.alpha, load.pages, size, limits)
  if (format instanceof Failure) return format
  const alpha = road.passes.alpha && media[format].alpha
  if (!alpha) road.passes.flatten(white)

  const { format: _asked, accepts: _accepts, ...rest } = recipe.output
  const output: PlannedOutput = { ...rest, format, alpha }
  const { passes: planned, apartFrom } = road.passes.finish()
  const passes = shrinkOnLoad(planned, load, original)
  const untouched = passes.length === 0 && load.pages === original.pages && rest.loop === undefined && rest.fps === undefined
  return { load, passes, apartFrom, size, frames: load.pages, output, untouched }
}

/** The steps of a recipe taken one after the other on one original. */
class Road {
  readonly passes: Passes
  #overlays = 0
  readonly #looks = new Set<string>()
  readonly #recipe: Recipe
  readonly #known: Known
  readonly #original: Facts
  readonly #load: Load

  constructor(recipe: Recipe, known: Known, original: Facts, load: Load) {
    this.#recipe = recipe
    this.#known = known
    this.#original = original
    this.#load = load
    this.passes = new Passes(load.size, load.pages, original.alpha, original.vector ? known.limits.svgPixels : undefined)
  }

  /** One step more. */
  take(step: Step): Failure | undefined {
    return this.#take(step) ?? this.#keepBounded(this.passes.size)
  }

  /**
   * What grows on the way is bounded too, so that no later crop hides what it costs: a line of 50,000 px, turned by 45 degrees, is a
   * picture of a gigapixel. Three times the original is room enough for turning a common shape.
   */
  #keepBounded(size: Size): Failure | undefined {
    const { pages, size: loaded } = this.#load
    const most = Math.max(this.#known.limits.outputPixels, 3 * loaded.width * loaded.height * pages)
    return size.width * size.height * pages > most ? this.#tooLarge(size) : undefined
  }

  #take(step: Step): Failure | undefined {
    const { passes } = this
    switch (step.kind) {
      case 'page':
        return
      case 'orient':
        return passes.turn(uprightTurn(step.tag === 'auto' ? this.#original.orientation : Number(step.tag)))
      case 'trim':
        return this.#lookOnce('trim') ?? this.#cut(this.#known.findings.trim ?? { left: 0, top: 0, ...passes.size })
      case 'region':
        return this.#cut(regionRect(step, passes.size))
      case 'resize':
        return this.#resize(step)
      case 'mirror':
        return passes.turn(thenTurn(step.flip ? flip : noTurn, step.flop ? flop : noTurn))
      case 'rotate':
        return this.#rotate(step)
      case 'pad': {
        const [top, right, bottom, left] = [step.top, step.right, step.bottom, step.left].map((width) => Math.round(width * this.#dpr)) as [
          number,
          number,
          number,
          number,
        ]
        const { width, height } = passes.size
        return this.#extend({ width: width + left + right, height: height + top + bottom }, { left, top }, step.background)
      }
      case 'radius':
        return passes.add({ op: 'radius', corners: corners(step, passes.size, this.#dpr) })
      case 'flatten':
        return passes.flatten(step.background)
      case 'filter': {
        const effect = this.#known.effects.get(step.name)
        if (effect === undefined) return new Failure('parameter-unknown', `There is no filter "${step.name}".`, { parameter: step.name })
        if (effect.slot === 'pixels') passes.pixels(step.name, step.args)
        else passes.add({ op: 'effect', slot: effect.slot, name: step.name, args: step.args })
        passes.alpha ||= effect.addsAlpha
        return
      }
      case 'overlay': {
        this.#overlays += 1
        const facts = this.#known.facts[this.#overlays]
        if (facts === undefined) return new Failure('internal', 'A plan needs the facts of each overlay.')
        const layer = planLayer(step, this.#overlays, facts, passes.size, this.#dpr)
        return layer && passes.add(layer)
      }
      case 'text':
        return passes.add(planWords(step, passes.size, this.#dpr))
      default:
        return step satisfies never
    }
  }

  /** A result whose size nobody asked for shrinks to the limits; one that was asked for beyond them is refused. */
  keepWithinLimits(): Failure | undefined {
    const { outputSide, outputPixels } = this.#known.limits
    const { width, height } = this.passes.size
    const scale = Math.min(outputSide / Math.max(width, height), Math.sqrt(outputPixels / (width * height * this.#load.pages)))
    if (scale >= 1) return
    if (this.#recipe.steps.some((step) => step.kind === 'resize' || step.kind === 'pad')) return this.#tooLarge()
    this.passes.scale({ width: side(width * scale, 'floor'), height: side(height * scale, 'floor') }, 'lanczos3')
    return
  }

  get #dpr(): number {
    return this.#recipe.dpr === 'auto' ? 1 : this.#recipe.dpr
  }

  #tooLarge(size = this.passes.size, { outputSide, outputPixels } = this.#known.limits): Failure {
    const { pages } = this.#load
    const expected = `at most ${outputSide} px a side and ${outputPixels} px in all`
    return new Failure(
      'output-too-large',
      `The result would be ${size.width}x${size.height}${pages > 1 ? ` in ${pages} frames` : ''}; expected ${expected}.`,
      { expected },
    )
  }

  #cut(rect: Rect): Failure | undefined {
    const { width, height } = this.passes.size
    if (this.passes.cut(rect)) return
    return new Failure('region-outside', `The region lies outside the picture, which is ${width}x${height}.`, {
      expected: `a region that overlaps ${width}x${height}`,
    })
  }

  #resize(step: StepOf<'resize'>): Failure | undefined {
    const size = this.passes.size
    const { vector } = this.#original
    const { svgPixels } = this.#known.limits
    const { scaled, result } = fitted(step, size, this.#dpr, step.enlarge || vector)
    if (vector && scaled.width * scaled.height > svgPixels) {
      return this.#tooLarge(scaled, { ...this.#known.limits, outputPixels: svgPixels })
    }
    const failure = this.#keepBounded(scaled) ?? (typeof step.gravity === 'string' ? this.#lookOnce('g') : undefined)
    if (failure !== undefined) return failure
    this.passes.scale(scaled, step.kernel)
    if (result.width < scaled.width || result.height < scaled.height) {
      return this.#cut(cropAround(scaled, result, this.#focus(step)))
    }
    const { x, y } = this.#focus(step)
    return this.#extend(
      result,
      { left: place(result.width, scaled.width, x), top: place(result.height, scaled.height, y) },
      step.background,
    )
  }

  /** Findings hold one trim and one focus: a second would silently be cut where the first was. */
  #lookOnce(parameter: 'trim' | 'g'): Failure | undefined {
    if (this.#looks.has(parameter)) return new Failure('parameter-conflict', `${parameter}: expected once in a recipe.`, { parameter })
    this.#looks.add(parameter)
    return
  }

  #focus({ gravity }: StepOf<'resize'>): { readonly x: number; readonly y: number } {
    return typeof gravity === 'string' ? (this.#known.findings.focus ?? { x: 0.5, y: 0.5 }) : gravity
  }

  #rotate({ degrees, background }: StepOf<'rotate'>): undefined {
    const turned = degrees % 360
    if (turned % 90 === 0) return void this.passes.turn({ flop: false, quarters: turned / 90 })
    const colour = this.#fill(background)
    this.passes.add({ op: 'rotate', degrees: turned, background: colour })
  }

  #extend(size: Size, at: { left: number; top: number }, background: StepOf<'pad'>['background']): undefined {
    const { width, height } = this.passes.size
    const [right, bottom] = [size.width - at.left - width, size.height - at.top - height]
    if (right === 0 && bottom === 0 && at.left === 0 && at.top === 0) return
    if (background === 'blur') return void this.passes.backdrop(size, at)
    const colour = this.#fill(background === 'dominant' ? this.#known.findings.dominant : background)
    this.passes.add({ op: 'extend', ...at, right, bottom, background: colour })
  }

  /** The colour to fill with: the given one, else none, or white where the format knows no alpha. */
  #fill(colour: Colour | undefined): Colour {
    const { format } = this.#recipe.output
    return colour ?? (format === 'auto' || media[format].alpha ? clear : white)
  }
}

/** Radius of each corner from top left clockwise; neighbours that would overlap shrink alike. @see CSS Backgrounds and Borders 3, 4.5 */
function corners(step: StepOf<'radius'>, { width, height }: Size, dpr: number): [number, number, number, number] {
  const half = Math.min(width, height) / 2
  if (step.round) return [half, half, half, half]
  const [first = 0, second = first, third = first, fourth = second] = step.corners.map((corner) => corner * dpr)
  const factor = Math.min(1, width / (first + second), height / (second + third), width / (third + fourth), height / (fourth + first))
  return [first * factor, second * factor, third * factor, fourth * factor]
}
