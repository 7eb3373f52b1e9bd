import type { Format, Output } from '../recipe/output.ts'
import type { Blend, Kernel, StepOf } from '../recipe/steps.ts'
import type { Colour } from '../schema/colour.ts'
import type { Rect, Size } from './facts.ts'
import type { FocalPoint } from './focal.ts'
import type { Piece } from './nine-patch.ts'
import type { Slot } from './slots.ts'
import type { Copies } from './spots.ts'
import type { Turn } from './turn.ts'

/**
 * A recipe on one original, as whole numbers: what `pixels/` carries out without any arithmetic of its own.
 * JSON-serialisable. Sizes are of one frame.
 */
export type Plan = {
  readonly load: Load
  readonly passes: readonly Pass[]
  /** Passes from this index on run on each frame apart; `passes.length` when none does. */
  readonly apartFrom: number
  /** The exact size of the result. */
  readonly size: Size
  readonly frames: number
  readonly output: PlannedOutput
  /** Neither size, pixels, frames nor profile change: the original may do as it is, if its format and metadata do. */
  readonly untouched: boolean
  readonly told: Told
}

/** What a plan comes to, in words that need no knowledge of passes: for answers about pictures. Nothing is carried out by it. */
export type Told = {
  /** What changes the shape, in order; each in px of the picture as it stands then. Turns, borders and what is drawn are not among it. */
  readonly deeds: readonly Deed[]
  /** What the last resize had to keep in its middle, in px of the picture as it stood before it; without one, what there is to be kept. */
  readonly focus: readonly FocalPoint[]
}
export type Deed = ({ readonly deed: 'crop' } & Rect) | ({ readonly deed: 'resize' } & Size) | { readonly deed: 'flip' | 'flop' }

/** What is read of the original: `pages` pages from `page` on, each of `size` px as stored. */
export type Load = { readonly page: number; readonly pages: number; readonly size: Size }

/** The output with its format chosen, and the quality that belongs to it. */
export type PlannedOutput = Omit<Output, 'format' | 'accepts' | 'prefer' | 'qualities'> & {
  readonly format: Format
  readonly alpha: boolean
}

/** What one sharp pipeline does in its own fixed order, or one kernel over raw pixels, or a picture laid on a blurred copy of itself, or lines on it. */
export type Pass =
  | { readonly kind: 'pipeline'; readonly ops: readonly Op[]; readonly size: Size }
  | { readonly kind: 'pixels'; readonly name: string; readonly args: Readonly<Record<string, string>>; readonly size: Size }
  | {
      readonly kind: 'backdrop'
      /** Where the picture lies on its copy. */
      readonly at: { readonly left: number; readonly top: number }
      /** Of the canvas. */
      readonly size: Size
      /** The copy is blurred as it is and stretched to the canvas, in place of covering it. */
      readonly stretch?: true
    }
  | { readonly kind: 'outline'; readonly rects: readonly Rect[]; readonly line: number; readonly colour: Colour; readonly size: Size }

export type Op =
  | { readonly op: 'flatten'; readonly background: Colour }
  | { readonly op: 'cut'; readonly rect: Rect }
  /** `fast`: a decoder that halves by itself may do so as far as it can. */
  | ({ readonly op: 'resize'; readonly kernel: Kernel; readonly fast?: true } & Size)
  | { readonly op: 'turn'; readonly turn: Turn }
  | { readonly op: 'rotate'; readonly degrees: number; readonly background: Colour }
  | { readonly op: 'extract'; readonly rect: Rect }
  | {
      readonly op: 'extend'
      readonly top: number
      readonly right: number
      readonly bottom: number
      readonly left: number
      readonly background: Colour
    }
  | { readonly op: 'effect'; readonly slot: Slot; readonly name: string; readonly args: Readonly<Record<string, string>> }
  | { readonly op: 'radius'; readonly corners: readonly [number, number, number, number] }
  | Layer
  | Words
  | NinePatch

/**
 * Another original on top: scaled to `scaled`, made `alpha` opaque, turned into `turned`, of which `visible` lies at `left`, `top`.
 * With `tile` it is repeated from the top left corner on.
 */
export type Layer = {
  readonly op: 'layer'
  /** Which of the job's originals, from 1. */
  readonly original: number
  readonly turn: Turn
  readonly scaled: Size
  readonly degrees: number
  readonly visible: Rect
  readonly left: number
  readonly top: number
  readonly alpha: number
  readonly tile: boolean
  readonly blend: Blend
  /** Taken off the alpha of each px, in 255ths, before `alpha` counts; before it is scaled, unless it is drawn at that size. */
  readonly fade?: { readonly by: number; readonly before: boolean }
  /** It lies there several times: `visible` is of all copies together, measured from the first. */
  readonly copies?: { readonly x: Copies; readonly y: Copies }
}

/** A nine-patch drawn over the whole picture, in pieces that do not overlap. */
export type NinePatch = {
  readonly op: 'patch'
  /** Which of the job's originals, from 1. */
  readonly original: number
  readonly columns: readonly Piece[]
  readonly rows: readonly Piece[]
}

/** Text on top: its size is known when it is set, so `place` comes later, by the same arithmetic. */
export type Words = {
  readonly op: 'words'
  readonly step: StepOf<'text'>
  /** Height of the font, width at which lines break, and the other lengths, in px of the result. */
  readonly size: number
  readonly width: number
  readonly line: number
  readonly shadow: number
  readonly x: number
  readonly y: number
}

/** The slot of sharp's order in which an operation runs. */
export function slotOf(op: Op): Slot {
  switch (op.op) {
    case 'cut':
    case 'resize':
      return 'resize'
    case 'effect':
      return op.slot
    case 'radius':
    case 'layer':
    case 'words':
    case 'patch':
      return 'composite'
    default:
      return op.op
  }
}
