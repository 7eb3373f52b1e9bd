import type { Pixels } from '../filters/filter.ts'
import type { Size } from '../geometry/facts.ts'
import type { Piece } from '../geometry/nine-patch.ts'
import type { NinePatch } from '../geometry/plan.ts'
import type { SharpModule } from './sharp.ts'

/** The pixels of a nine-patch, rim and all, upright: sRGB with alpha. */
export async function patchPixels(sharp: SharpModule, original: Buffer): Promise<Pixels> {
  const { data, info } = await sharp(original, { limitInputPixels: false })
    .autoOrient()
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels as Pixels['channels'] }
}

/** Which pixels are the marks on its rim. */
export function isMark({ data, width, channels }: Pixels): (x: number, y: number) => boolean {
  const colours = channels - 1
  return (x, y) => {
    const at = (y * width + x) * channels
    return data[at + colours] === 255 && data.subarray(at, at + colours).every((value) => value === 0)
  }
}

/**
 * The patch on a clear canvas: what keeps its size to the px, what stretches mixed from its two nearest rows and columns, so that no
 * colour of a neighbouring piece bleeds in.
 */
export function drawPatch(patch: Pixels, { columns, rows }: NinePatch, { width, height }: Size): Pixels {
  const data = Buffer.alloc(width * height * 4)
  const [across, down] = [columns.flatMap(samples), rows.flatMap(samples)]
  for (const y of down) {
    for (const x of across) {
      let [r, g, b, alpha] = [0, 0, 0, 0]
      for (const [row, high] of y.from) {
        for (const [column, wide] of x.from) {
          const at = ((row + 1) * patch.width + column + 1) * patch.channels
          const last = at + patch.channels - 1
          const grey = patch.channels < 3
          const cover = high * wide * (patch.data[last] ?? 0)
          r += cover * (patch.data[at] ?? 0)
          g += cover * (patch.data[grey ? at : at + 1] ?? 0)
          b += cover * (patch.data[grey ? at : at + 2] ?? 0)
          alpha += cover
        }
      }
      if (alpha > 0) data.set([r / alpha + 0.5, g / alpha + 0.5, b / alpha + 0.5, alpha + 0.5], (y.to * width + x.to) * 4)
    }
  }
  return { data, width, height, channels: 4 }
}

/** A row or column of the canvas, and those of the patch that it is mixed from, each with its weight: places are Thumbor's. */
type Sample = { readonly to: number; readonly from: readonly (readonly [at: number, weight: number])[] }

function samples({ from, size, to, length }: Piece): readonly Sample[] {
  return Array.from({ length }, (_, index) => {
    const place = length === size ? index : (index * (size - 1)) / length
    const first = Math.floor(place)
    const weight = place - first
    const near = [from + first, 1 - weight] as const
    return { to: to + index, from: weight < 1e-9 ? [[near[0], 1] as const] : [near, [from + first + 1, weight] as const] }
  })
}
