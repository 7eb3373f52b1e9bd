import type { Kernel } from '../recipe/steps.ts'
import type { Colour } from '../schema/colour.ts'
import type { Rect, Size } from './facts.ts'
import { type Op, type Pass, slotOf } from './plan.ts'
import { clip, isWhole, rotatedSize, sameSize, side } from './rect.ts'
import { framewise, mixing, type Slot, shared, slots } from './slots.ts'
import { flop, isNoTurn, noTurn, type Turn, thenTurn, turnedSize, unturnedRect } from './turn.ts'

/**
 * Gathers operations into as few passes as sharp's own order allows. Within a pass a region, a resize and turns are kept as what they come
 * to: one rectangle of the input, one scaling, one turn, so that cutting and scaling happen first, in the input's own axes, where
 * libvips can push them into the decoder.
 */
export class Passes {
  #done: Pass[] = []
  #apartFrom: number | undefined
  #input: Size
  #rect: Rect
  #scaled: (Size & { readonly kernel: Kernel }) | undefined
  #turn: Turn = noTurn
  #ops: Op[] = []
  #flattened: Colour | undefined
  #alpha: boolean
  /** Could pixels be transparent where the pass began? */
  #beganAlpha: boolean
  readonly #frames: number
  readonly #vectorPixels: number | undefined

  /**
   * @param input         Size of what is loaded, as stored; `frames` of it.
   * @param alpha         Can what is loaded have transparent pixels?
   * @param vectorPixels  The input is drawn at whatever size is asked, up to so many px.
   */
  constructor(input: Size, frames: number, alpha = false, vectorPixels?: number) {
    this.#input = input
    this.#rect = { left: 0, top: 0, ...input }
    this.#frames = frames
    this.#alpha = alpha
    this.#beganAlpha = alpha
    this.#vectorPixels = vectorPixels
  }

  /** Can there be transparent pixels by now? An effect that makes some must say so, once it is added. */
  get alpha(): boolean {
    return this.#alpha
  }

  set alpha(can: boolean) {
    this.#alpha = can
  }

  /** The size of one frame after all that was asked so far, as the viewer sees it. */
  get size(): Size {
    let size = turnedSize(this.#scaled ?? this.#rect, this.#turn)
    for (const op of this.#ops) size = sizeAfter(op, size)
    return { width: size.width, height: size.height }
  }

  /** Keeps a rectangle; what lies outside the picture is not kept. False when nothing would be left. */
  cut(rect: Rect): boolean {
    const size = this.size
    const inside = clip(rect, size)
    if (inside === undefined) return false
    if (isWhole(inside, size)) return true
    if (!this.#takes('extract')) this.#flush()
    if (this.#ops.length === 0 && this.#scaled === undefined) {
      const within = unturnedRect(inside, this.#rect, this.#turn)
      this.#rect = { ...within, left: within.left + this.#rect.left, top: within.top + this.#rect.top }
    } else {
      this.add({ op: 'extract', rect: inside })
    }
    return true
  }

  scale(to: Size, kernel: Kernel): undefined {
    if (sameSize(to, this.size)) return
    // A vector has no pixels that a first scaling could have lost: it is drawn at the last size alone.
    const drawn = this.#vectorPixels !== undefined && this.#done.length === 0 && isWhole(this.#rect, this.#input)
    if (this.#ops.length > 0 || (this.#scaled !== undefined && !drawn)) this.#flush()
    const { width, height } = turnedSize(to, this.#turn)
    this.#scaled = { width, height, kernel }
  }

  turn(turn: Turn): undefined {
    if (isNoTurn(turn)) return
    if (this.#ops.length > 0) this.#flush()
    // Frames lie one above the other: only mirroring left to right treats them alike.
    if (this.#frames > 1 && !sameTurn(turn, flop)) this.#goApart()
    this.#turn = thenTurn(this.#turn, turn)
  }

  /** Lays the picture on a colour. Scaling, cutting and turning do not mix colours with what they cut off, so flattening may come before them. */
  flatten(background: Colour): undefined {
    if (!this.#alpha) return
    if (this.#ops.some((op) => op.op !== 'extract')) this.#flush()
    this.#flattened = background
    this.#alpha = false
  }

  /** Any operation but those above, after all that came before. */
  add(op: Op): undefined {
    const slot = slotOf(op)
    if (!this.#takes(slot)) this.#flush()
    // sharp turns once in a pass, by quarters or by any angle.
    if (op.op === 'rotate' && this.#turn.quarters > 0) this.#flush()
    if (this.#mixesClear(slot)) this.#flush()
    if (this.#frames > 1 && !framewise.has(slot)) this.#goApart()
    this.#ops.push(op)
    if (op.op === 'radius' || ((op.op === 'rotate' || op.op === 'extend') && op.background.alpha < 1)) this.#alpha = true
  }

  /** Would sharp run it after all that the pass holds? */
  #takes(slot: Slot): boolean {
    const last = this.#ops.at(-1)
    if (last === undefined) return true
    return slots.indexOf(slot) > slots.indexOf(slotOf(last)) || (slot === slotOf(last) && shared.has(slot))
  }

  /**
   * sharp multiplies colours by alpha from the resize to the sharpening, when one of the steps that mix neighbours is there and the picture
   * has alpha where the pass begins. So what mixes neighbours must not share a pass with the border that first made a picture clear (its
   * black would bleed in), nor what is not linear with what mixes neighbours (it would see darkened colours).
   */
  #mixesClear(slot: Slot): boolean {
    if (!this.#alpha) return false
    const multiplied = this.#beganAlpha && this.#flattened === undefined
    const before = this.#ops.map(slotOf)
    if (!multiplied) return mixing.has(slot) && before.some((each) => each === 'rotate' || each === 'extend')
    if (slot === 'modulate') return this.#scaled !== undefined || before.some((each) => mixing.has(each))
    return mixing.has(slot) && before.includes('modulate')
  }

  /** A kernel over raw pixels. */
  pixels(name: string, args: Readonly<Record<string, string>>): undefined {
    this.#flush()
    if (this.#frames > 1) this.#goApart()
    this.#done.push({ kind: 'pixels', name, args, size: this.#input })
  }

  /** Lays the picture at `at` on a blurred copy of itself that fills `size`. */
  backdrop(size: Size, at: { left: number; top: number }, stretch = false): undefined {
    this.#flush()
    if (this.#frames > 1) this.#goApart()
    this.#done.push({ kind: 'backdrop', at, size, ...(stretch ? { stretch } : {}) })
    this.#alpha &&= stretch // the stretched copy is as clear as the picture
    this.#start(size)
  }

  /** Draws the outlines of rectangles; they may lie outside. */
  outline(rects: readonly Rect[], line: number, colour: Colour): undefined {
    if (rects.length === 0) return
    this.#flush()
    if (this.#frames > 1) this.#goApart()
    this.#done.push({ kind: 'outline', rects, line, colour, size: this.#input })
  }

  finish(): { readonly passes: readonly Pass[]; readonly apartFrom: number; readonly size: Size } {
    const size = this.size
    this.#flush()
    return { passes: this.#done, apartFrom: this.#apartFrom ?? this.#done.length, size }
  }

  /** From here on each frame is a picture of its own; what was gathered for all of them is a pass before that. */
  #goApart(): void {
    if (this.#apartFrom !== undefined) return
    this.#flush()
    this.#apartFrom = this.#done.length
  }

  /** A region of a vector that is scaled up is drawn large first, and cut then: it has no pixels of its own that could be cut before. */
  #drawVector(): void {
    const scaled = this.#scaled
    if (this.#vectorPixels === undefined || scaled === undefined || this.#done.length > 0 || isWhole(this.#rect, this.#input)) return
    const { width, height } = this.#input
    const across = scaled.width / this.#rect.width
    const down = scaled.height / this.#rect.height
    const drawn = Math.min(1, Math.sqrt(this.#vectorPixels / (width * across * height * down)))
    const large = { width: Math.round(width * across * drawn), height: Math.round(height * down * drawn) }
    if (large.width <= width || large.height <= height) return
    this.#done.push({ kind: 'pipeline', ops: [{ op: 'resize', ...large, kernel: scaled.kernel }], size: large })
    const { left, top } = this.#rect
    const cut = { left: (left * large.width) / width, top: (top * large.height) / height }
    const part = { width: (this.#rect.width * large.width) / width, height: (this.#rect.height * large.height) / height }
    this.#input = large
    this.#rect =
      clip(
        { left: Math.round(cut.left), top: Math.round(cut.top), width: side(part.width, 'half-up'), height: side(part.height, 'half-up') },
        large,
      ) ?? this.#rect
  }

  #flush(): void {
    const size = this.size
    this.#drawVector()
    const scaled = this.#scaled
    const ops: Op[] = [
      ...(this.#flattened === undefined ? [] : [{ op: 'flatten' as const, background: this.#flattened }]),
      ...(isWhole(this.#rect, this.#input) ? [] : [{ op: 'cut' as const, rect: this.#rect }]),
      ...(scaled === undefined || sameSize(scaled, this.#rect) ? [] : [{ op: 'resize' as const, ...scaled }]),
      ...(isNoTurn(this.#turn) ? [] : [{ op: 'turn' as const, turn: this.#turn }]),
      ...this.#ops,
    ]
    if (ops.length > 0) this.#done.push({ kind: 'pipeline', ops, size })
    if (this.#frames > 1 && this.#done.length > 0) this.#apartFrom ??= this.#done.length
    this.#start(size)
  }

  #start(input: Size): void {
    this.#input = input
    this.#rect = { left: 0, top: 0, ...input }
    this.#scaled = undefined
    this.#turn = noTurn
    this.#ops = []
    this.#flattened = undefined
    this.#beganAlpha = this.#alpha
  }
}

function sizeAfter(op: Op, size: Size): Size {
  switch (op.op) {
    case 'rotate':
      return rotatedSize(size, op.degrees)
    case 'extract':
      return op.rect
    case 'extend':
      return { width: size.width + op.left + op.right, height: size.height + op.top + op.bottom }
    default:
      return size
  }
}

const sameTurn = (a: Turn, b: Turn): boolean => a.flop === b.flop && a.quarters === b.quarters
