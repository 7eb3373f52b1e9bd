import type { OverlayOptions } from 'sharp'
import type { Pixels as Raw } from '../filters/filter.ts'
import type { Size } from '../geometry/facts.ts'
import { anchored, seen } from '../geometry/layers.ts'
import type { Layer, Op, Words } from '../geometry/plan.ts'
import { type Colour, printColour } from '../schema/colour.ts'
import { fontPath, fonts, fontsReady } from './fonts.ts'
import { drawPatch, patchPixels } from './nine-patch.ts'
import { repeated } from './repeated.ts'
import type { SharpModule } from './sharp.ts'

/** What lies on a picture of `size`, bottom first, as sharp takes it. */
export async function composites(
  sharp: SharpModule,
  ops: readonly Op[],
  originals: readonly Buffer[],
  size: Size,
): Promise<OverlayOptions[]> {
  const all: OverlayOptions[] = []
  for (const op of ops) {
    if (op.op === 'radius') all.push(cornerMask(size, op.corners))
    if (op.op === 'layer') all.push(await overlay(sharp, op, originals[op.original] ?? Buffer.alloc(0)))
    if (op.op === 'patch') {
      const patch = await patchPixels(sharp, originals[op.original] ?? Buffer.alloc(0))
      all.push({ ...input(drawPatch(patch, op, size)), left: 0, top: 0 })
    }
    if (op.op === 'words') all.push(...(await words(sharp, op, size)))
  }
  return all
}

/** An overlay's pixels, scaled, turned, faded and cut to what is seen of it. */
async function overlay(sharp: SharpModule, layer: Layer, original: Buffer): Promise<OverlayOptions> {
  const { width, height } = layer.scaled
  const stored = sharp(original, { limitInputPixels: false })
  const taken = layer.fade?.before === true ? open(sharp, await thinned(stored, layer.fade.by)) : stored
  const upright = taken.resize(width, height, { fit: 'fill' }).ensureAlpha()
  if (layer.turn.flop) upright.flop()
  if (layer.turn.quarters > 0) upright.rotate(layer.turn.quarters * 90)
  const first = await raw(upright.toColourspace('srgb'))
  const turned =
    layer.degrees === 0 ? first : await raw(open(sharp, first).rotate(layer.degrees, { background: { r: 0, g: 0, b: 0, alpha: 0 } }))
  if (layer.fade?.before === false) thin(turned, layer.fade.by)
  if (layer.alpha < 1) fade(turned, layer.alpha)
  const part =
    layer.copies === undefined
      ? await raw(open(sharp, turned).extract(fitting(layer.visible, turned)))
      : repeated(turned, layer.copies, layer.visible)
  return {
    ...input(part),
    left: layer.left,
    top: layer.top,
    blend: layer.blend,
    ...(layer.tile ? { tile: true, gravity: 'northwest' } : {}),
  }
}

/** Text, with its shadow and the box behind it. */
async function words(sharp: SharpModule, op: Words, size: Size): Promise<OverlayOptions[]> {
  const { step } = op
  const written = await write(sharp, op, step.colour)
  const margin = Math.round(op.size / 2)
  const at = anchored(size, written, step.gravity, margin, op.x, op.y)
  const layers: OverlayOptions[] = []
  if (step.background !== undefined) {
    const rim = Math.round(op.size / 4)
    layers.push(
      ...(await laid(sharp, plain({ width: written.width + 2 * rim, height: written.height + 2 * rim }, step.background), size, {
        left: at.left - rim,
        top: at.top - rim,
      })),
    )
  }
  if (op.shadow > 0) {
    const rim = Math.ceil(op.shadow * 3)
    const black = await write(sharp, op, { r: 0, g: 0, b: 0, alpha: 1 })
    const soft = open(sharp, black)
      .extend({ top: rim, bottom: rim, left: rim, right: rim, background: { r: 0, g: 0, b: 0, alpha: 0 } })
      .blur(Math.max(0.3, op.shadow))
    layers.push(...(await laid(sharp, await raw(soft), size, { left: at.left - rim, top: at.top - rim })))
  }
  return [...layers, ...(await laid(sharp, written, size, at))]
}

/** The words as pixels, as large as they come out. */
async function write(sharp: SharpModule, { step, size, width, line }: Words, colour: Colour): Promise<Raw> {
  const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
  const text = step.text.replace(/[&<>]/g, (mark) => marks[mark] ?? mark)
  const { r, g, b, alpha } = colour
  const span = `<span foreground="#${printColour({ r, g, b, alpha: 1 })}" alpha="${Math.max(1, Math.round(alpha * 65_535))}">${text}</span>`
  await fontsReady()
  const align = step.gravity.x < 0.34 ? 'left' : step.gravity.x > 0.66 ? 'right' : 'center'
  return raw(
    sharp({
      text: {
        text: span,
        font: `${fonts[step.font].family} ${size}`,
        fontfile: fontPath(step.font),
        width,
        align,
        rgba: true,
        dpi: 72,
        spacing: line,
        wrap: 'word-char',
      },
    }),
  )
}

/** A layer at a place, as much of it as is seen. */
async function laid(sharp: SharpModule, layer: Raw, picture: Size, at: { left: number; top: number }): Promise<OverlayOptions[]> {
  const part = seen(picture, layer, at)
  if (part === undefined) return []
  return [{ ...input(await raw(open(sharp, layer).extract(part.visible))), left: part.left, top: part.top }]
}

/**
 * A picture-sized layer that is clear outside rounded corners. Coverage of a pixel is taken from the distance of its middle to the arc.
 * @param radii  From top left clockwise, px; neighbours do not overlap.
 */
function cornerMask({ width, height }: Size, radii: readonly [number, number, number, number]): OverlayOptions {
  const data = Buffer.alloc(width * height * 2, 255)
  for (const [corner, radius] of radii.entries()) {
    const onRight = corner === 1 || corner === 2
    const below = corner >= 2
    const reach = Math.ceil(radius)
    for (let row = 0; row < Math.min(reach, height); row++) {
      for (let column = 0; column < Math.min(reach, width); column++) {
        const distance = Math.hypot(radius - column - 0.5, radius - row - 0.5)
        const cover = column + 0.5 > radius || row + 0.5 > radius ? 1 : Math.min(1, Math.max(0, radius - distance + 0.5))
        const x = onRight ? width - 1 - column : column
        const y = below ? height - 1 - row : row
        data[(y * width + x) * 2 + 1] = Math.round(cover * 255)
      }
    }
  }
  return { input: data, raw: { width, height, channels: 2 }, left: 0, top: 0, blend: 'dest-in' }
}

function plain({ width, height }: Size, { r, g, b, alpha }: Colour): Raw {
  return { data: Buffer.alloc(width * height * 4, Buffer.from([r, g, b, Math.round(alpha * 255)])), width, height, channels: 4 }
}

/** Multiplies the alpha of pixels that were made for this layer alone. */
function fade({ data, channels }: Raw, alpha: number): void {
  for (let at = channels - 1; at < data.length; at += channels) data[at] = Math.round((data[at] ?? 0) * alpha)
}

/** The original's own pixels with so much less of alpha, in sRGB. */
async function thinned(image: ReturnType<SharpModule>, by: number): Promise<Raw> {
  const pixels = await raw(image.toColourspace('srgb').ensureAlpha())
  thin(pixels, by)
  return pixels
}

/** Takes so much off the alpha of pixels that were made for this layer alone. */
function thin({ data, channels }: Raw, by: number): void {
  for (let at = channels - 1; at < data.length; at += channels) data[at] = Math.max(0, (data[at] ?? 0) - by)
}

/** libvips' rotated box may differ by a pixel from the planned one at odd angles. */
function fitting(rect: { left: number; top: number; width: number; height: number }, size: Size): typeof rect {
  const left = Math.min(rect.left, size.width - 1)
  const top = Math.min(rect.top, size.height - 1)
  return { left, top, width: Math.min(rect.width, size.width - left), height: Math.min(rect.height, size.height - top) }
}

async function raw(image: ReturnType<SharpModule>): Promise<Raw> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels as Raw['channels'] }
}

function open(sharp: SharpModule, { data, width, height, channels }: Raw): ReturnType<SharpModule> {
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
}

function input({ data, width, height, channels }: Raw): Pick<OverlayOptions, 'input' | 'raw'> {
  return { input: data, raw: { width, height, channels } }
}
