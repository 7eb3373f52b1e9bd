import type { Pixels } from '../filters/filter.ts'
import type { Rect } from '../geometry/facts.ts'
import type { Pass } from '../geometry/plan.ts'
import type { Colour } from '../schema/colour.ts'

const black: Colour = { r: 0, g: 0, b: 0, alpha: 1 }

/**
 * The outlines of rectangles drawn into the pixels themselves: a line inside each edge, and a black one of 1 px on both sides of it, so that it
 * is seen on any ground. What lies outside is not drawn. Work is linear in the lines, not in the picture.
 * @param pixels  In colour.
 */
export function outlined(pixels: Pixels, { rects, line, colour }: Extract<Pass, { kind: 'outline' }>): Pixels {
  for (const rect of rects) {
    frame(pixels, grown(rect, 1), 1, black)
    frame(pixels, grown(rect, -line), 1, black)
  }
  for (const rect of rects) frame(pixels, rect, line, colour)
  return pixels
}

function grown({ left, top, width, height }: Rect, by: number): Rect {
  return { left: left - by, top: top - by, width: width + 2 * by, height: height + 2 * by }
}

/** The four edges of a rectangle, `line` px wide, inside it. */
function frame(pixels: Pixels, { left, top, width, height }: Rect, line: number, colour: Colour): void {
  if (width <= 0 || height <= 0) return
  const [right, bottom] = [left + width, top + height]
  const [across, down] = [Math.min(line, width), Math.min(line, height)]
  fill(pixels, left, top, right, top + down, colour)
  fill(pixels, left, bottom - down, right, bottom, colour)
  fill(pixels, left, top, left + across, bottom, colour)
  fill(pixels, right - across, top, right, bottom, colour)
}

/** Every pixel from `left`, `top` to before `right`, `bottom` that there is. */
function fill({ data, width, height, channels }: Pixels, left: number, top: number, right: number, bottom: number, colour: Colour): void {
  const values = [colour.r, colour.g, colour.b, 255]
  for (let y = Math.max(0, top); y < Math.min(height, bottom); y++)
    for (let x = Math.max(0, left); x < Math.min(width, right); x++)
      for (let channel = 0; channel < channels; channel++) data[(y * width + x) * channels + channel] = values[channel] ?? 255
}
