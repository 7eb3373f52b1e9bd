import { Failure } from '../errors.ts'
import type { Size } from './facts.ts'

/** So many px from `from` on, of the patch without its rim. */
export type Span = { readonly from: number; readonly size: number }

/** What the rim of a nine-patch says. JSON-serialisable. */
export type Patch = {
  /** Of the patch without its rim, from 1. */
  readonly size: Size
  /** What is stretched from left to right, from the marks along the top; and from top to bottom, from those on the left. In order, apart. */
  readonly columns: readonly Span[]
  readonly rows: readonly Span[]
  /** How far the canvas grows, from the marks along the bottom and on the right; 0 without them. */
  readonly padding: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number }
}

/** So many px from `from` on of the patch become `length` px from `to` on of the picture. */
export type Piece = Span & { readonly to: number; readonly length: number }

/** More areas than any drawing needs; a plan that holds them stays small. */
const mostAreas = 100

/**
 * Reads the rim: a run of opaque black along the top or on the left is an area that stretches, one along the bottom or on the right says
 * where the content lies. The four corners say nothing.
 * Failures: `patch-invalid` where no px would be left, nothing stretches on an axis, or more than 100 areas do.
 * @param size    With the rim.
 * @param marked  Is the px opaque black?
 * @see https://developer.android.com/studio/write/draw9patch
 */
export function readPatch({ width, height }: Size, marked: (x: number, y: number) => boolean): Patch | Failure {
  const inner = { width: width - 2, height: height - 2 }
  if (inner.width < 1 || inner.height < 1) return invalid('at least 3x3 px', `${width}x${height}`)
  const columns = runs(inner.width, (at) => marked(at + 1, 0))
  const rows = runs(inner.height, (at) => marked(0, at + 1))
  for (const [areas, edge] of [[columns, 'top'] as const, [rows, 'left'] as const]) {
    if (areas.length === 0) return invalid(`an opaque black mark along its ${edge} edge`, 'none')
    if (areas.length > mostAreas) return invalid(`at most ${mostAreas} areas that stretch`, `${areas.length} along its ${edge} edge`)
  }
  const across = rest(
    inner.width,
    runs(inner.width, (at) => marked(at + 1, height - 1)),
  )
  const down = rest(
    inner.height,
    runs(inner.height, (at) => marked(width - 1, at + 1)),
  )
  return { size: inner, columns, rows, padding: { top: down.before, right: across.after, bottom: down.after, left: across.before } }
}

/**
 * One axis of a patch drawn on a picture. What is not marked keeps its size; what is left of the picture is shared out between the areas in
 * proportion to theirs, in whole px, so that each piece begins where the last one ended and the last ends with the picture.
 * A picture that is smaller than what keeps its size takes the pieces from its near edge on that fit as a whole; the areas have no px then.
 * @param size   Of the patch without its rim, from 1.
 * @param areas  As `readPatch` gives them.
 * @param target Of the picture, whole px from 1.
 * @see Thumbor's `frame`; there each area is rounded alone, so that the last piece of several may not fit.
 */
export function pieces(size: number, areas: readonly Span[], target: number): readonly Piece[] {
  const stretched = areas.reduce((sum, area) => sum + area.size, 0)
  const room = Math.max(0, target - (size - stretched))
  const all: Piece[] = []
  let [to, at, before] = [0, 0, 0]
  const add = (from: number, size: number, length: number): void => {
    if (length > 0 && to + length <= target) all.push({ from, size, to, length })
    to += length
  }
  for (const area of [...areas, { from: size, size: 0 }]) {
    add(at, area.from - at, area.from - at)
    const after = before + area.size
    add(area.from, area.size, Math.round((after * room) / stretched) - Math.round((before * room) / stretched))
    at = area.from + area.size
    before = after
  }
  return all
}

function runs(length: number, marked: (at: number) => boolean): readonly Span[] {
  const all: { from: number; size: number }[] = []
  for (let at = 0; at < length; at++) {
    if (!marked(at)) continue
    const last = all.at(-1)
    if (last !== undefined && last.from + last.size === at) last.size += 1
    else all.push({ from: at, size: 1 })
  }
  return all
}

/** What lies before the first and behind the last of them. */
function rest(length: number, spans: readonly Span[]): { readonly before: number; readonly after: number } {
  const [first, last] = [spans[0], spans.at(-1)]
  if (first === undefined || last === undefined) return { before: 0, after: 0 }
  return { before: first.from, after: length - last.from - last.size }
}

function invalid(expected: string, got: string): Failure {
  return new Failure('patch-invalid', `A frame is a nine-patch: expected ${expected}, got ${got}.`, { expected })
}
