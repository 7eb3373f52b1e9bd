import type { Sharp } from 'sharp'
import { Failure } from '../errors.ts'
import { type AnyFilter, filterArgs, type Pixels } from '../filters/filter.ts'
import type { Size } from '../geometry/facts.ts'
import type { Op, Pass, Plan, PlannedOutput } from '../geometry/plan.ts'
import { slotOf } from '../geometry/plan.ts'
import { begin } from './begin.ts'
import { composites } from './layers.ts'
import { outlined } from './outlined.ts'
import { inColour, openPixels, toPixels } from './raw.ts'
import type { SharpModule } from './sharp.ts'
import type { Tools } from './tools.ts'

/**
 * Carries a plan's passes out. Between two passes the pixels are raw and in sRGB, unless the original's profile or metadata must come
 * through: then they are a PNG, which keeps both.
 * @returns  What is left for the encoder: a pipeline with the last pass in it, not yet run.
 */
export async function runPasses(tools: Tools, plan: Plan): Promise<Sharp> {
  const { image, size, passes } = await begin(tools, plan)
  if (plan.frames > 1) return runFrames(tools, plan, image)
  return runEach(tools, passes, { image, size }, carriedBetween(plan.output))
}

/** What of the original must reach the encoder beside the pixels, which are in sRGB unless its profile comes with them. */
type Carried = 'pixels' | 'metadata' | 'profile and metadata'

export function carriedBetween(output: Pick<PlannedOutput, 'profile' | 'metadata'>): Carried {
  if (output.profile === 'keep') return 'profile and metadata'
  return output.metadata === 'keep' ? 'metadata' : 'pixels'
}

/** A pipeline, and the size of what comes out of it. */
type Stand = { readonly image: Sharp; readonly size: Size }

/** All passes but the last are run, the last is left in the pipeline. */
async function runEach(tools: Tools, passes: readonly Pass[], opened: Stand, carried: Carried): Promise<Sharp> {
  let { image, size } = opened
  let pending = false
  for (const pass of passes) {
    tools.signal.throwIfAborted()
    switch (pass.kind) {
      case 'pipeline':
        image = await applyOps(tools, pass, pending ? await settled(tools.sharp, { image, size }, carried) : image)
        pending = true
        break
      case 'pixels':
        image = openPixels(tools.sharp, kernel(tools, pass, await toPixels(image, size)))
        pending = false
        break
      case 'outline':
        image = openPixels(tools.sharp, outlined(inColour(await toPixels(image, size)), pass))
        pending = false
        break
      case 'backdrop':
        image = await backdrop(tools.sharp, pass, await toPixels(image, size))
        pending = true
        break
      default:
        pass satisfies never
    }
    size = pass.size
  }
  return image
}

/** Runs the calls that a pipeline holds, so that the next pass may add its own. */
async function settled(sharp: SharpModule, { image, size }: Stand, carried: Carried): Promise<Sharp> {
  if (carried === 'pixels') return openPixels(sharp, await toPixels(image, size))
  const told = carried === 'metadata' ? image.keepExif().keepXmp() : image.keepMetadata()
  return sharp(await told.png({ compressionLevel: 0 }).toBuffer(), { limitInputPixels: false })
}

/** An animation: what treats all frames alike runs once over all of them, the rest on each frame apart. */
async function runFrames(tools: Tools, plan: Plan, opened: Sharp): Promise<Sharp> {
  const first = plan.passes.slice(0, plan.apartFrom)
  const together = await runEach(tools, first, { image: opened, size: plan.load.size }, 'pixels')
  if (plan.apartFrom >= plan.passes.length) return together
  const size = first.at(-1)?.size ?? plan.load.size
  const roll = await toPixels(together, { width: size.width, height: size.height * plan.frames })
  const frameBytes = roll.data.length / plan.frames
  const done: Pixels[] = []
  for (let frame = 0; frame < plan.frames; frame++) {
    const data = roll.data.subarray(frame * frameBytes, (frame + 1) * frameBytes)
    const image = openPixels(tools.sharp, { ...roll, data, height: size.height })
    done.push(await toPixels(await runEach(tools, plan.passes.slice(plan.apartFrom), { image, size }, 'pixels'), plan.size))
  }
  const { width, height } = plan.size
  const channels = done[0]?.channels ?? roll.channels
  const data = Buffer.concat(done.map((frame) => frame.data))
  return tools.sharp(data, { raw: { width, height: height * plan.frames, channels, pageHeight: height }, limitInputPixels: false })
}

/** The calls of one pass, in sharp's own order. */
async function applyOps(tools: Tools, { ops, size }: Extract<Pass, { kind: 'pipeline' }>, image: Sharp): Promise<Sharp> {
  const layers = ops.filter((op) => slotOf(op) === 'composite')
  for (const op of ops) applyOp(tools, op, image)
  return layers.length > 0 ? image.composite(await composites(tools.sharp, layers, tools.originals, size)) : image
}

function applyOp(tools: Tools, op: Op, image: Sharp): void {
  switch (op.op) {
    case 'flatten':
      return void image.flatten({ background: op.background })
    case 'cut':
    case 'extract':
      return void image.extract(op.rect)
    case 'resize':
      return void image.resize(op.width, op.height, { fit: 'fill', kernel: op.kernel, fastShrinkOnLoad: op.fast === true })
    case 'turn':
      if (op.turn.flop) image.flop()
      return void (op.turn.quarters > 0 && image.rotate(op.turn.quarters * 90))
    case 'rotate':
      return void image.rotate(op.degrees, { background: op.background })
    case 'extend':
      return void image.extend({ top: op.top, right: op.right, bottom: op.bottom, left: op.left, background: op.background })
    case 'effect': {
      const { filter, args } = effect(tools, op)
      if (filter.slot !== 'pixels') filter.apply(image, args)
      return
    }
    case 'radius':
    case 'layer':
    case 'words':
    case 'patch':
      return
    default:
      op satisfies never
  }
}

function kernel(tools: Tools, pass: Extract<Pass, { kind: 'pixels' }>, pixels: Pixels): Pixels {
  const { filter, args } = effect(tools, pass)
  return filter.slot === 'pixels' ? filter.apply(pixels, args) : pixels
}

function effect(
  tools: Tools,
  step: { readonly name: string; readonly args: Readonly<Record<string, string>> },
): { filter: AnyFilter; args: Record<string, unknown> } {
  const filter = tools.filters.get(step.name)
  if (filter === undefined) throw new Failure('parameter-unknown', `There is no filter "${step.name}".`, { parameter: step.name })
  const args = filterArgs(filter, { kind: 'filter', name: step.name, args: step.args })
  if (args instanceof Failure) throw args
  return { filter, args }
}

/** The picture on a blurred copy of itself that covers the whole of the new size, or is stretched to it. */
async function backdrop(sharp: SharpModule, { size, at, stretch }: Extract<Pass, { kind: 'backdrop' }>, pixels: Pixels): Promise<Sharp> {
  const copy = stretch
    ? openPixels(sharp, await stretched(sharp, pixels)).resize(size.width, size.height, { fit: 'fill' })
    : openPixels(sharp, pixels)
        .resize(size.width, size.height, { fit: 'cover' })
        .flatten({ background: { r: 255, g: 255, b: 255 } })
        .blur(Math.max(2, Math.round(Math.max(size.width, size.height) / 24)))
  const blurred = await copy.raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = blurred.info
  const { data, ...shape } = pixels
  const laid = sharp(blurred.data, { raw: { width, height, channels }, limitInputPixels: false }).composite([
    { input: data, raw: { width: shape.width, height: shape.height, channels: shape.channels }, ...at },
  ])
  return stretch && (channels === 2 || channels === 4) ? laid : laid.removeAlpha()
}

/** Blurred by 50 px, the weights cut off at 50 px from the middle: the picture's edges stay darker or lighter than by a full Gaussian. */
function stretched(sharp: SharpModule, pixels: Pixels): Promise<Pixels> {
  return toPixels(openPixels(sharp, pixels).blur({ sigma: 50, minAmplitude: 0.6 }), pixels)
}
