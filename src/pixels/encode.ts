import type { Sharp } from 'sharp'
import { Failure } from '../errors.ts'
import type { Facts } from '../geometry/facts.ts'
import type { Plan, PlannedOutput } from '../geometry/plan.ts'
import { media } from '../recipe/output.ts'
import { copyrightOf } from './copyright.ts'
import { encoderOptions } from './encoder-options.ts'
import { forgetDensity } from './png-density.ts'
import { toPixels } from './raw.ts'
import type { SharpModule } from './sharp.ts'

/** What the encoder must know of the original. */
export type Origin = {
  readonly facts: Facts
  readonly exif?: Buffer
  /** The picture has been turned upright, so that an orientation tag would turn it again. */
  readonly oriented: boolean
}

/**
 * Runs what the pipeline holds and encodes it as planned.
 * @returns  A Failure `output-too-large` when a byte budget cannot be met at any quality, unless the output would rather be given too large.
 */
export async function encode(sharp: SharpModule, image: Sharp, plan: Plan, origin: Origin): Promise<Buffer | Failure> {
  const { output } = plan
  const plain = output.alpha ? image : image.removeAlpha()
  if (output.bytes === undefined) return write(withMetadata(plain, plan, origin), plan, origin, output.quality)
  return withinBudget(await repeatable(sharp, plain, plan, origin), plan, origin, output.bytes)
}

async function write(image: Sharp, { output, load, frames }: Plan, { facts }: Origin, quality: number): Promise<Buffer> {
  const moves = frames > 1 ? timing(output, facts, load.page, frames) : {}
  const bytes = await image.toFormat(output.format, { ...encoderOptions(output, quality, facts), ...moves }).toBuffer()
  return output.format === 'png' && output.metadata !== 'keep' ? forgetDensity(bytes) : bytes
}

/** sharp 0.35 takes no longer time for a frame, in ms, and no more rounds; GIF and WebP may say more. */
const mostTiming = 65_535

/** How long each frame is shown, and how often the animation runs. */
function timing(output: PlannedOutput, facts: Facts, page: number, frames: number): { delay: number[]; loop: number } {
  const own = facts.delays?.slice(page, page + frames) ?? []
  const delay = Array.from({ length: frames }, (_, index) =>
    output.fps === undefined ? Math.min(mostTiming, own[index] ?? 100) : Math.round(1000 / output.fps),
  )
  return { delay, loop: Math.min(mostTiming, output.loop ?? facts.loop ?? 0) }
}

/** One pass that neither mixes other pictures in nor changes colours. */
function isShapeAlone({ passes }: Plan): boolean {
  const shaping = new Set(['flatten', 'cut', 'resize', 'turn', 'rotate', 'extract', 'extend'])
  return passes.length <= 1 && passes.every((pass) => pass.kind === 'pipeline' && pass.ops.every((op) => shaping.has(op.op)))
}

function withMetadata(image: Sharp, plan: Plan, { facts, exif, oriented }: Origin): Sharp {
  const { output } = plan
  if (output.profile === 'p3') image.withIccProfile('p3')
  // sharp works in sRGB, which cuts off what lies beyond, unless it works in 16 bits: then in Display P3.
  if (output.profile === 'p3' && facts.profile && facts.space === 'srgb' && isShapeAlone(plan)) image.pipelineColourspace('rgb16')
  if (output.profile === 'keep' && facts.profile && (facts.space !== 'cmyk' || output.format === 'jpeg' || output.format === 'tiff'))
    image.keepIccProfile()
  if (output.gainMap && facts.gainMap && output.format === 'jpeg') image.keepGainMap()
  if (output.metadata === 'keep') image.keepExif().keepXmp()
  if (output.metadata === 'copyright') {
    const copyright = copyrightOf(exif)
    if (copyright !== undefined) image.withExif({ IFD0: { ...copyright } })
  }
  // Only where all is kept may a picture that was not turned keep the tag that turns it.
  if (facts.orientation > 1 && (oriented || output.metadata !== 'keep')) image.options.withMetadataOrientation = 1
  return image
}

/**
 * The pipeline to be encoded several times. Pixels are made once and kept raw, unless profile, metadata or gain map of the original must
 * reach the encoder: raw pixels have none, so then each time begins at the original.
 */
async function repeatable(sharp: SharpModule, image: Sharp, plan: Plan, origin: Origin): Promise<() => Sharp> {
  const { output, frames, size } = plan
  if (output.profile !== 'srgb' || output.metadata === 'keep' || output.gainMap) {
    const ready = withMetadata(image, plan, origin)
    return () => ready.clone()
  }
  const { width, height } = size
  const { data, channels } = await toPixels(image, { width, height: height * frames })
  const raw = { width, height: height * frames, channels, ...(frames > 1 ? { pageHeight: height } : {}) }
  return () => withMetadata(sharp(data, { raw, limitInputPixels: false }), plan, origin)
}

/** Most encodings for one byte budget: an AVIF takes long. */
const mostTries = 7

/**
 * A quality between one that was too large and one that fits: where sizes that grow by the same factor from one quality to the next would
 * meet the budget, or, so that no curve can make that creep, every other time in the middle. Before any fits: as much lower as the budget is smaller,
 * but not below the least.
 */
function nextQuality(
  over: { readonly quality: number; readonly bytes: number },
  best: { readonly quality: number; readonly result: Buffer } | undefined,
  budget: number,
  least: number,
  halve: boolean,
): number {
  if (best === undefined) return Math.max(least, Math.min(over.quality - 1, Math.floor(over.quality * (halve ? 0.5 : budget / over.bytes))))
  const share = halve ? 0.5 : Math.log(budget / best.result.length) / Math.log(over.bytes / best.result.length)
  return Math.min(over.quality - 1, Math.max(best.quality + 1, Math.floor(best.quality + share * (over.quality - best.quality))))
}

/** Least quality of a picture that may stay too large: below it, it would rather be seen. */
const leastGiven = 10

/** A quality at or near the best, not above the asked one, whose result has at most `budget` bytes; found in few encodings. */
async function withinBudget(ready: () => Sharp, plan: Plan, origin: Origin, budget: number): Promise<Buffer | Failure> {
  const attempt = (quality: number): Promise<Buffer> => write(ready(), plan, origin, quality)

  const first = await attempt(plan.output.quality)
  if (first.length <= budget) return first
  let over = { quality: plan.output.quality, bytes: first.length }
  const least = plan.output.overBytes === 'give' ? leastGiven : 1
  let smallest = first.length
  let best: { readonly quality: number; readonly result: Buffer } | undefined
  const lossy = plan.output.format === 'jpeg' || ((plan.output.format === 'webp' || plan.output.format === 'avif') && !plan.output.lossless)
  for (let tries = 1; lossy && tries < mostTries && over.quality - (best?.quality ?? least - 1) > 1; tries++) {
    const last = tries === mostTries - 1 && best === undefined
    const quality = last ? least : nextQuality(over, best, budget, least, tries % 2 === 0)
    const result = await attempt(quality)
    smallest = Math.min(smallest, result.length)
    if (result.length <= budget) best = { quality, result }
    else over = { quality, bytes: result.length }
  }
  if (best !== undefined) return best.result
  if (plan.output.overBytes === 'give') return first
  const { type } = media[plan.output.format]
  return new Failure('output-too-large', `bytes: expected at least ${smallest} for this picture as ${type}, got ${budget}.`, {
    parameter: 'bytes',
    expected: `at least ${smallest}`,
  })
}
