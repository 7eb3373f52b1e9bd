import type { Length } from '../recipe/length.ts'
import { type Area, type Step, step } from '../recipe/steps.ts'
import { defined } from './defined.ts'
import type { ThumborSettings } from './thumbor-options.ts'
import { type ThumborRequest, trimOf } from './thumbor-path.ts'

/** What filters that run before the transformation say of it. */
export type Wanted = {
  /** Areas that a crop keeps in its middle (`focal`). */
  readonly areas: readonly Area[]
  readonly stretch: boolean
  readonly noUpscale: boolean
}

/**
 * The steps of a request up to its flips, in the order in which Thumbor takes them. Sizes and crops come from the rule `stepwise`, which is
 * Thumbor's arithmetic. @see https://thumbor.readthedocs.io/en/latest/usage.html
 */
export function geometrySteps(request: ThumborRequest, wanted: Wanted, settings: ThumborSettings): readonly Step[] {
  return [...preparation(request, wanted, settings), ...(request.debug ? [step('outline')] : transformation(request, wanted, settings))]
}

function preparation(request: ThumborRequest, { areas }: Wanted, settings: ThumborSettings): readonly Step[] {
  const { maxWidth, maxHeight } = settings
  const trim = trimOf(request)
  const detect = request.smart && settings.smart ? (['saliency'] as const) : []
  return [
    step('page', { animation: settings.allowAnimatedGifs, density: settings.svgDpi }),
    step('bound', defined({ width: maxWidth, height: maxHeight })),
    ...(settings.respectOrientation ? [step('orient')] : []),
    ...(trim === undefined ? [] : [step('trim', { corner: trim.from, distance: Math.min(trim.tolerance, 510) })]),
    step('focus', { areas, detect }),
    ...(request.debug ? [] : cropStep(request)),
  ]
}

/** The manual crop; one that is empty is none. */
function cropStep({ crop: { left, top, right, bottom } }: ThumborRequest): readonly Step[] {
  if (left >= right || top >= bottom) return []
  const [x, y, width, height] = [left, top, right - left, bottom - top].map((px): Length => ({ px })) as [Length, Length, Length, Length]
  return [step('region', { x, y, width, height, ofWhole: true, lenient: true })]
}

function transformation(request: ThumborRequest, { stretch, noUpscale }: Wanted, settings: ThumborSettings): readonly Step[] {
  const { fitIn, full, adaptive, horizontalFlip, verticalFlip } = request
  const width = side(request.width, settings.maxWidth)
  const height = side(request.height, settings.maxHeight)
  return [
    step('resize', {
      ...defined({ width, height }),
      fit: fitIn ? (full ? 'outside' : 'contain') : stretch ? 'fill' : 'cover',
      gravity: { x: { left: 0, center: 0.5, right: 1 }[request.halign], y: { top: 0, middle: 0.5, bottom: 1 }[request.valign] },
      enlarge: true,
      rounding: 'stepwise',
      adaptive: fitIn && adaptive,
      capped: noUpscale,
    }),
    step('mirror', { flop: horizontalFlip, flip: verticalFlip }),
  ]
}

/** 0 is not asked; `orig` is the side of what is resized. */
function side(asked: number | 'orig', most = Number.POSITIVE_INFINITY): Length | undefined {
  if (asked === 'orig') return { part: 1 }
  return asked === 0 ? undefined : { px: Math.min(asked, most) }
}
