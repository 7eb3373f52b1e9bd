// The arithmetic of the bench: no clock, no process. Its types stand in figures.d.mts, its test in test/frame/bench.test.ts.

/** The middle value; the mean of the two middle ones where their number is even; NaN of none. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}

/** What the rounds gave for one figure: every value, in the order of the rounds, and what is printed of them. */
export function measure(values) {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values), values: [...values] }
}

/** Two figures of the same rounds, the one divided by the other: each round is a pair, so what else the machine did then hits both. */
export function ratio(above, below) {
  return measure(above.map((value, round) => value / below[round]))
}

/** Does the median keep the bar? `undefined` where there is no bar. */
export function judge(figures, bar) {
  if (bar === undefined) return undefined
  const found = figures[bar.figure]
  const value = typeof found === 'object' ? found.median : Number(found)
  if (bar.atMost !== undefined) return value <= bar.atMost
  return value >= bar.atLeast
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The same things in another order (Fisher and Yates). */
export function shuffle(things, next) {
  const order = [...things]
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(next() * (last + 1))
    ;[order[last], order[other]] = [order[other], order[last]]
  }
  return order
}

/** Draws from `count` things of which the second is asked for half as often as the first, the third a third as often: what pages of a site are. */
export function zipf(count, next) {
  const sums = []
  for (let rank = 1; rank <= count; rank++) sums.push((sums.at(-1) ?? 0) + 1 / rank)
  return () => {
    const wanted = next() * (sums.at(-1) ?? 0)
    return Math.min(
      count - 1,
      sums.findIndex((sum) => sum > wanted),
    )
  }
}

/** Draws a word by its weight: `{ webp: 3, avif: 1 }` gives `webp` three times of four. */
export function weighted(weights, next) {
  const words = Object.keys(weights)
  const all = words.reduce((sum, word) => sum + weights[word], 0)
  return () => {
    let left = next() * all
    for (const word of words) {
      left -= weights[word]
      if (left < 0) return word
    }
    return words.at(-1)
  }
}
