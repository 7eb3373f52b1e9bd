import type { Pixels } from './filter.ts'
import { lumaOf } from './luma.ts'

/** What kernels over raw pixels share. Tables are clamped arrays, which round and keep to 0..255 by themselves. */

/** How many of the channels are colour: all but alpha. */
export function colourChannels({ channels }: Pixels): 1 | 3 {
  return channels <= 2 ? 1 : 3
}

/** Every colour value replaced by its entry in a table of 256; alpha stays. */
export function mapColours(pixels: Pixels, table: Uint8ClampedArray): Pixels {
  const { channels } = pixels
  const colours = colourChannels(pixels)
  const data = Buffer.from(pixels.data)
  for (let at = 0; at < data.length; at += channels) {
    for (let channel = at; channel < at + colours; channel++) data[channel] = table[data[channel] ?? 0] ?? 0
  }
  return { ...pixels, data }
}

/** Every red, green and blue replaced by its entry in a table of 256 of its own. Grey pictures become coloured; alpha stays. */
export function mapEach(pixels: Pixels, [red, green, blue]: readonly [Uint8ClampedArray, Uint8ClampedArray, Uint8ClampedArray]): Pixels {
  const { data: from, width, height, channels } = pixels
  const grey = colourChannels(pixels) === 1
  const clear = channels === 2 || channels === 4
  const wide = clear ? 4 : 3
  const [second, third] = grey ? [0, 0] : [1, 2]
  const data = Buffer.allocUnsafe(width * height * wide)
  for (let at = 0, to = 0; to < data.length; at += channels, to += wide) {
    data[to] = red[from[at] ?? 0] ?? 0
    data[to + 1] = green[from[at + second] ?? 0] ?? 0
    data[to + 2] = blue[from[at + third] ?? 0] ?? 0
    if (clear) data[to + 3] = from[at + channels - 1] ?? 0
  }
  return { data, width, height, channels: wide }
}

/** A table of 256 for `mapColours` and `mapEach`: the clamped values of a function, which rounds as it likes. */
export function tableOf(value: (colour: number) => number): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: 256 }, (_, colour) => value(colour))
}

/** Every pixel in the colour that belongs to its lightness, of 256 of three bytes each. Grey pictures become coloured; alpha stays. */
export function paintByLuma(pixels: Pixels, colours: Uint8ClampedArray): Pixels {
  const { data: from, width, height, channels } = pixels
  const grey = colourChannels(pixels) === 1
  const clear = channels === 2 || channels === 4
  const wide = clear ? 4 : 3
  const data = Buffer.allocUnsafe(width * height * wide)
  for (let at = 0, to = 0; to < data.length; at += channels, to += wide) {
    const first = from[at] ?? 0
    const luma = grey ? first : Math.round(lumaOf(first, from[at + 1] ?? 0, from[at + 2] ?? 0))
    data[to] = colours[luma * 3] ?? 0
    data[to + 1] = colours[luma * 3 + 1] ?? 0
    data[to + 2] = colours[luma * 3 + 2] ?? 0
    if (clear) data[to + 3] = from[at + channels - 1] ?? 0
  }
  return { data, width, height, channels: wide }
}

/** Rows as columns. In tiles, so that what lies together stays together in the processor's cache. */
export function transposed({ data: from, width, height, channels }: Pixels): Pixels {
  const tile = 32
  const data = Buffer.allocUnsafe(from.length)
  for (let top = 0; top < height; top += tile) {
    const bottom = Math.min(height, top + tile)
    for (let left = 0; left < width; left += tile) {
      const right = Math.min(width, left + tile)
      for (let y = top; y < bottom; y++) {
        for (let x = left, at = (y * width + left) * channels; x < right; x++) {
          const to = (x * height + y) * channels
          for (let channel = 0; channel < channels; channel++) data[to + channel] = from[at++] ?? 0
        }
      }
    }
  }
  return { data, width: height, height: width, channels }
}
