import { type Negotiable, negotiable } from '../recipe/output.ts'
import { canonical, type Recipe } from '../recipe/recipe.ts'
import type { Step } from '../recipe/steps.ts'

type Headers = Readonly<Record<string, string | undefined>>

/** A recipe without any `auto` that the client decides, and the request headers that did. */
export type Negotiated = { readonly recipe: Recipe; readonly vary: readonly string[] }

/** Widths to which `w=auto` is rounded up, so that clients share results. */
const ladder = [320, 480, 640, 828, 1080, 1440, 1920, 2560, 3840] as const

/** Width of `w=auto` for a client that sends no hint, in CSS px. */
const plainWidth = 1200

/**
 * Lets the request decide what the recipe leaves open: format by `Accept`, width and dpr by client hints.
 * @see RFC 9110, 12; RFC 8942; https://wicg.github.io/responsive-image-client-hints/
 */
export function negotiate(recipe: Recipe, headers: Headers): Negotiated {
  const vary: string[] = []
  let { dpr, steps, output } = recipe
  if (output.format === 'auto') {
    vary.push('Accept')
    output = { ...output, accepts: accepted(headers.accept) }
  }
  if (steps.some((step) => step.kind === 'resize' && step.width === 'auto')) {
    const hint = positive(headers['sec-ch-width'] ?? headers.width)
    vary.push('Sec-CH-Width', 'Width')
    const px = hint === undefined ? plainWidth : (ladder.find((rung) => rung >= hint) ?? ladder[ladder.length - 1] ?? plainWidth)
    steps = steps.map((step): Step => (step.kind === 'resize' && step.width === 'auto' ? { ...step, width: { px } } : step))
    // The hint counts device px already.
    if (hint !== undefined && dpr === 'auto') dpr = 1
  }
  if (recipe.dpr === 'auto') {
    vary.push('Sec-CH-DPR', 'DPR')
    if (dpr === 'auto') dpr = Math.min(3, Math.max(1, Math.ceil((positive(headers['sec-ch-dpr'] ?? headers.dpr) ?? 1) * 2) / 2))
  }
  return { recipe: canonical({ dpr, steps, output }), vary }
}

/**
 * The formats beyond JPEG, PNG and GIF that the client says it takes, in our order. Only the exact type counts: a wildcard in an
 * `Accept` is sent by clients that take nothing of the kind.
 */
export function accepted(accept: string | undefined): readonly Negotiable[] {
  if (accept === undefined) return []
  const weights = new Map<string, number>()
  for (const range of accept.slice(0, 1000).split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    weights.set(type, weight === undefined ? 1 : Number(weight.slice(2)) || 0)
  }
  const weight = (format: Negotiable): number => weights.get(`image/${format}`) ?? 0
  // Of two that are taken, the one that we would choose first stays only if it is wanted no less than the other. Which of them can
  // really be made is seen later (an animation is never AVIF), so the second stays in any case.
  const taken = negotiable.filter((format) => weight(format) > 0)
  return taken.filter((format, index) => taken.slice(index + 1).every((other) => weight(format) >= weight(other)))
}

function positive(hint: string | undefined): number | undefined {
  const value = hint !== undefined && /^\d{1,5}(\.\d{1,6})?$/.test(hint) ? Number(hint) : 0
  return value > 0 ? value : undefined
}
