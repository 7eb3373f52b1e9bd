import type { Recipe } from './recipe.ts'
import type { Step, StepKind } from './steps.ts'

/** So many pictures may lie on one: each is fetched, held and decoded for a single answer. */
export const mostOriginals = 8

/** Steps that need an original of their own, beside the one that the recipe is made of. */
const withOriginal = ['overlay', 'frame'] as const satisfies readonly StepKind[]

export type StepWithOriginal = Extract<Step, { readonly kind: (typeof withOriginal)[number] }>

export function hasOriginal(step: Step): step is StepWithOriginal {
  return (withOriginal as readonly string[]).includes(step.kind)
}

/**
 * Keys of the originals that a recipe's steps need, in the order of the steps: a key that two of them name stands there twice. The job's
 * originals, their facts and their places (`1` for the first, as `0` is the picture's own) all follow this order.
 */
export function originalsIn({ steps }: Pick<Recipe, 'steps'>): readonly string[] {
  return steps.filter(hasOriginal).map((step) => step.key)
}
