import { lengthOn } from '../recipe/length.ts'
import type { Spot } from '../recipe/spot.ts'
import { whole } from './rect.ts'

/** Copies of a layer along one axis: the first begins at `first`, each further one `pitch` px on. Whole px; `first` may lie outside. */
export type Copies = { readonly first: number; readonly count: number; readonly pitch: number }

/** One axis of a picture and of the layer on it, in whole px from 1. */
export type Axis = { readonly picture: number; readonly layer: number }

/**
 * Where a layer lies along both axes.
 *
 * - Near and far: so far from that edge; a part of the side becomes whole px, halves upwards.
 * - Center: half of what is left, towards zero: a layer that is larger than the picture lies by half a px too far right rather than left.
 * - Repeat: as often as it fits, what is left shared out between; a layer that fits less than twice is cut off at the far edge, behind a
 *   gap of 10 px. Where both axes repeat and that makes more than 100 copies, they are 6 by 6 at most, spread over the whole.
 *
 * @param spots  On each axis; `at` is where the layer lies on an axis without.
 * @returns      At most as many copies as the axis has px; copies may overlap where a layer that fits less than twice is spread.
 * @see Thumbor's `watermark`, whose places these are.
 */
export function spread(
  { x, y }: { readonly x: Axis; readonly y: Axis },
  spots: { readonly x: Spot | undefined; readonly y: Spot | undefined },
  at: { readonly x: number; readonly y: number },
  dpr: number,
): { readonly x: Copies; readonly y: Copies } {
  const [across, down] = [fits(x), fits(y)]
  const both = spots.x === 'repeat' && spots.y === 'repeat'
  const few = both && across.count * down.count > 100
  const along = (axis: Axis, spot: Spot | undefined, place: number, fitting: Fitting): Copies => {
    if (spot === 'repeat') return shared(axis, few ? sparse(axis, fitting.count) : fitting)
    return { first: spot === undefined ? place : firstOf(axis, spot, dpr), count: 1, pitch: axis.layer }
  }
  return { x: along(x, spots.x, at.x, across), y: along(y, spots.y, at.y, down) }
}

function firstOf({ picture, layer }: Axis, spot: Exclude<Spot, 'repeat'>, dpr: number): number {
  if (spot === 'center') return Math.trunc((picture - layer) / 2) + 0 // no -0
  const { edge, distance } = spot
  const length = whole('px' in distance ? distance.px * dpr : lengthOn(distance, picture), 'half-up')
  return edge === 'near' ? length : picture - layer - length
}

/** How many copies, and the px that are left to be shared out between them; below 0 they overlap. */
type Fitting = { readonly count: number; readonly rest: number }

function fits({ picture, layer }: Axis): Fitting {
  if (picture < 2 * layer) return { count: Math.ceil(picture / layer), rest: 10 }
  return { count: Math.floor(picture / layer), rest: picture % layer }
}

function sparse({ picture, layer }: Axis, most: number): Fitting {
  const count = Math.min(6, most)
  return { count, rest: picture - count * layer }
}

function shared({ layer }: Axis, { count, rest }: Fitting): Copies {
  return { first: 0, count, pitch: layer + Math.floor(rest / Math.max(1, count - 1)) }
}
