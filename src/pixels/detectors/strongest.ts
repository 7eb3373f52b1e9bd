import type { Rect } from '../../geometry/facts.ts'
import type { NumberField } from './field.ts'

/** Most areas that are told. */
const most = 3
/** An area that holds less than that part of what the strongest holds is not worth moving a crop. */
const worthwhile = 0.35
/** Cuts through the field, as parts of its peak, until what stands above them is no more than `plenty` of the picture. */
const cuts = [0.5, 0.65, 0.8] as const
const plenty = 0.4

type Area = Rect & { readonly sum: number }

/**
 * The areas in which a field is strongest, as rectangles around what stands above half its peak; higher, where that is most of the picture.
 * @param least  A peak below that is none.
 * @returns      At most three, the strongest first; inside the field and never empty.
 */
export function strongest(field: NumberField, least: number): readonly Rect[] {
  const peak = field.at.reduce((highest, value) => Math.max(highest, value), 0)
  if (!(peak >= least)) return []
  let areas: readonly Area[] = []
  for (const cut of cuts) {
    areas = best(above(field, peak * cut))
    if (areas.reduce((sum, { width, height }) => sum + width * height, 0) <= plenty * field.width * field.height) break
  }
  return areas.map(({ left, top, width, height }) => ({ left, top, width, height }))
}

function best(areas: readonly Area[]): readonly Area[] {
  const sorted = [...areas].sort((a, b) => b.sum - a.sum || a.top - b.top || a.left - b.left)
  const enough = worthwhile * (sorted[0]?.sum ?? 0)
  return sorted.slice(0, most).filter(({ sum }) => sum >= enough)
}

/** What hangs together above a level, each with the rectangle around it. */
function above({ width, height, at }: NumberField, level: number): readonly Area[] {
  const seen = new Uint8Array(at.length)
  const areas: Area[] = []
  for (let start = 0; start < at.length; start++) {
    if (seen[start] === 1 || (at[start] ?? 0) < level) continue
    let [left, top, right, bottom, sum] = [width, height, 0, 0, 0]
    const open = [start]
    seen[start] = 1
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      const x = index % width
      const y = (index - x) / width
      sum += at[index] ?? 0
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
      const near = [x > 0 ? index - 1 : -1, x < width - 1 ? index + 1 : -1, index - width, index + width]
      for (const next of near) {
        if (next < 0 || next >= at.length || seen[next] === 1 || (at[next] ?? 0) < level) continue
        seen[next] = 1
        open.push(next)
      }
    }
    areas.push({ left, top, width: right - left + 1, height: bottom - top + 1, sum })
  }
  return areas
}
