import { type Length, lengthOn } from '../recipe/length.ts'
import type { StepOf } from '../recipe/steps.ts'
import type { Rect, Size } from './facts.ts'
import { cropAround, side, whole } from './rect.ts'

/**
 * The rectangle that a region step names on a picture, in whole px; it may reach beyond the picture, which is the planner's to cut off.
 * Edges round half up. Empty only where no width or height is asked.
 */
export function regionRect(step: StepOf<'region'>, size: Size): Rect {
  if (step.square) {
    const short = Math.min(size.width, size.height)
    return cropAround(size, { width: short, height: short }, { x: 0.5, y: 0.5 })
  }
  return {
    left: edge(step.x, size.width),
    top: edge(step.y, size.height),
    width: extent(step.width, size.width),
    height: extent(step.height, size.height),
  }
}

/** Where a region begins; a part below the whole side never rounds to what lies outside. */
function edge(length: Length, along: number): number {
  const at = whole(lengthOn(length, along), 'half-up')
  return 'part' in length && length.part < 1 ? Math.min(at, along - 1) : at
}

/** How far a region reaches; what is more than nothing is at least 1 px. */
function extent(length: Length, along: number): number {
  const exact = lengthOn(length, along)
  return exact > 0 ? side(exact, 'half-up') : 0
}
