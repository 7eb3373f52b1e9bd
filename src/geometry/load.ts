import { Failure } from '../errors.ts'
import { media, type Output } from '../recipe/output.ts'
import type { StepOf } from '../recipe/steps.ts'
import { keptFormat } from './choose-format.ts'
import type { Facts, Size } from './facts.ts'
import type { Limits } from './limits.ts'
import type { Load, Pass } from './plan.ts'
import { side } from './rect.ts'

/**
 * What to read of an original: its pages, or the frames of its animation when the result can move.
 * Failures: `page-outside`, `original-too-many-frames`, `original-too-many-pixels`.
 */
export function planLoad(page: StepOf<'page'>, facts: Facts, output: Output, limits: Limits): Load | Failure {
  if (page.index >= facts.pages) {
    const expected = facts.pages === 1 ? 'page 1: it has no other' : `a page from 1 to ${facts.pages}`
    return new Failure('page-outside', `page: expected ${expected}, got ${page.index + 1}.`, { parameter: 'page', expected })
  }
  const moves = output.format === 'auto' || media[output.format === 'keep' ? keptFormat(facts.format) : output.format].animation
  const asked = facts.animated && page.animation ? facts.pages : page.count
  const pages = moves ? Math.min(asked, facts.pages - page.index) : 1
  if (pages > limits.frames) {
    return new Failure('original-too-many-frames', `The original has ${pages} frames; at most ${limits.frames} are rendered.`)
  }
  const drawn = drawnSize(page, facts)
  const pixels = drawn.width * drawn.height * pages
  const most = facts.vector ? Math.min(limits.svgPixels, limits.sourcePixels) : limits.sourcePixels
  if (pixels > most) {
    return new Failure('original-too-many-pixels', `The original has ${pixels} pixels; at most ${most} are read.`)
  }
  return { page: page.index, pages, size: { width: facts.width, height: facts.height } }
}

/**
 * The size at which an original stands before the first step: as stored, or what a vector comes to at the asked density. That is a scaling
 * like any other: the sizes that libvips draws at a density of its own depend on units that only it knows.
 */
export function drawnSize({ density = 72 }: StepOf<'page'>, { width, height, vector }: Facts): Size {
  const factor = vector ? density / 72 : 1
  return { width: side(width * factor, 'half-up'), height: side(height * factor, 'half-up') }
}

/**
 * How much a decoder that halves by itself must leave to the scaling behind it: where it leaves less, edges are seen to be jagged. libvips' own
 * thumbnails leave 2; from here on a likeness to the picture decoded whole is no worse, and it costs less.
 */
const leastLeft = 1.7

/**
 * Says of the first scaling whether the decoder may halve as far as it goes, or must leave it a factor of two. A JPEG halves by its own
 * transform; a WebP would scale to the very size, by a coarse filter.
 * @see sharp, `fastShrinkOnLoad`
 */
export function shrinkOnLoad(passes: readonly Pass[], load: Load, facts: Facts): readonly Pass[] {
  const [first, ...rest] = passes
  if (facts.format !== 'jpeg' || first?.kind !== 'pipeline') return passes
  const from = first.ops.find((op) => op.op === 'cut')?.rect ?? load.size
  const ops = first.ops.map((op) => (op.op === 'resize' && leavesEnough(from, op) ? { ...op, fast: true as const } : op))
  return [{ ...first, ops }, ...rest]
}

/** What is left of the scaling when a JPEG has been halved as often as it can be, three times at most. */
function leavesEnough(from: Size, to: Size): boolean {
  const factor = Math.min(from.width / to.width, from.height / to.height)
  const halved = 2 ** Math.min(3, Math.max(0, Math.floor(Math.log2(factor))))
  return halved > 1 && factor / halved >= leastLeft
}
