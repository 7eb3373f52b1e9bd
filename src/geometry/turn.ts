import type { Rect, Size } from './facts.ts'

/** One of the eight ways to lay a picture down: mirrored left to right first if `flop`, then turned clockwise by `quarters` (0..3) of 90 degrees. */
export type Turn = { readonly flop: boolean; readonly quarters: number }

export const noTurn: Turn = { flop: false, quarters: 0 }
export const flop: Turn = { flop: true, quarters: 0 }
export const flip: Turn = { flop: true, quarters: 2 }

/** What brings a picture with this Exif orientation (1..8) upright. @see Exif 3.0, 4.6.5.1.6 */
export function uprightTurn(orientation: number): Turn {
  const turns: readonly Turn[] = [
    noTurn,
    flop,
    { flop: false, quarters: 2 },
    flip,
    { flop: true, quarters: 3 },
    { flop: false, quarters: 1 },
    { flop: true, quarters: 1 },
    { flop: false, quarters: 3 },
  ]
  return turns[orientation - 1] ?? noTurn
}

/** First `a`, then `b`, as one turn. */
export function thenTurn(a: Turn, b: Turn): Turn {
  return { flop: a.flop !== b.flop, quarters: ((b.flop ? 4 - a.quarters : a.quarters) + b.quarters) % 4 }
}

/** Does it leave every picture as it is? */
export function isNoTurn({ flop, quarters }: Turn): boolean {
  return !flop && quarters === 0
}

/** The size after the turn. */
export function turnedSize({ width, height }: Size, { quarters }: Turn): Size {
  return quarters % 2 === 1 ? { width: height, height: width } : { width, height }
}

/**
 * Where a rectangle of the turned picture lies in the picture before.
 * @param rect    In px of the turned picture.
 * @param before  Size before the turn.
 */
export function unturnedRect(rect: Rect, before: Size, { flop, quarters }: Turn): Rect {
  const after = turnedSize(before, { flop, quarters })
  const right = after.width - rect.left - rect.width
  const bottom = after.height - rect.top - rect.height
  const upright: Rect = [
    rect,
    { left: rect.top, top: right, width: rect.height, height: rect.width },
    { left: right, top: bottom, width: rect.width, height: rect.height },
    { left: bottom, top: rect.left, width: rect.height, height: rect.width },
  ][quarters] as Rect
  return flop ? { ...upright, left: before.width - upright.left - upright.width } : upright
}
