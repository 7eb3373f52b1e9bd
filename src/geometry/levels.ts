import type { Facts, Rect, Size, SourceFormat } from './facts.ts'
import type { Op, Pass, Plan } from './plan.ts'

/**
 * A level: a page of an original decoded, or a part of it, halved `step` times. What is asked of one original comes in families, one picture in
 * many sizes and formats, and decoding is most of what each of them costs.
 */
export type LevelWish = { readonly page: number; readonly rect: Rect; readonly step: number }

/** A plan that begins at a level in the place of the original. */
export type FromLevel = { readonly wish: LevelWish; readonly passes: readonly Pass[] }

/** Halved more often, a picture is so small that decoding is not what it costs. */
const mostSteps = 6

/**
 * Formats whose decoders halve by themselves, or whose pictures are photographs: of them a level may be smaller than the original. The drawings of
 * all others show it when they are scaled twice, however finely.
 */
const halved: ReadonlySet<SourceFormat> = new Set(['jpeg', 'webp', 'avif'])

/**
 * How a plan may begin at a level: at one that still has at least twice the size of what is scaled from it, so that nothing is seen of the
 * first reduction; where the plan scales less, at the whole picture.
 * @returns  `undefined` where pixels alone, of 8 bits and in sRGB, would not do: animations and vectors, deeper pixels, a profile, metadata
 *           or gain map that must come through; and where a kernel takes single pixels out of the original.
 */
export function fromLevel(plan: Plan, facts: Facts): FromLevel | undefined {
  const { output, load, frames } = plan
  if (frames > 1 || facts.vector || facts.depth !== 'uchar' || (facts.space !== 'srgb' && facts.space !== 'b-w')) return undefined
  if (output.profile !== 'srgb' || output.metadata === 'keep' || output.gainMap) return undefined
  const [first, ...rest] = plan.passes
  const ops = first?.kind === 'pipeline' ? first.ops : []
  const resize = ops.find((op) => op.op === 'resize')
  if (resize?.kernel === 'nearest') return undefined
  const rect = ops.find((op) => op.op === 'cut')?.rect ?? { left: 0, top: 0, ...load.size }
  const kept: readonly Op[] = ops.filter((op) => op.op !== 'cut')
  const passes = first?.kind !== 'pipeline' ? plan.passes : kept.length === 0 ? rest : [{ ...first, ops: kept }, ...rest]
  return { wish: { page: load.page, rect, step: resize !== undefined && halved.has(facts.format) ? stepFor(rect, resize) : 0 }, passes }
}

/** The size of a level. */
export function levelSize({ rect, step }: Pick<LevelWish, 'rect' | 'step'>): Size {
  // Rounded down, so that it is a half or less: then a JPEG or WebP is halved while it is decoded.
  const half = (side: number): number => Math.max(1, Math.floor(side / 2 ** step))
  return { width: half(rect.width), height: half(rect.height) }
}

function stepFor(from: Size, to: Size): number {
  const factor = Math.min(from.width / to.width, from.height / to.height)
  return Math.min(mostSteps, Math.max(0, Math.floor(Math.log2(factor / 2))))
}
