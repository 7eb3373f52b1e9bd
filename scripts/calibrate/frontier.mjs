/** The middle of the values, or the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

/** The mean of ratios: one that halves and one that doubles make 1. */
export function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}

/**
 * How far a setting lies behind the frontier of bytes and time.
 * @param all  May hold the setting itself.
 * @returns    1 on the frontier: none is better in one of the two and as good in the other. 1.05: another is better by at least 5 % in both.
 */
export function behind({ size, time }, all) {
  return Math.max(1, ...all.map((other) => Math.min(size / other.size, time / other.time)))
}
