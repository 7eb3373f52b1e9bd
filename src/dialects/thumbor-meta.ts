import type { Deed } from '../geometry/plan.ts'
import type { Explained, Order } from './dialect.ts'
import { thumborSource } from './thumbor-source.ts'

/**
 * What `meta` answers, in Thumbor's shape: what would be done to the original, how large the result is, and what a crop keeps in its middle.
 * Thumbor does the work first and gives the final size as that of the source; here it is the original's own.
 */
export function thumborMeta({ key }: Order, { plan, facts: [original] }: Explained): Readonly<Record<string, unknown>> {
  const { deeds, focus } = plan.told
  return {
    thumbor: {
      source: { url: thumborSource(key).imageUrl, width: original.width, height: original.height, frameCount: original.pages },
      operations: deeds.map(operation),
      target: plan.size,
      focal_points: focus.map(({ x, y, weight }) => ({ x, y, z: weight, height: 1, width: 1, origin: 'alignment' })),
    },
  }
}

function operation(deed: Deed): Readonly<Record<string, unknown>> {
  switch (deed.deed) {
    case 'crop':
      return { type: 'crop', left: deed.left, top: deed.top, right: deed.left + deed.width, bottom: deed.top + deed.height }
    case 'resize':
      return { type: 'resize', width: deed.width, height: deed.height }
    case 'flop':
      return { type: 'flip_horizontally' }
    case 'flip':
      return { type: 'flip_vertically' }
    default:
      return deed satisfies never
  }
}
