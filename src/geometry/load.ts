import { Failure } from '../errors.ts'
import { type Format, media, type Output } from '../recipe/output.ts'
import type { StepOf } from '../recipe/steps.ts'
import type { Facts, Size } from './facts.ts'
import type { Limits } from './limits.ts'
import type { Load } from './plan.ts'
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
 * The format that `auto` comes to.
 * @param alpha   Can the result have transparent pixels?
 * @param frames  More than one is an animation, which stays one.
 */
export function chooseFormat(output: Output, alpha: boolean, frames: number, size: Size, limits: Limits): Format | Failure {
  const pixels = size.width * size.height
  if (output.format !== 'auto') {
    if (output.format !== 'avif' || pixels <= limits.avifPixels) return output.format
    return new Failure(
      'output-too-large',
      `f: expected an AVIF of at most ${limits.avifPixels} pixels, got ${size.width}x${size.height}.`,
      { parameter: 'f' },
    )
  }
  const takes = new Set<Format>(output.accepts)
  if (frames > 1) return takes.has('webp') ? 'webp' : 'gif'
  if (output.lossless) return takes.has('webp') ? 'webp' : 'png'
  if (takes.has('avif') && pixels <= limits.avifPixels) return 'avif'
  if (takes.has('webp')) return 'webp'
  return alpha ? 'png' : 'jpeg'
}
