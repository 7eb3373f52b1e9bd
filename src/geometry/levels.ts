import type { Facts, Rect, Size } from './facts.ts'
import type { Op, Pass, Plan } from './plan.ts'

/**
 * A level: a page of an original decoded, or a part of it. What is asked of one original comes in families, one picture in many sizes and formats, and
 * decoding is most of what each of them costs.
 */
export type LevelWish = { readonly page: number; readonly rect: Rect }

/** A plan that begins at a level in the place of the original. */
export type FromLevel = { readonly wish: LevelWish; readonly passes: readonly Pass[] }

/**
 * How a plan may begin at a level, to the same bytes as from the original.
 * @returns  `undefined` where they would be others: where pixels alone, of 8 bits and in sRGB, would not do (animations and vectors, deeper and gray
 *           pixels, a profile, palette, metadata or gain map that must come through), where a kernel takes single pixels out of the original, and where the
 *           decoder of a JPEG halves by itself.
 */
export function fromLevel(plan: Plan, facts: Facts): FromLevel | undefined {
  const { output, load, frames } = plan
  if (frames > 1 || facts.vector || facts.depth !== 'uchar' || facts.space !== 'srgb') return undefined
  if (facts.format === 'gif' && output.format === 'gif') return undefined
  if (output.profile !== 'srgb' || output.metadata === 'keep' || output.gainMap) return undefined
  const [first, ...rest] = plan.passes
  const ops = first?.kind === 'pipeline' ? first.ops : []
  const resize = ops.find((op) => op.op === 'resize')
  const cut = ops.find((op) => op.op === 'cut')
  if (resize?.kernel === 'nearest') return undefined
  if (facts.format === 'jpeg' && resize !== undefined && cut === undefined && isHalved(load.size, resize)) return undefined
  const kept: readonly Op[] = ops.filter((op) => op !== cut)
  const passes = first?.kind !== 'pipeline' ? plan.passes : kept.length === 0 ? rest : [{ ...first, ops: kept }, ...rest]
  return { wish: { page: load.page, rect: cut?.rect ?? { left: 0, top: 0, ...load.size } }, passes }
}

/**
 * Does the decoder of a JPEG halve before this scaling?
 * @see sharp, `fastShrinkOnLoad`: by 2 from a factor of 3 on where it may halve as far as it goes, else from 4 on.
 */
function isHalved(from: Size, to: Size & { readonly fast?: true }): boolean {
  return Math.min(from.width / to.width, from.height / to.height) >= (to.fast === true ? 3 : 4)
}
