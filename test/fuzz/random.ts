/** Numbers by chance that a seed brings again. */
export type Random = {
  /** A whole number from 0 up to, but not including, `end`. */
  below(end: number): number
  /** True in so many of a hundred cases. */
  chance(percent: number): boolean
  pick<T>(all: readonly T[]): T
}

/** @param seeds  Whole numbers; the same ones give the same chances. Mulberry32, whose state is 32 bits: enough to choose bytes. */
export function randomOf(...seeds: readonly number[]): Random {
  let state = seeds.reduce((mixed, seed) => Math.imul(mixed ^ seed, 0x9e3779b1) + 0x7f4a7c15, 0x2545f491) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number): number => Math.floor(next() * end)
  return {
    below,
    chance: (percent) => next() * 100 < percent,
    pick: (all) => {
      const picked = all[below(all.length)]
      if (picked === undefined && all.length === 0) throw new RangeError('There is nothing to pick from.')
      return picked as (typeof all)[number]
    },
  }
}
