import { lengthOn } from '../recipe/length.ts'
import type { StepOf } from '../recipe/steps.ts'
import type { Facts, Point, Rect, Size } from './facts.ts'
import type { Layer, Words } from './plan.ts'
import { clip, rotatedSize, side } from './rect.ts'
import { spread } from './spots.ts'
import { turnedSize, uprightTurn } from './turn.ts'

/**
 * Where a layer of `size` lies on a picture: at `gravity`, `margin` away from the edges, then moved by `x` and `y`.
 * @returns  Left and top of the layer, whole px; may lie outside the picture.
 */
export function anchored(
  picture: Size,
  size: Size,
  gravity: Point,
  margin: number,
  x: number,
  y: number,
): { readonly left: number; readonly top: number } {
  return {
    left: Math.round(margin + (picture.width - 2 * margin - size.width) * gravity.x) + x,
    top: Math.round(margin + (picture.height - 2 * margin - size.height) * gravity.y) + y,
  }
}

/** What is seen of a layer at `left`, `top` of a picture, in px of the layer, and where that lies; `undefined` when nothing is. */
export function seen(
  picture: Size,
  size: Size,
  { left, top }: { left: number; top: number },
): { visible: Rect; left: number; top: number } | undefined {
  const inside = clip({ left, top, ...size }, picture)
  return inside && { visible: { ...inside, left: inside.left - left, top: inside.top - top }, left: inside.left, top: inside.top }
}

/**
 * An overlay on a picture; `undefined` when it lies outside.
 * @param original  Its place among the job's originals, from 1.
 * @param facts     Of the overlay's original.
 */
export function planLayer(step: StepOf<'overlay'>, original: number, facts: Facts, picture: Size, dpr: number): Layer | undefined {
  const turn = uprightTurn(facts.orientation)
  const upright = turnedSize(facts, turn)
  const across = step.width && device(lengthOn(step.width, picture.width), step.width, dpr)
  const down = step.height && device(lengthOn(step.height, picture.height), step.height, dpr)
  const { width, height } = box(step, upright, across, down)
  const placed = step.across !== undefined || step.down !== undefined
  // A layer is never scaled far beyond the picture that it lies on: nothing of it could be seen there.
  const asItIs = step.tile || (placed && width <= upright.width && height <= upright.height)
  const shrink = asItIs ? 1 : Math.min(1, (4 * picture.width) / width, (4 * picture.height) / height)
  const scaled = { width: side(width * shrink, step.rounding), height: side(height * shrink, step.rounding) }
  const turned = step.degrees % 360 === 0 ? scaled : rotatedSize(scaled, step.degrees)
  const common = {
    op: 'layer',
    original,
    turn,
    scaled: turnedSize(scaled, turn),
    degrees: step.degrees % 360,
    alpha: step.alpha,
    tile: step.tile,
    blend: step.blend,
    ...(step.fade === 0 ? {} : { fade: { by: Math.floor((255 * step.fade) / 100), before: facts.alpha && !facts.vector } }),
  } as const
  if (step.tile) {
    const whole = clip({ left: 0, top: 0, ...turned }, picture)
    return whole && { ...common, visible: whole, left: 0, top: 0 }
  }
  const at = anchored(picture, turned, step.gravity, step.margin * dpr, Math.round(step.x * dpr), Math.round(step.y * dpr))
  if (!placed) {
    const part = seen(picture, turned, at)
    return part && { ...common, ...part }
  }
  const axes = { x: { picture: picture.width, layer: turned.width }, y: { picture: picture.height, layer: turned.height } }
  const { x, y } = spread(axes, { x: step.across, y: step.down }, { x: at.left, y: at.top }, dpr)
  const all = { width: (x.count - 1) * x.pitch + turned.width, height: (y.count - 1) * y.pitch + turned.height }
  const part = seen(picture, all, { left: x.first, top: y.first })
  return part && { ...common, ...part, ...(x.count * y.count > 1 ? { copies: { x, y } } : {}) }
}

/** The size that is asked for, not yet whole: a missing side follows the shape of the original, two stretch it or hold it inside. */
function box(step: StepOf<'overlay'>, upright: Size, across: number | undefined, down: number | undefined): Size {
  if (across !== undefined && down !== undefined && step.fit === 'contain') {
    const scale = Math.min(across / upright.width, down / upright.height)
    return { width: upright.width * scale, height: upright.height * scale }
  }
  const width = across ?? (down === undefined ? upright.width : (down * upright.width) / upright.height)
  return { width, height: down ?? (width * upright.height) / upright.width }
}

/** Text on a picture: its lengths in px of the result. */
export function planWords(step: StepOf<'text'>, picture: Size, dpr: number): Words {
  return {
    op: 'words',
    step,
    size: side(device(lengthOn(step.size, Math.min(picture.width, picture.height)), step.size, dpr), 'half-up'),
    width: side(Math.min(picture.width, device(lengthOn(step.width, picture.width), step.width, dpr)), 'half-up'),
    line: Math.round(step.line * dpr),
    shadow: step.shadow * dpr,
    x: Math.round(step.x * dpr),
    y: Math.round(step.y * dpr),
  }
}

/** CSS px become device px; a part is one of the result and has them already. */
function device(value: number, length: object, dpr: number): number {
  return 'px' in length ? value * dpr : value
}
