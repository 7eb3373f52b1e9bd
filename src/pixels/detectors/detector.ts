import type { Failure } from '../../errors.ts'
import type { Pixels } from '../../filters/filter.ts'
import type { Rect } from '../../geometry/facts.ts'
import type { DetectorName } from '../../recipe/steps.ts'

/** A detector: it says which areas of a picture its viewer looks for, so that a crop keeps them. */
export type Detector = {
  readonly name: DetectorName
  readonly doc: string
  /** Longest side of the copy that it looks at, px; a smaller picture comes as it is. At most 1024. */
  readonly side: number
  /**
   * What it finds, the most important first, in px of the copy. Equal pixels give equal areas. What it needs that is not always there, as a
   * model, it loads when it is first asked.
   * @param pixels  sRGB of 8 bits, red, green and blue, perhaps alpha.
   * @returns       Few areas, each of whole px inside the copy; none where nothing stands out. A `Failure` says what is missing.
   */
  find(pixels: Copy, signal: AbortSignal): Promise<readonly Rect[] | Failure>
}

/** The small copy that detectors see. */
export type Copy = Pixels & { readonly channels: 3 | 4 }
