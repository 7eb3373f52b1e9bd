import { type About, type Field, Problem } from '../schema/field.ts'
import { type Length, printLength, readLength } from './length.ts'

/**
 * Where a layer lies along one axis: so far from the near edge (left or top) or from the far one, in the middle, or repeated from the near
 * edge to the far one.
 */
export type Spot = { readonly edge: 'near' | 'far'; readonly distance: Length } | 'center' | 'repeat'

/** Beyond any picture. */
const most = { px: 1e6, part: 9.99 }
const expected = 'whole px or a part of the side (both counted from the far edge with a - before them), center or repeat'

/** `30`, `25%`, `-30`, `-0`, `-25%`, `center`, `repeat`; `undefined` when it is none. */
export function readSpot(text: string): Spot | undefined {
  if (text === 'center' || text === 'repeat') return text
  const far = text.startsWith('-')
  const distance = readLength(far ? text.slice(1) : text)
  if (distance === undefined || ('px' in distance ? distance.px > most.px : distance.part > most.part)) return undefined
  return { edge: far ? 'far' : 'near', distance }
}

export function printSpot(spot: Spot): string {
  return typeof spot === 'string' ? spot : `${spot.edge === 'far' ? '-' : ''}${printLength(spot.distance)}`
}

export function spot(about: About<Spot>): Field<Spot> {
  return { ...about, unit: 'px', expected, read: (text) => readSpot(text) ?? new Problem(expected), print: printSpot }
}
