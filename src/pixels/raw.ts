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
