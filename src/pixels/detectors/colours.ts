import type { Size } from '../../geometry/facts.ts'
import type { Copy } from './detector.ts'

/** A picture as a viewer tells colours apart, a number for each pixel: lightness 0..255, two axes of colour around 0, and what else is asked. */
export type Colours = Size & {
  readonly light: Float32Array
  /** Yellow to blue and green to red, -128..127. @see ITU-T T.871, 7 */
  readonly blueness: Float32Array
  readonly redness: Float32Array
  /** The largest of red, green and blue less the smallest. */
  readonly saturation: Float32Array
  /** 0 to 255; what is clear has no colour of its own, and counts as middle gray. */
  readonly alpha: Float32Array
}

type Colour = readonly [light: number, blueness: number, redness: number]

export function coloursOf({ data, width, height, channels }: Copy): Colours {
  const count = width * height
  const field = (): Float32Array => new Float32Array(count)
  const [light, blueness, redness, saturation, alpha] = [field(), field(), field(), field(), field()]
  for (let index = 0, from = 0; index < count; index++, from += channels) {
    const shown = channels === 4 ? (data[from + 3] ?? 255) : 255
    const over = (value = 0): number => 128 + ((value - 128) * shown) / 255
    const [r, g, b] = [over(data[from]), over(data[from + 1]), over(data[from + 2])]
    const y = 0.299 * r + 0.587 * g + 0.114 * b
    light[index] = y
    blueness[index] = (b - y) / 1.772
    redness[index] = (r - y) / 1.402
    saturation[index] = Math.max(r, g, b) - Math.min(r, g, b)
    alpha[index] = shown
  }
  return { width, height, light, blueness, redness, saturation, alpha }
}

/** How far a pixel is from a colour; hue counts double, since light and shade lie on all things. */
export function distance({ light, blueness, redness }: Colours, index: number, [y, b, r]: Colour): number {
  const [dy, db, dr] = [(light[index] ?? 0) - y, (blueness[index] ?? 0) - b, (redness[index] ?? 0) - r]
  return Math.sqrt(dy * dy + 4 * (db * db + dr * dr))
}

/** The colour in the middle of all along each edge, in a strip of a sixteenth of the side: what is at one place of the edge alone does not shift it. */
export function borderColours(colours: Colours): readonly Colour[] {
  const { width, height } = colours
  const [wide, high] = [Math.max(1, width >> 4), Math.max(1, height >> 4)]
  return [
    middleColour(colours, 0, 0, width, high),
    middleColour(colours, 0, height - high, width, high),
    middleColour(colours, 0, 0, wide, height),
    middleColour(colours, width - wide, 0, wide, height),
  ]
}

function middleColour({ width: row, light, blueness, redness }: Colours, left: number, top: number, width: number, height: number): Colour {
  const middle = (from: Float32Array): number => {
    const strip = new Float32Array(width * height)
    for (let y = 0; y < height; y++) strip.set(from.subarray((top + y) * row + left, (top + y) * row + left + width), y * width)
    return strip.sort()[strip.length >> 1] ?? 0
  }
  return [middle(light), middle(blueness), middle(redness)]
}
