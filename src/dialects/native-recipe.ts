import { Failure } from '../errors.ts'
import { type Output, output } from '../recipe/output.ts'
import { canonical, type Recipe } from '../recipe/recipe.ts'
import { type FilterStep, type Step, step } from '../recipe/steps.ts'
import { defined } from './defined.ts'
import type { Delivery } from './dialect.ts'
import { type NativeName, type NativeValues, nativeGroups } from './native-parameters.ts'

/**
 * What the parameters mean, as a recipe: its steps in the fixed order of the native dialect, whatever the order in the URL.
 * @param effects  In the order in which they are applied.
 */
export function recipeOf(values: NativeValues, effects: readonly FilterStep[]): Recipe | Failure {
  const wrong = contradiction(values, effects)
  if (wrong !== undefined) return wrong
  const steps: Step[] = [
    ...shape(values),
    ...size(values),
    ...canvas(values),
    ...effects,
    ...layers(values),
    ...(isOpaque(values.bg) ? [step('flatten', { background: values.bg })] : []),
  ]
  return canonical({ dpr: values.dpr ?? 1, steps, output: outputOf(values) })
}

/** Page, orientation, trim, crop, mirror, rotate. */
function shape(values: NativeValues): readonly Step[] {
  const { page, pages, anim, density, trim, crop, flip, rotate = 0, bg } = values
  const tolerance = trim ?? (values['trim-color'] === undefined ? 0 : 10)
  return [
    step('page', {
      index: (page ?? 1) - 1,
      count: pages ?? 1,
      animation: pages === undefined && (anim ?? page === undefined), // a page that is named is wanted as a still
      ...defined({ density }),
    }),
    step('orient', { tag: values.orient ?? 'auto' }),
    ...(tolerance > 0 ? [step('trim', { threshold: tolerance, ...defined({ background: values['trim-color'] }) })] : []),
    ...(crop === undefined ? [] : [step('region', crop)]),
    step('mirror', { flip: flip?.includes('v') === true, flop: flip?.includes('h') === true }),
    step('rotate', { degrees: rotate, ...(typeof bg === 'object' && rotate % 90 !== 0 ? { background: bg } : {}) }),
  ]
}

function size({ w, h, ar, fit, g, enlarge, max, kernel, bg }: NativeValues): readonly Step[] {
  const meets = fit ?? (ar === undefined ? 'contain' : 'cover')
  const placed = meets === 'cover' || meets === 'pad' // nothing else cuts or leaves room
  return [
    step('resize', {
      fit: meets,
      ...defined({ width: w, height: h, aspect: ar, gravity: placed ? g : undefined, enlarge, max, kernel }),
      ...defined({ background: meets === 'pad' ? bg : undefined }),
    }),
  ]
}

/** Padding, border around it, round corners. */
function canvas({ pad, border, radius = [0], bg }: NativeValues): readonly Step[] {
  const [top, right, bottom, left] = pad ?? [0, 0, 0, 0]
  const width = border?.width ?? 0
  return [
    step('pad', { top, right, bottom, left, ...defined({ background: bg }) }),
    ...(border === undefined ? [] : [step('pad', { top: width, right: width, bottom: width, left: width, background: border.colour })]),
    radius === 'max' ? step('radius', { round: true }) : step('radius', { corners: radius }),
  ]
}

/** Another original on top, then words. */
function layers(values: NativeValues): readonly Step[] {
  return [...(values.mark === undefined ? [] : [overlay(values)]), ...(values.txt === undefined ? [] : [words(values)])]
}

function overlay(values: NativeValues): Step {
  const free = values['mark-h'] !== undefined
  return step('overlay', {
    margin: values['mark-pad'] ?? 8,
    ...defined({
      key: values.mark,
      width: values['mark-w'] ?? (free ? undefined : { part: 0.25 }),
      height: values['mark-h'],
      gravity: values['mark-g'],
      x: values['mark-x'],
      y: values['mark-y'],
      alpha: values['mark-alpha'],
      degrees: values['mark-rot'],
      tile: values['mark-tile'],
      blend: values['mark-blend'],
    }),
  })
}

function words(values: NativeValues): Step {
  const given = defined({
    text: values.txt,
    font: values['txt-font'],
    size: values['txt-size'],
    colour: values['txt-color'],
    background: values['txt-bg'],
    gravity: values['txt-g'],
    x: values['txt-x'],
    y: values['txt-y'],
    width: values['txt-w'],
    line: values['txt-line'],
    shadow: values['txt-shad'],
  })
  return step('text', given)
}

const chromas = { auto: 'auto', 420: '4:2:0', 444: '4:4:4' } as const

function outputOf(values: NativeValues): Output {
  const { f = 'auto', q, bytes, lossless, effort, progressive, chroma, colors, meta, icc, hdr, loop, fps } = values
  return output({
    format: f === 'json' || f === 'original' ? 'auto' : f,
    chroma: chromas[chroma ?? 'auto'],
    ...defined({
      quality: q,
      bytes,
      lossless,
      effort,
      progressive,
      colours: colors,
      metadata: meta,
      profile: icc,
      gainMap: hdr,
      loop,
      fps,
    }),
  })
}

export function deliveryOf(values: NativeValues): Delivery {
  const { f, dl, v, expires, default: fallback, onerror = 'error' } = values
  return {
    kind: f === 'json' ? 'explain' : f === 'original' ? 'original' : 'image',
    onError: onerror,
    ...defined({ download: dl, version: v, expires, fallback }),
  }
}

/** Wishes that cannot both be meant. */
function contradiction(values: NativeValues, effects: readonly FilterStep[]): Failure | undefined {
  const given = (Object.keys(values) as NativeName[]).filter((name) => values[name] !== undefined)
  const conflict = (parameter: string, message: string): Failure => new Failure('parameter-conflict', message, { parameter })
  if (values.ar !== undefined && values.w !== undefined && values.h !== undefined) {
    return conflict('ar', 'ar gives the side that is missing, but w and h are both given.')
  }
  if (values.anim === false && (values.pages ?? 1) > 1) return conflict('pages', 'anim=0 asks for a still, pages for more.')
  const change = given.find((name) => name !== 'f' && !Object.hasOwn(nativeGroups.control, name)) ?? effects[0]?.name
  if (values.f === 'original' && change !== undefined) {
    return conflict(change, `f=original passes the original on as it is, so ${change} can change nothing.`)
  }
  for (const family of ['mark', 'txt'] as const) {
    const orphan = given.find((name) => name.startsWith(`${family}-`))
    if (orphan !== undefined && values[family] === undefined) return conflict(orphan, `${orphan} has no meaning without ${family}.`)
  }
  return undefined
}

function isOpaque(bg: NativeValues['bg']): bg is Exclude<NativeValues['bg'], string | undefined> {
  return typeof bg === 'object' && bg.alpha === 1
}
