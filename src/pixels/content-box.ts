import type { Pixels } from '../filters/filter.ts'
import type { Rect } from '../geometry/facts.ts'

/**
 * The box of all that is not border: pixels further than `distance` from the colour of a corner, by the Euclidean distance of all channels,
 * alpha included. A row moves the right edge only by a pixel to the right of its own first one, so a line of 1 px down the picture moves it
 * never: that is how Thumbor trims, to the px.
 * @returns  `undefined` when nothing would be left.
 */
export function contentBox(pixels: Pixels, corner: 'top-left' | 'bottom-right', distance: number): Rect | undefined {
  const { data, width, height, channels } = pixels
  const border = corner === 'top-left' ? 0 : data.length - channels
  const most = distance * distance
  const isContent = (at: number): boolean => {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) {
      // Grey stands for three equal channels.
      const weight = channels <= 2 && channel === 0 ? 3 : 1
      const difference = (data[at + channel] ?? 0) - (data[border + channel] ?? 0)
      sum += weight * difference * difference
    }
    return sum > most
  }
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let y = 0; y < height; y++) {
    const row = y * width * channels
    let first = 0
    while (first < width && !isContent(row + first * channels)) first += 1
    if (first === width) continue
    left = Math.min(left, first)
    top = Math.min(top, y)
    bottom = y
    const known = Math.max(first, right)
    for (let x = width - 1; x > known; x--) {
      if (!isContent(row + x * channels)) continue
      right = x
      break
    }
  }
  return right < left || bottom < top ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 }
}
