import { Failure } from '../errors.ts'
import { type AnyFilter, filterArgs } from '../filters/filter.ts'
import type { EffectFacts } from '../geometry/slots.ts'

/** What the planner must know of each effect. */
export function effectsOf(filters: readonly AnyFilter[]): ReadonlyMap<string, EffectFacts> {
  return new Map(filters.map((filter) => [filter.name, { slot: filter.slot, addsAlpha: (texts) => addsAlpha(filter, texts) }]))
}

/** A step whose arguments are wrong fails when it is carried out, not here. */
function addsAlpha(filter: AnyFilter, texts: Readonly<Record<string, string>>): boolean {
  if (typeof filter.addsAlpha !== 'function') return filter.addsAlpha === true
  const args = filterArgs(filter, { kind: 'filter', name: filter.name, args: texts })
  return !(args instanceof Failure) && filter.addsAlpha(args)
}
