import { lengthOn } from '../recipe/length.ts'
import type { Fit, StepOf } from '../recipe/steps.ts'
import type { Size } from './facts.ts'
import { side } from './rect.ts'

/** What a resize step does to one picture, in whole px: scale to `scaled`, then cut (`cover`) or extend (`pad`) to `result`. */
export type Fitted = { readonly scaled: Size; readonly result: Size }

type Box = { readonly width?: number; readonly height?: number }

/**
 * The resize of one picture.
 * @param image    Size of what is resized, whole px from 1.
 * @param dpr      Device px per CSS px, above 0; multiplies the box.
 * @param enlarge  May the result exceed the picture? A vector's may always.
 * @returns        Sides of at least 1. Without `enlarge` no side of `scaled` exceeds the picture's, and a box that would need it is shrunk in
 *                 its own shape (`pad` keeps its box and does not enlarge what lies in it).
 */
export function fitted(step: StepOf<'resize'>, image: Size, dpr: number, enlarge: boolean): Fitted {
  const { rounding } = step
  const asked = askedBox(step, image, dpr)
  const fit: Fit = asked.width === undefined || asked.height === undefined ? 'contain' : step.fit
  const box =
    fit === 'cover' || fit === 'fill'
      ? shrunk(
          asked,
          enlarge ? asked : { width: Math.min(asked.width ?? 0, image.width), height: Math.min(asked.height ?? 0, image.height) },
        )
      : asked
  const capped = step.max === undefined ? box : shrunk(box, { width: step.max, height: step.max })
  const width = capped.width === undefined ? undefined : side(capped.width, rounding)
  const height = capped.height === undefined ? undefined : side(capped.height, rounding)
  const most = enlarge ? Number.POSITIVE_INFINITY : 1

  if (fit === 'fill' && width !== undefined && height !== undefined) return { scaled: { width, height }, result: { width, height } }
  // From the exact box: rounded sides would pass their error on, multiplied by the picture's shape.
  const across = (capped.width ?? Number.POSITIVE_INFINITY) / image.width
  const down = (capped.height ?? Number.POSITIVE_INFINITY) / image.height
  const cap = step.max === undefined ? Number.POSITIVE_INFINITY : step.max / Math.max(image.width, image.height)
  const covers = fit === 'cover' || fit === 'outside'
  const meets = covers ? Math.max(across, down) : Math.min(across, down)
  // `max` alone is a bound, not a wish: it makes nothing larger.
  const wished = Number.isFinite(meets) ? meets : 1
  const scale = Math.min(wished, most, fit === 'cover' ? Number.POSITIVE_INFINITY : cap)
  // The side that decides the scale is exact, whatever the fraction would round to.
  const scaled = {
    width: width !== undefined && scale === across ? width : side(image.width * scale, rounding),
    height: height !== undefined && scale === down ? height : side(image.height * scale, rounding),
  }
  if (fit === 'cover' && width !== undefined && height !== undefined) {
    return { scaled: { width: Math.max(scaled.width, width), height: Math.max(scaled.height, height) }, result: { width, height } }
  }
  if (fit === 'pad' && width !== undefined && height !== undefined) {
    return { scaled, result: { width: Math.max(scaled.width, width), height: Math.max(scaled.height, height) } }
  }
  return { scaled, result: scaled }
}

/** The asked box in device px, not rounded; a missing side comes from the aspect ratio where there is one. */
function askedBox({ width, height, aspect }: StepOf<'resize'>, image: Size, dpr: number): Box {
  const across = width === undefined || width === 'auto' ? undefined : lengthOn(width, image.width) * dpr
  const down = height === undefined || height === 'auto' ? undefined : lengthOn(height, image.height) * dpr
  if (aspect !== undefined && across === undefined && down === undefined) {
    return { width: Math.min(image.width, image.height * aspect), height: Math.min(image.height, image.width / aspect) }
  }
  const wide = across ?? (aspect === undefined || down === undefined ? undefined : down * aspect)
  const tall = down ?? (aspect === undefined || across === undefined ? undefined : across / aspect)
  return { ...(wide === undefined ? {} : { width: wide }), ...(tall === undefined ? {} : { height: tall }) }
}

/** The box, shrunk in its own shape until it is inside `most`. */
function shrunk(box: Box, most: Box): Box {
  const factor = Math.min(
    1,
    (most.width ?? Number.POSITIVE_INFINITY) / (box.width ?? 0),
    (most.height ?? Number.POSITIVE_INFINITY) / (box.height ?? 0),
  )
  return {
    ...(box.width === undefined ? {} : { width: box.width * factor }),
    ...(box.height === undefined ? {} : { height: box.height * factor }),
  }
}
