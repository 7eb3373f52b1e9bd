import { lengthOn } from '../recipe/length.ts'
import type { StepOf } from '../recipe/steps.ts'
import type { Point, Rect, Size } from './facts.ts'

/** What a resize by the rule `stepwise` comes to. */
export type Stepwise = {
  /** What is kept of the picture, cut before it is scaled. */
  readonly cut: Rect
  readonly scaled: Size
  /** The box as asked, for a canvas behind it; a side that was not asked is 0. */
  readonly asked: Size
}

/**
 * A resize in which each number is made whole before the next one comes of it, ties to even: a cover cuts the picture in whole px before it
 * scales it, and does not cut at all where both shapes agree to two decimals. URLs of Thumbor have been seen through this arithmetic for
 * ten years, so it is kept to the px.
 * @param step    `dpr` is no part of the rule.
 * @param image   Size of what is resized, whole px from 1.
 * @param capped  Most that each asked side may be.
 * @param focus   The point to keep, in px of `image`: a crop has it in its middle as far as the edges allow.
 * @returns       Sides of at least 1; `cut` never empty and never outside `image`.
 */
export function stepwise(step: StepOf<'resize'>, image: Size, capped: Size, focus: Point): Stepwise {
  const asked = { width: askedSide(step.width, image.width, capped.width), height: askedSide(step.height, image.height, capped.height) }
  const whole: Rect = { left: 0, top: 0, ...image }
  const target = targetSize(asked, image)
  switch (step.fit) {
    case 'contain':
    case 'outside':
      return { cut: whole, ...fittedIn(step, image, asked, target) }
    case 'cover': {
      const cut = cropTo(target, image, focus)
      return { cut, scaled: atLeastOne(target), asked }
    }
    default:
      return { cut: whole, scaled: atLeastOne(target), asked }
  }
}

/** Nearest whole number, of two as near the even one. */
export function evenly(value: number): number {
  const floor = Math.floor(value)
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value)
}

function askedSide(length: StepOf<'resize'>['width'], side: number, most: number): number {
  if (length === undefined || length === 'auto') return 0
  return Math.min(most, Math.trunc(lengthOn(length, side)))
}

/** A side that is missing follows the picture's shape. */
function targetSize(asked: Size, { width, height }: Size): Size {
  if (asked.width === 0 && asked.height === 0) return { width, height }
  return {
    width: asked.width === 0 ? evenly((asked.height * width) / height) : asked.width,
    height: asked.height === 0 ? evenly((asked.width * height) / width) : asked.height,
  }
}

/** The part of the picture that has the target's shape. */
function cropTo(target: Size, { width, height }: Size, focus: Point): Rect {
  const box = atLeastOne(target)
  if (twoDecimals(width / height) === twoDecimals(box.width / box.height)) return { left: 0, top: 0, width, height }
  const wider = target.width / width > target.height / height
  const cropped = {
    width: wider ? width : Math.max(1, Math.min(width, Math.ceil((target.width * height) / box.height))),
    height: wider ? Math.max(1, Math.min(height, evenly((width * target.height) / box.width))) : height,
  }
  const left = evenly(Math.min(Math.max(focus.x - cropped.width / 2, 0), width - cropped.width))
  const top = evenly(Math.min(Math.max(focus.y - cropped.height / 2, 0), height - cropped.height))
  return { left, top, ...cropped }
}

/** Inside the box, or around it (`outside`); inside it nothing is enlarged, around it everything is. */
function fittedIn({ fit, adaptive }: StepOf<'resize'>, image: Size, given: Size, straight: Size): Omit<Stepwise, 'cut'> {
  const across =
    (image.width < image.height && straight.width > straight.height) || (image.width > image.height && straight.width < straight.height)
  const turned = adaptive && across
  const asked = turned ? turnedBox(given) : given
  const target = turned ? turnedBox(straight) : straight
  const around = fit === 'outside'
  if (!around && target.width >= image.width && target.height >= image.height) return { scaled: image, asked }
  const box = atLeastOne(target)
  const sign = around ? -1 : 1
  // A hair more than the half, so that halves round up.
  const hair = 1e-5
  const scaled = atLeastOne(
    (image.width / box.width) * sign >= (image.height / box.height) * sign
      ? { width: box.width, height: evenly((image.height * box.width) / image.width + hair) }
      : { width: evenly((image.width * box.height) / image.height + hair), height: box.height },
  )
  return { scaled, asked: { width: Math.max(asked.width, scaled.width), height: Math.max(asked.height, scaled.height) } }
}

const turnedBox = ({ width, height }: Size): Size => ({ width: height, height: width })

const atLeastOne = ({ width, height }: Size): Size => ({ width: Math.max(1, width), height: Math.max(1, height) })

/** To two decimals, of two as near the even one. Only an odd number of eighths lies in the middle of two hundredths. */
function twoDecimals(ratio: number): number {
  return Math.abs(ratio * 8) % 2 === 1 ? evenly(ratio * 100) / 100 : Number(ratio.toFixed(2))
}
