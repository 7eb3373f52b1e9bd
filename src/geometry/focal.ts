import type { Point, Rect, Size } from './facts.ts'

/** What a crop is to keep in its middle: the middle of an area, in px, weighing as much as the area is large. JSON-serialisable. */
export type FocalPoint = Point &
  Size & {
    readonly weight: number
    /** Said in the recipe, found by a detector, or where the crop is aligned for want of both. */
    readonly origin: 'said' | 'found' | 'aligned'
  }

/** The middles of areas; what has no width or no height counts for nothing. Areas may lie outside the picture. */
export function focalPoints(areas: readonly Rect[], origin: FocalPoint['origin']): readonly FocalPoint[] {
  return areas
    .filter(({ width, height }) => width > 0 && height > 0)
    .map(({ left, top, width, height }) => ({
      x: left + Math.floor(width / 2),
      y: top + Math.floor(height / 2),
      ...{ width, height, weight: width * height, origin },
    }))
}

/** The area whose middle a point is. */
export function areaOf({ x, y, width, height }: FocalPoint): Rect {
  return { left: x - Math.floor(width / 2), top: y - Math.floor(height / 2), width, height }
}

/** The points that lie in a rectangle, its edges included, in px of it. */
export function pointsWithin(points: readonly FocalPoint[], { left, top, width, height }: Rect): readonly FocalPoint[] {
  return points
    .filter(({ x, y }) => x >= left && x <= left + width && y >= top && y <= top + height)
    .map((point) => ({ ...point, x: point.x - left, y: point.y - top }))
}

/** The centre of mass, in whole px rounded down; `undefined` without any point. */
export function centreOf(points: readonly FocalPoint[]): Point | undefined {
  let [x, y, weight] = [0, 0, 0]
  for (const point of points) {
    x += point.x * point.weight
    y += point.y * point.weight
    weight += point.weight
  }
  return weight === 0 ? undefined : { x: Math.floor(x / weight), y: Math.floor(y / weight) }
}

/** A part of the picture, 0..1 on each axis, in whole px rounded toward zero. */
export function pointOn(part: Point, { width, height }: Size): Point {
  return { x: Math.trunc(width * part.x), y: Math.trunc(height * part.y) }
}
