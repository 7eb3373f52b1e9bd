import type { StepOf } from '../recipe/steps.ts'
import type { Rect, Size } from './facts.ts'
import { evenly } from './stepwise.ts'

/**
 * The size that a `bound` step leaves: the side that exceeds its bound by more px decides, the other follows. Where both exceed theirs by the
 * same, or the side that decides has no bound, nothing happens; a bound that is not given counts as 0 px in that comparison.
 */
export function boundedSize({ width: most = 0, height: tall = 0 }: StepOf<'bound'>, image: Size): Size {
  const { width, height } = image
  if (width <= most && height <= tall) return image
  const [across, down] = [width - most, height - tall]
  if (most > 0 && across > down) return { width: most, height: Math.max(1, evenly((most * height) / width)) }
  if (tall > 0 && down > across) return { width: Math.max(1, evenly((tall * width) / height)), height: tall }
  return image
}

/** The size that an `upscale` step leaves: inside the box, the side that does not decide rounded down. A box without both sides enlarges nothing. */
export function upscaledSize(box: Size, image: Size): Size {
  const { width, height } = image
  if (width >= box.width || height >= box.height) return image
  return box.width / width > box.height / height
    ? { width: Math.max(1, Math.trunc((box.height * width) / height)), height: box.height }
    : { width: box.width, height: Math.max(1, Math.trunc((box.width * height) / width)) }
}

/** The size that a `scale` step leaves: rounded down, and as it was where a side would vanish. */
export function scaledSize({ factor }: StepOf<'scale'>, image: Size): Size {
  const size = { width: Math.trunc(image.width * factor), height: Math.trunc(image.height * factor) }
  return size.width < 1 || size.height < 1 ? image : size
}

/** How a picture lies in the middle of a canvas. */
export type OnCanvas = {
  readonly size: Size
  /** What is seen of the picture; all of it, unless it is larger than the canvas. */
  readonly seen: Rect
  /** Where that lies. */
  readonly left: number
  readonly top: number
}

/** @param box  A side of 0 is that of the picture. */
export function onCanvas(box: Size, image: Size): OnCanvas {
  const across = along(box.width, image.width)
  const down = along(box.height, image.height)
  return {
    size: { width: across.side, height: down.side },
    seen: { left: across.from, top: down.from, width: across.seen, height: down.seen },
    left: across.at,
    top: down.at,
  }
}

function along(box: number, image: number): { side: number; from: number; seen: number; at: number } {
  const side = box === 0 ? image : box
  const at = Math.floor((side - image) / 2)
  return at < 0 ? { side, from: -at, seen: Math.min(side, image + at), at: 0 } : { side, from: 0, seen: image, at }
}
