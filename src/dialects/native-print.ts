import { Failure } from '../errors.ts'
import type { AnyFilter } from '../filters/filter.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { Step, StepOf } from '../recipe/steps.ts'
import { printColour } from '../schema/colour.ts'
import type { Delivery } from './dialect.ts'
import { type Effect, effectOf } from './native-effects.ts'
import type { NativeValues } from './native-parameters.ts'
import type { Wishes } from './native-query.ts'

type Draft = { -readonly [K in keyof NativeValues]: NativeValues[K] | undefined }

/**
 * Parameters that ask for this recipe, as near as the native dialect comes: what it has no word for is left out, so whoever calls reads the
 * result again and compares. `parameter-unknown` for an effect that is not in the list.
 */
export function wishesOf(recipe: Recipe, delivery: Delivery, filters: readonly AnyFilter[]): Wishes | Failure {
  const draft: Draft = { ...outputWords(recipe), ...deliveryWords(delivery), anim: false, orient: '1', dpr: recipe.dpr }
  const effects = new Map<string, Effect>()
  const behind = backgroundOf(recipe.steps)
  if (behind !== undefined) draft.bg = behind
  for (const step of recipe.steps) {
    if (step.kind === 'filter') {
      const filter = filters.find(({ name }) => name === step.name)
      if (filter === undefined) return new Failure('parameter-unknown', `There is no effect "${step.name}".`, { parameter: step.name })
      effects.set(step.name, effectOf(filter, step))
    } else Object.assign(draft, words(step, draft))
  }
  const given = Object.entries(draft).filter(([, value]) => value !== undefined)
  return { values: Object.fromEntries(given) as NativeValues, effects }
}

/** The words of one step. */
function words(step: Exclude<Step, { kind: 'filter' }>, before: Draft): Draft {
  switch (step.kind) {
    case 'page':
      return pageWords(step)
    case 'orient':
      return { orient: step.tag }
    case 'trim':
      return { trim: step.threshold, 'trim-color': step.background }
    case 'region':
      return { crop: { x: step.x, y: step.y, width: step.width, height: step.height } }
    case 'mirror':
      return { flip: step.flip ? (step.flop ? 'hv' : 'v') : 'h' }
    case 'rotate':
      return { rotate: step.degrees }
    case 'resize': {
      const height = step.height === 'auto' ? undefined : step.height
      return {
        w: step.width,
        h: height,
        ar: step.aspect,
        fit: step.fit,
        g: step.gravity,
        enlarge: step.enlarge,
        max: step.max,
        kernel: step.kernel,
      }
    }
    case 'pad':
      return padWords(step, before)
    case 'radius':
      return { radius: step.round ? 'max' : (step.corners as NonNullable<NativeValues['radius']>) }
    case 'overlay':
      return {
        mark: step.key,
        'mark-w': step.width,
        'mark-h': step.height,
        'mark-g': step.gravity,
        'mark-x': step.x,
        'mark-y': step.y,
        'mark-pad': step.margin,
        'mark-alpha': step.alpha,
        'mark-rot': step.degrees,
        'mark-tile': step.tile,
        'mark-blend': step.blend,
      }
    case 'text':
      return {
        txt: step.text,
        'txt-font': step.font,
        'txt-size': step.size,
        'txt-color': step.colour,
        'txt-bg': step.background,
        'txt-g': step.gravity,
        'txt-x': step.x,
        'txt-y': step.y,
        'txt-w': step.width,
        'txt-line': step.line,
        'txt-shad': step.shadow,
      }
    case 'flatten':
    case 'bound':
    case 'focus':
    case 'outline':
    case 'upscale':
    case 'scale':
    case 'canvas':
    case 'frame':
      return {} // no words for it here, which is seen when the target is read back
    default:
      return step satisfies never
  }
}

/** A recipe without a page step is of the first page as a still, which is `anim=0`. */
function pageWords({ index, count, animation, density }: StepOf<'page'>): Draft {
  if (count > 1) return { page: index === 0 ? undefined : index + 1, pages: count, anim: undefined, density }
  if (animation) return { page: index === 0 ? undefined : index + 1, anim: true, density }
  return index === 0 ? { anim: false, density } : { page: index + 1, anim: undefined, density }
}

/** Padding takes the colour of `bg`; a frame of another colour is a border. */
function padWords(step: StepOf<'pad'>, { bg, pad, border }: Draft): Draft {
  const { top, right, bottom, left, background } = step
  const alike = top === right && top === bottom && top === left
  const padding = background === undefined || (border === undefined && pad === undefined && same(background, bg))
  if (padding || typeof background === 'string' || !alike) return { pad: [top, right, bottom, left] }
  return { border: { width: top, colour: background } }
}

/** What `bg` must have been: the flattened colour, else what some step lays behind the picture. A single frame of one colour may be a border. */
function backgroundOf(steps: readonly Step[]): NativeValues['bg'] {
  const pads = steps.filter((step) => step.kind === 'pad')
  for (const step of [...steps].reverse()) {
    if (step.kind === 'flatten') return step.background
    if ((step.kind === 'resize' || step.kind === 'rotate') && step.background !== undefined) return step.background
  }
  const [first] = pads
  if (first?.background === undefined) return undefined
  const frame = first.top === first.right && first.top === first.bottom && first.top === first.left && typeof first.background === 'object'
  return pads.length > 1 || !frame ? first.background : undefined
}

function same(a: NativeValues['bg'], b: NativeValues['bg']): boolean {
  if (typeof a === 'object' && typeof b === 'object') return printColour(a) === printColour(b)
  return a === b
}

function outputWords({ output }: Recipe): Draft {
  return {
    f: output.format === 'keep' ? 'auto' : output.format,
    q: output.quality,
    bytes: output.bytes,
    lossless: output.lossless,
    effort: output.effort,
    progressive: output.progressive,
    chroma: output.chroma === '4:2:0' ? '420' : output.chroma === '4:4:4' ? '444' : 'auto',
    colors: output.colours,
    meta: output.metadata,
    icc: output.profile,
    hdr: output.gainMap,
    loop: output.loop,
    fps: output.fps,
  }
}

function deliveryWords({ kind, download, version, expires, fallback, onError }: Delivery): Draft {
  return {
    ...(kind === 'explain' ? { f: 'json' as const } : kind === 'original' ? { f: 'original' as const } : {}),
    dl: download,
    v: version,
    expires,
    default: fallback,
    onerror: onError,
  }
}
