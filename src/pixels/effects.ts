import type { AnyFilter } from '../filters/filter.ts'
import type { EffectFacts } from '../geometry/slots.ts'

/** What the planner must know of each effect. */
export function effectsOf(filters: readonly AnyFilter[]): ReadonlyMap<string, EffectFacts> {
  return new Map(filters.map((filter) => [filter.name, { slot: filter.slot, addsAlpha: filter.addsAlpha === true }]))
}
