import { Failure } from '../../errors.ts'
import type { Rect, Size } from '../../geometry/facts.ts'
import { clip } from '../../geometry/rect.ts'
import type { DetectorName } from '../../recipe/steps.ts'
import type { Copy, Detector } from './detector.ts'

/** More areas than that nobody tells apart. */
const mostAreas = 16

/**
 * What the first of these detectors finds that finds anything.
 * @param size    The full size of the picture, px.
 * @param copyOf  The picture, its longer side of at most so many px.
 * @returns       In px of the full size; empty when none found anything. `setting-invalid` for a detector that is not there.
 */
export async function detect(
  detectors: readonly Detector[],
  names: readonly DetectorName[],
  size: Size,
  copyOf: (size: Size) => Promise<Copy | Failure>,
  signal: AbortSignal,
): Promise<readonly Rect[] | Failure> {
  for (const name of names) {
    signal.throwIfAborted()
    const detector = detectors.find((each) => each.name === name)
    if (detector === undefined) return new Failure('setting-invalid', `There is no detector "${name}" here.`, { parameter: name })
    const copy = await copyOf(reduced(size, detector.side))
    if (copy instanceof Failure) return copy
    const found = await detector.find(copy, signal)
    if (found instanceof Failure) return found
    const areas = found.slice(0, mostAreas).flatMap((area) => enlarged(area, copy, size))
    if (areas.length > 0) return areas
  }
  return []
}

function reduced({ width, height }: Size, side: number): Size {
  const factor = Math.min(1, side / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }
}

/** An area of the copy on the full picture, edges rounded outwards; none where it lies outside. */
function enlarged({ left, top, width, height }: Rect, copy: Size, size: Size): readonly Rect[] {
  const x = (at: number): number => (at * size.width) / copy.width
  const y = (at: number): number => (at * size.height) / copy.height
  const [from, above] = [Math.floor(x(left)), Math.floor(y(top))]
  const whole = { left: from, top: above, width: Math.ceil(x(left + width)) - from, height: Math.ceil(y(top + height)) - above }
  const inside = clip(whole, size)
  return inside === undefined ? [] : [inside]
}
