import type { Sharp } from 'sharp'
import { Failure } from '../errors.ts'
import type { Pixels } from '../filters/filter.ts'
import type { Size } from '../geometry/facts.ts'
import type { SharpModule } from './sharp.ts'

/**
 * Runs a pipeline into raw pixels, whose size is the planned one: what sharp 0.35 tells is that of the cut where a border follows it.
 * Throws when the pixels are more or fewer, since they would be no picture then.
 */
export async function toPixels(image: Sharp, { width, height }: Size): Promise<Pixels> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  if (data.length !== width * height * info.channels) throw new Failure('internal', 'A pass made another size than planned.')
  return { data, width, height, channels: info.channels as Pixels['channels'] }
}

export function openPixels(sharp: SharpModule, { data, width, height, channels }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
}

/** The same in red, green and blue: gray has them equal. */
export function inColour({ data, width, height, channels }: Pixels): Pixels & { readonly channels: 3 | 4 } {
  if (channels === 3 || channels === 4) return { data, width, height, channels }
  const wide = channels === 1 ? 3 : 4
  const coloured = Buffer.alloc(width * height * wide)
  for (let from = 0, to = 0; from < data.length; from += channels, to += wide) {
    coloured.fill(data[from] ?? 0, to, to + 3)
    if (wide === 4) coloured[to + 3] = data[from + 1] ?? 255
  }
  return { data: coloured, width, height, channels: wide }
}
