import type { Facts, Findings } from './facts.ts'
import type { Limits } from './limits.ts'
import type { EffectFacts } from './slots.ts'

/** What a plan is made from, beside the recipe. */
export type Known = {
  /** Of the original, then of those that its steps need: see `originalsIn`. */
  readonly facts: readonly Facts[]
  /** What the looks found: see `looks`. */
  readonly findings: Findings
  readonly limits: Limits
  readonly effects: ReadonlyMap<string, EffectFacts>
}
