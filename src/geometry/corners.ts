import type { StepOf } from '../recipe/steps.ts'
import type { Size } from './facts.ts'

/** Radius of each corner from top left clockwise; neighbours that would overlap shrink alike. @see CSS Backgrounds and Borders 3, 4.5 */
export function corners(step: StepOf<'radius'>, { width, height }: Size, dpr: number): [number, number, number, number] {
  const half = Math.min(width, height) / 2
  if (step.round) return [half, half, half, half]
  const [first = 0, second = first, third = first, fourth = second] = step.corners.map((corner) => corner * dpr)
  const factor = Math.min(1, width / (first + second), height / (second + third), width / (third + fourth), height / (fourth + first))
  return [first * factor, second * factor, third * factor, fourth * factor]
}
