import { Failure } from '../errors.ts'
import { type Format, formats, media, negotiable, type Output } from '../recipe/output.ts'
import type { StepOf } from '../recipe/steps.ts'
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
  const moves = output.format === 'auto' || media[output.format].animation
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

/**
 * The format that `auto` comes to, and whether one that was asked for is made here.
 * @param alpha   Can the result have transparent pixels?
 * @param frames  More than one is an animation, which stays one.
 * Failures: `format-off`, `output-too-large` for an AVIF.
 */
export function chooseFormat(output: Output, alpha: boolean, frames: number, size: Size, limits: Limits): Format | Failure {
  const small = size.width * size.height <= limits.avifPixels
  if (output.format === 'auto') return autoFormat(output, alpha, frames, small, limits.writeFormats)
  if (!limits.writeFormats.includes(output.format)) {
    const expected = `one of ${['auto', ...limits.writeFormats].join(', ')}`
    return new Failure('format-off', `f: expected ${expected}, got "${output.format}".`, { parameter: 'f', expected })
  }
  if (output.format !== 'avif' || small) return output.format
  return new Failure('output-too-large', `f: expected an AVIF of at most ${limits.avifPixels} pixels, got ${size.width}x${size.height}.`, {
    parameter: 'f',
  })
}

/** What the client takes comes first, then what every client takes, then whatever holds the result, then a picture without its transparency. */
function autoFormat(output: Output, alpha: boolean, frames: number, small: boolean, made: readonly Format[]): Format | Failure {
  const able = formats.filter((format) => (frames === 1 || media[format].animation) && (format !== 'avif' || small))
  const taken = negotiable.filter(
    (format) => output.accepts.includes(format) && able.includes(format) && !(output.lossless && format === 'avif'),
  )
  const plain: Format = frames > 1 ? 'gif' : output.lossless || alpha ? 'png' : 'jpeg'
  const chosen = [...taken, plain, ...able.filter((format) => !alpha || media[format].alpha), ...able].find((each) => made.includes(each))
  if (chosen !== undefined) return chosen
  const mend = frames > 1 ? ': ask for a still (anim=0)' : ''
  return new Failure('format-off', `f: none of the formats that are made here (${made.join(', ')}) holds the result${mend}.`, {
    parameter: 'f',
  })
}
