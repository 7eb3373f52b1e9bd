import { type Candidate, type Negotiable, negotiable } from '../recipe/output.ts'
import { canonical, type Recipe } from '../recipe/recipe.ts'
import type { Step } from '../recipe/steps.ts'
import { takenCandidates } from './candidates.ts'

type Headers = Readonly<Record<string, string | undefined>>

/** A recipe without any `auto` that the client decides, and the request headers that did. */
export type Negotiated = { readonly recipe: Recipe; readonly vary: readonly string[] }

/** Widths to which `w=auto` is rounded up, so that clients share results. */
export const ladder = [320, 480, 640, 828, 1080, 1440, 1920, 2560, 3840] as const

/** Width of `w=auto` for a client that sends no hint, in CSS px. */
const plainWidth = 1200

/** What was made of each recipe, by what the client decided: some hundred at most, since hints are rounded, and gone with the recipe. */
const made = new WeakMap<Recipe, Map<string, Negotiated>>()

/**
 * Lets the request decide what the recipe leaves open: format by `Accept`, width and dpr by client hints. Equal wishes on one recipe get the
 * very same object.
 * @see RFC 9110, 12; RFC 8942; https://wicg.github.io/responsive-image-client-hints/
 */
export function negotiate(recipe: Recipe, headers: Headers): Negotiated {
  const { format, prefer: asked } = recipe.output
  const accepts = format === 'auto' ? accepted(headers.accept) : undefined
  const prefer = format === 'keep' && asked.some(asksClient) ? takenCandidates(asked, headers.accept) : undefined
  const fluid = recipe.steps.some(isFluid)
  const hint = fluid ? positive(headers['sec-ch-width'] ?? headers.width) : undefined
  const px = hint === undefined ? plainWidth : (ladder.find((rung) => rung >= hint) ?? ladder[ladder.length - 1] ?? plainWidth)
  // A width that a client names counts device px already.
  const dpr = recipe.dpr !== 'auto' ? recipe.dpr : hint === undefined ? density(headers) : 1

  const known = made.get(recipe) ?? new Map<string, Negotiated>()
  const choice = `${accepts} ${prefer} ${px} ${dpr}`
  let negotiated = known.get(choice)
  if (negotiated === undefined) {
    const steps = recipe.steps.map((step): Step => (isFluid(step) ? { ...step, width: { px } } : step))
    const output = { ...recipe.output, ...(accepts === undefined ? {} : { accepts }), ...(prefer === undefined ? {} : { prefer }) }
    const vary = [
      ...(accepts === undefined && prefer === undefined ? [] : ['Accept']),
      ...(fluid ? ['Sec-CH-Width', 'Width'] : []),
      ...(recipe.dpr === 'auto' ? ['Sec-CH-DPR', 'DPR'] : []),
    ]
    negotiated = { recipe: canonical({ dpr, steps, output }), vary }
    made.set(recipe, known.set(choice, negotiated))
  }
  return negotiated
}

/** Does the request decide whether this one is made? */
function asksClient(candidate: Candidate): boolean {
  return candidate !== 'jpeg-for-png'
}

function isFluid(step: Step): step is Extract<Step, { kind: 'resize' }> {
  return step.kind === 'resize' && step.width === 'auto'
}

/** The client's dpr, rounded up to halves, from 1 to 3. */
function density(headers: Headers): number {
  return Math.min(3, Math.max(1, Math.ceil((positive(headers['sec-ch-dpr'] ?? headers.dpr) ?? 1) * 2) / 2))
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
    weights.set(type, weight === undefined ? 1 : Number(weight.slice(2)))
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
