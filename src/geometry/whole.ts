import type { Rect, Size } from './facts.ts'

/** The whole picture, and where what is left of it lies: bounded (`[now, before]` on each axis), then cut at `left`, `top`. */
export type Whole = {
  readonly size: Size
  readonly across: readonly [number, number]
  readonly down: readonly [number, number]
  readonly left: number
  readonly top: number
}

export function wholeOf(size: Size): Whole {
  return { size, across: [1, 1], down: [1, 1], left: 0, top: 0 }
}

/** A rectangle of the whole picture, in px of what is left of it: edges rounded down. It may lie outside. */
export function fromWhole({ left, top, width, height }: Rect, whole: Whole): Rect {
  const [right, bottom] = [left + width, top + height]
  const x = (at: number): number => Math.floor((at * whole.across[0]) / whole.across[1]) - whole.left
  const y = (at: number): number => Math.floor((at * whole.down[0]) / whole.down[1]) - whole.top
  return { left: x(left), top: y(top), width: x(right) - x(left), height: y(bottom) - y(top) }
}
