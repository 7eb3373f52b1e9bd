import { Failure } from '../errors.ts'
import type { AnyFilter } from '../filters/filter.ts'
import { type Recipe, recipe } from '../recipe/recipe.ts'
import { type Area, type Step, step } from '../recipe/steps.ts'
import { type Colour, clear, readColour } from '../schema/colour.ts'
import { clip } from '../schema/field.ts'
import type { Delivery } from './dialect.ts'
import type { Call } from './thumbor-calls.ts'
import { thumborEffect } from './thumbor-effects.ts'
import type { Arg } from './thumbor-filter-table.ts'
import { geometrySteps } from './thumbor-geometry.ts'
import type { ThumborSettings } from './thumbor-options.ts'
import { thumborOutput } from './thumbor-output.ts'
import type { ThumborRequest } from './thumbor-path.ts'
import { watermarkStep } from './thumbor-watermark.ts'

/** The key of an image that is named in a URL. */
export type KeyOf = (image: string) => string | Failure

/** What a request is read with. */
export type Given = {
  /** Areas that are to be kept, beside those that `focal` names. */
  readonly areas: readonly Area[]
  readonly settings: ThumborSettings
  /** Our effects. */
  readonly filters: readonly AnyFilter[]
  readonly keyOf: KeyOf
}

/** What a request comes to: its recipe, what its filters say of the answer, and the calls that do nothing here. */
export type Meant = { readonly recipe: Recipe; readonly delivery: Partial<Delivery>; readonly dropped: readonly string[] }

/**
 * The recipe of a request.
 * @param calls    Its filters, in the order in which they run.
 * @returns `parameter-invalid` for a colour, a matrix or a number that has no meaning.
 */
export function meantBy(
  request: ThumborRequest,
  calls: readonly Call[],
  { areas: given, settings, filters, keyOf }: Given,
): Meant | Failure {
  const areas = calls.flatMap(({ name, args }) => (name === 'focal' ? areasIn(String(args[0])) : [])).concat(given)
  const has = (name: Call['name']): boolean => calls.some((call) => call.name === name)
  const steps: Step[] = [...geometrySteps(request, { areas, stretch: has('stretch'), noUpscale: has('no_upscale') }, settings)]
  for (const call of calls) {
    if (call.phase !== 'post-transform') continue
    const made = stepsOf(call, filters, keyOf)
    if (made instanceof Failure) return made
    steps.push(...made)
  }
  const { output, delivery, dropped } = thumborOutput(settings, calls)
  return { recipe: recipe(steps, output), delivery, dropped }
}

/** `100x50:400x300`; text of another form names nothing. */
export function areasIn(text: string): readonly Area[] {
  const [, left, top, right, bottom] = /^(\d{1,7})x(\d{1,7}):(\d{1,7})x(\d{1,7})$/.exec(text) ?? []
  const area = { left: Number(left), top: Number(top), right: Number(right), bottom: Number(bottom) }
  return area.left < area.right && area.top < area.bottom ? [area] : []
}

/** The steps of one filter that runs after the transformation; none for those that speak of the output alone. */
function stepsOf({ name, args }: Call, filters: readonly AnyFilter[], keyOf: KeyOf): readonly Step[] | Failure {
  switch (name) {
    case 'rotate':
      return rotated(Number(args[0]))
    case 'proportion':
      return shrunk(Number(args[0]))
    case 'upscale':
      return [step('upscale')]
    case 'fill':
      return filled(String(args[0]), args[1] === true)
    case 'background_color':
      return laidOn(String(args[0]))
    case 'watermark':
    case 'frame':
      return layered(name, args, keyOf)
    default: {
      const made = thumborEffect(name, args, filters)
      if (made instanceof Failure) return made
      return made === undefined ? [] : [made]
    }
  }
}

/** Counter-clockwise, by quarters alone. */
function rotated(degrees: number): readonly Step[] {
  if (degrees % 90 !== 0) return []
  return [step('rotate', { degrees: (360 - (((degrees % 360) + 360) % 360)) % 360 })]
}

function shrunk(factor: number): readonly Step[] {
  return factor > 0 && factor <= 1 ? [step('scale', { factor })] : []
}

/** The picture in the middle of the box that was asked for. */
function filled(word: string, through: boolean): readonly Step[] | Failure {
  if (word === 'blur') return [step('canvas', { background: 'stretch' })]
  if (word === 'auto') return [step('canvas', { background: 'mean', under: through })]
  const colour = word === 'transparent' ? clear : colourOf('fill', word)
  return colour instanceof Failure ? colour : [step('canvas', { background: colour, under: through })]
}

function laidOn(word: string): readonly Step[] | Failure {
  if (word === 'transparent') return []
  if (word === 'auto') return [step('flatten', { background: 'mean' })]
  const colour = colourOf('background_color', word)
  return colour instanceof Failure ? colour : [step('flatten', { background: colour })]
}

function colourOf(name: string, word: string): Colour | Failure {
  const expected = 'a CSS colour name, 3, 4, 6 or 8 hex digits, auto or transparent'
  return (
    readColour(word) ??
    new Failure('parameter-invalid', `${name}: expected ${expected}, got "${clip(word)}".`, { parameter: name, expected })
  )
}

function layered(name: 'watermark' | 'frame', args: readonly Arg[], keyOf: KeyOf): readonly Step[] | Failure {
  const key = keyOf(String(args[0]))
  if (key instanceof Failure) return key
  if (name === 'frame') return [step('frame', { key })]
  const made = watermarkStep(args, key)
  if (made instanceof Failure) return made
  return made === undefined ? [] : [made]
}
