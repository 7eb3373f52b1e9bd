import type { Pixels } from '../filters/filter.ts'
import type { Rect } from '../geometry/facts.ts'
import type { Copies } from '../geometry/spots.ts'

/**
 * Copies of a mark as one layer, clear between them; where two overlap, the later lies on top of the earlier. One layer costs as much as the
 * picture is large, however many copies are on it.
 * @param mark     Its last channel is alpha.
 * @param visible  The part of all copies together that is made, measured from the first.
 */
export function repeated(mark: Pixels, copies: { readonly x: Copies; readonly y: Copies }, visible: Rect): Pixels {
  const { width, height } = visible
  const { channels } = mark
  const data = Buffer.alloc(width * height * channels)
  for (const left of starts(copies.x, visible.left)) {
    const from = Math.max(0, -left)
    const to = Math.min(mark.width, width - left)
    for (const top of starts(copies.y, visible.top)) {
      for (let row = Math.max(0, -top); row < Math.min(mark.height, height - top); row++) {
        for (let column = from; column < to; column++) {
          lay(mark.data, (row * mark.width + column) * channels, data, ((row + top) * width + column + left) * channels, channels)
        }
      }
    }
  }
  return { data, width, height, channels }
}

function starts({ count, pitch }: Copies, cut: number): number[] {
  return Array.from({ length: count }, (_, index) => index * pitch - cut)
}

/** One pixel over another. @see https://www.w3.org/TR/compositing-1/#simplealphacompositing */
function lay(upper: Buffer, at: number, lower: Buffer, to: number, channels: number): void {
  const last = channels - 1
  const above = upper[at + last] ?? 0
  const below = lower[to + last] ?? 0
  if (above === 0) return
  const through = ((255 - above) * below) / 255
  const alpha = above + through
  for (let channel = 0; channel < last; channel++) {
    lower[to + channel] = Math.round((above * (upper[at + channel] ?? 0) + through * (lower[to + channel] ?? 0)) / alpha)
  }
  lower[to + last] = Math.round(alpha)
}
