import type { Rounding } from '../recipe/steps.ts'
import type { Point, Rect, Size } from './facts.ts'

/** A computed length as whole px, by the named rule. Sums of binary fractions that miss a half by less than 1e-6 count as the half. */
export function whole(value: number, rule: Rounding): number {
  const near = Math.round(value * 1e6) / 1e6
  switch (rule) {
    case 'half-up':
      return Math.floor(near + 0.5)
    case 'stepwise':
    case 'half-even': {
      const floor = Math.floor(near)
      return near - floor === 0.5 ? floor + (floor % 2) : Math.round(near)
    }
    case 'floor':
      return Math.floor(near)
    case 'ceil':
      return Math.ceil(near)
    default:
      return rule satisfies never
  }
}

/** `whole`, and at least 1. */
export function side(value: number, rule: Rounding): number {
  return Math.max(1, whole(value, rule))
}

/** Where a part of `length` begins on a side of `total`, with `focus` (0..1 of the side) as near its middle as the edges allow. */
export function place(total: number, length: number, focus: number): number {
  return Math.min(Math.max(0, whole(focus * total - length / 2, 'half-up')), total - length)
}

/**
 * A rectangle of `size` out of `image`, around a focus.
 * @param size  Not larger than `image`.
 * @returns     Never outside `image`.
 */
export function cropAround(image: Size, size: Size, focus: Point): Rect {
  return { left: place(image.width, size.width, focus.x), top: place(image.height, size.height, focus.y), ...size }
}

/** The part of `rect` that lies inside `image`; `undefined` when none does. */
export function clip(rect: Rect, image: Size): Rect | undefined {
  const left = Math.max(0, rect.left)
  const top = Math.max(0, rect.top)
  const right = Math.min(image.width, rect.left + rect.width)
  const bottom = Math.min(image.height, rect.top + rect.height)
  return right > left && bottom > top ? { left, top, width: right - left, height: bottom - top } : undefined
}

/** The box around a picture turned clockwise by any angle, as sharp's `rotate` makes it; whole px. */
export function rotatedSize({ width, height }: Size, degrees: number): Size {
  const radians = (degrees * Math.PI) / 180
  const sin = Math.abs(Math.sin(radians))
  const cos = Math.abs(Math.cos(radians))
  return { width: side(width * cos + height * sin, 'half-up'), height: side(width * sin + height * cos, 'half-up') }
}

export const isWhole = (rect: Rect, image: Size): boolean => rect.left === 0 && rect.top === 0 && sameSize(rect, image)

export const sameSize = (a: Size, b: Size): boolean => a.width === b.width && a.height === b.height
