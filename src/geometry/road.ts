import { Failure } from '../errors.ts'
import type { Solid } from '../recipe/background.ts'
import { media } from '../recipe/output.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { Area, Kernel, Step, StepOf } from '../recipe/steps.ts'
import { type Colour, clear, white } from '../schema/colour.ts'
import { boundedSize, onCanvas, scaledSize, upscaledSize } from './canvas.ts'
import { corners } from './corners.ts'
import type { Facts, Point, Rect, Size } from './facts.ts'
import { fitted } from './fit.ts'
import { areaOf, centreOf, type FocalPoint, focalPoints, pointOn, pointsWithin } from './focal.ts'
import type { Known } from './known.ts'
import { planLayer, planWords } from './layers.ts'
import { pieces } from './nine-patch.ts'
import { Passes } from './passes.ts'
import type { Deed, Load, Told } from './plan.ts'
import { clip, cropAround, isWhole, place, sameSize, side } from './rect.ts'
import { regionRect } from './region.ts'
import { stepwise } from './stepwise.ts'
import { flip, flop, noTurn, thenTurn, uprightTurn } from './turn.ts'
import { fromWhole, type Whole, wholeOf } from './whole.ts'

const unbounded: Size = { width: Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY }

/** The steps of a recipe taken one after the other on one original. */
export class Road {
  readonly passes: Passes
  /** How many steps with an original of their own were taken, and how many of them with a nine-patch. */
  #originals = 0
  #patches = 0
  readonly #looks = new Set<string>()
  readonly #deeds: Deed[] = []
  /** The whole picture, and how coordinates that were counted on it come to those of the picture as it stands. */
  #whole: Whole
  /** What a crop keeps in its middle, in px of the picture as it stands. */
  #points: readonly FocalPoint[] = []
  #kept: readonly FocalPoint[] | undefined
  /** The box that the last resize was asked for; a side that was not asked is 0. */
  #asked: Size = { width: 0, height: 0 }
  readonly #recipe: Recipe
  readonly #known: Known
  readonly #original: Facts
  readonly #load: Load

  /** @param drawn  Size at which the original stands before the first step. */
  constructor(recipe: Recipe, known: Known, original: Facts, load: Load, drawn: Size) {
    this.#recipe = recipe
    this.#known = known
    this.#original = original
    this.#load = load
    this.passes = new Passes(load.size, load.pages, original.alpha, original.vector ? known.limits.svgPixels : undefined)
    this.passes.scale(drawn, 'lanczos3')
    this.#whole = wholeOf(drawn)
  }

  get told(): Told {
    return { deeds: this.#deeds, focus: this.#kept ?? this.#points }
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
        passes.turn(uprightTurn(step.tag === 'auto' ? this.#original.orientation : Number(step.tag)))
        this.#whole = wholeOf(passes.size)
        return
      case 'bound':
        return this.#bound(boundedSize(step, passes.size))
      case 'trim':
        return this.#lookOnce('trim') ?? this.#trim(this.#known.findings.trim ?? { left: 0, top: 0, ...passes.size })
      case 'focus':
        return this.#aim(step)
      case 'outline':
        return passes.outline(this.#points.map(areaOf), step.line, step.colour)
      case 'region':
        return this.#region(step)
      case 'resize':
        return this.#resize(step)
      case 'upscale':
        return this.#scale(upscaledSize(this.#asked, passes.size))
      case 'scale':
        return this.#scale(scaledSize(step, passes.size))
      case 'canvas':
        return this.#canvas(step)
      case 'mirror':
        if (step.flop) this.#deeds.push({ deed: 'flop' })
        if (step.flip) this.#deeds.push({ deed: 'flip' })
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
        return passes.flatten(this.#solid(step.background) ?? white)
      case 'filter': {
        const effect = this.#known.effects.get(step.name)
        if (effect === undefined) return new Failure('parameter-unknown', `There is no filter "${step.name}".`, { parameter: step.name })
        if (effect.slot === 'pixels') passes.pixels(step.name, step.args)
        else passes.add({ op: 'effect', slot: effect.slot, name: step.name, args: step.args })
        passes.alpha ||= effect.addsAlpha(step.args)
        return
      }
      case 'overlay': {
        this.#originals += 1
        const facts = this.#known.facts[this.#originals]
        if (facts === undefined) return new Failure('internal', 'A plan needs the facts of each overlay.')
        const layer = planLayer(step, this.#originals, facts, passes.size, this.#dpr)
        return layer && passes.add(layer)
      }
      case 'frame':
        this.#originals += 1
        return this.#frame(this.#originals)
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
    this.#bring({ width: side(width * scale, 'floor'), height: side(height * scale, 'floor') })
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

  #bound(size: Size): undefined {
    const { width, height } = this.passes.size
    this.#bring(size)
    this.#whole = { ...wholeOf(size), across: [size.width, width], down: [size.height, height] }
  }

  #trim(rect: Rect): Failure | undefined {
    this.#whole = { ...this.#whole, left: rect.left, top: rect.top }
    return this.#cut(rect)
  }

  #aim({ areas, detect }: StepOf<'focus'>): Failure | undefined {
    const found = detect.length > 0 ? (this.#known.findings.areas ?? []) : []
    this.#points = [...focalPoints(areas.map(rectOf), 'said'), ...focalPoints(found, 'found')]
    return detect.length > 0 ? this.#lookOnce('detect') : undefined
  }

  #region(step: StepOf<'region'>): Failure | undefined {
    const { size } = this.passes
    const rect = regionRect(step, size)
    const asked = clip(step.ofWhole ? fromWhole(rect, this.#whole) : rect, size)
    if (asked === undefined) return step.lenient ? undefined : this.#cut(rect)
    this.#points = pointsWithin(this.#points, asked)
    return this.#cut(asked)
  }

  #scale(size: Size): Failure | undefined {
    const failure = this.#keepBounded(size)
    if (failure !== undefined) return failure
    return this.#bring(size)
  }

  #canvas({ background, under }: StepOf<'canvas'>): Failure | undefined {
    const { size, seen, left, top } = onCanvas(this.#asked, this.passes.size)
    const failure = this.#keepBounded(size) ?? this.#cut(seen)
    if (failure !== undefined) return failure
    const colour = background === 'blur' || background === 'stretch' ? undefined : this.#solid(background)
    if (under && colour !== undefined && colour.alpha > 0) this.passes.flatten(colour)
    return this.#extend(size, { left, top }, background)
  }

  /** Scales to that size. */
  #bring({ width, height }: Size, kernel: Kernel = 'lanczos3'): undefined {
    if (!sameSize({ width, height }, this.passes.size)) this.#deeds.push({ deed: 'resize', width, height })
    this.passes.scale({ width, height }, kernel)
  }

  #cut(rect: Rect): Failure | undefined {
    const { width, height } = this.passes.size
    const inside = clip(rect, { width, height })
    if (inside !== undefined && !isWhole(inside, { width, height })) this.#deeds.push({ deed: 'crop', ...inside })
    if (this.passes.cut(rect)) return
    return new Failure('region-outside', `The region lies outside the picture, which is ${width}x${height}.`, {
      expected: `a region that overlaps ${width}x${height}`,
    })
  }

  #resize(step: StepOf<'resize'>): Failure | undefined {
    if (step.rounding === 'stepwise') return this.#stepwise(step)
    const size = this.passes.size
    const { vector } = this.#original
    const { svgPixels } = this.#known.limits
    const { scaled, result } = fitted(step, size, this.#dpr, step.enlarge || vector)
    if (vector && scaled.width * scaled.height > svgPixels) {
      return this.#tooLarge(scaled, { ...this.#known.limits, outputPixels: svgPixels })
    }
    const failure = this.#keepBounded(scaled) ?? (typeof step.gravity === 'string' ? this.#lookOnce('g') : undefined)
    if (failure !== undefined) return failure
    const centre = centreOf(this.#points)
    this.#align(step, size)
    this.#bring(scaled, step.kernel)
    if (result.width < scaled.width || result.height < scaled.height) {
      const focus = centre === undefined ? this.#focus(step) : { x: centre.x / size.width, y: centre.y / size.height }
      return this.#cut(cropAround(scaled, result, focus))
    }
    const { x, y } = this.#focus(step)
    return this.#extend(
      result,
      { left: place(result.width, scaled.width, x), top: place(result.height, scaled.height, y) },
      step.background,
    )
  }

  #stepwise(step: StepOf<'resize'>): Failure | undefined {
    const { size } = this.passes
    const { scaled, cut, asked } = stepwise(step, size, step.capped ? this.#whole.size : unbounded, this.#focusOn(step, size))
    this.#asked = asked
    this.#align(step, size)
    return this.#keepBounded(scaled) ?? this.#cut(cut) ?? this.#bring(scaled, step.kernel)
  }

  /** Findings hold one of each kind: a second would silently be cut where the first was. */
  #lookOnce(parameter: 'trim' | 'g' | 'detect'): Failure | undefined {
    if (this.#looks.has(parameter)) return new Failure('parameter-conflict', `${parameter}: expected once in a recipe.`, { parameter })
    this.#looks.add(parameter)
    return
  }

  /** The point that a crop keeps, in px of the picture as it stands. */
  #focusOn(step: StepOf<'resize'>, size: Size): Point {
    return centreOf(this.#points) ?? pointOn(this.#focus(step), size)
  }

  /** Keeps what a resize had to keep, to be told. */
  #align(step: StepOf<'resize'>, size: Size): void {
    const aligned = { ...pointOn(this.#focus(step), size), width: 1, height: 1, weight: 1, origin: 'aligned' as const }
    this.#kept = this.#points.length > 0 ? this.#points : [aligned]
  }

  #focus({ gravity }: StepOf<'resize'>): Point {
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
    if (background === 'blur' || background === 'stretch') return void this.passes.backdrop(size, at, background === 'stretch')
    const colour = this.#fill(this.#solid(background))
    this.passes.add({ op: 'extend', ...at, right, bottom, background: colour })
  }

  /** The colour itself; `undefined` where none is given or found. */
  #solid(background: Solid | undefined): Colour | undefined {
    return typeof background === 'string' ? this.#known.findings[background] : background
  }

  /** Grows the canvas by the patch's padding, white, and draws the patch over the whole. Its px are px of the result, whatever the dpr. */
  #frame(original: number): Failure | undefined {
    const patch = this.#known.findings.patches?.[this.#patches]
    if (patch === undefined) return new Failure('internal', 'A plan needs what was found of each nine-patch.')
    this.#patches += 1
    const { top, right, bottom, left } = patch.padding
    const { width, height } = this.passes.size
    const size = { width: width + left + right, height: height + top + bottom }
    const failure = this.#keepBounded(size)
    if (failure !== undefined) return failure
    this.#extend(size, { left, top }, white)
    const columns = pieces(patch.size.width, patch.columns, size.width)
    return this.passes.add({ op: 'patch', original, columns, rows: pieces(patch.size.height, patch.rows, size.height) })
  }

  /** The colour to fill with: the given one, else none, or white where the format knows no alpha. */
  #fill(colour: Colour | undefined): Colour {
    const { format } = this.#recipe.output
    return colour ?? (format === 'auto' || format === 'keep' || media[format].alpha ? clear : white)
  }
}

const rectOf = ({ left, top, right, bottom }: Area): Rect => ({ left, top, width: right - left, height: bottom - top })
