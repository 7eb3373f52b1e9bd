/**
 * The candidate most like `word`, for "did you mean": least edits (insert, delete, replace, swap of neighbours),
 * at most a third of the longer word and always at least one, but something must be left in common; the first of equals. `undefined` when
 * none is near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.slice(0, 64).toLowerCase()
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const longer = Math.max(wanted.length, candidate.length)
    const allowed = Math.max(1, Math.floor(longer / 3))
    if (Math.abs(wanted.length - candidate.length) > allowed) continue
    const cost = edits(wanted, candidate.toLowerCase())
    if (cost <= allowed && cost < longer && cost < least) {
      best = candidate
      least = cost
    }
  }
  return best
}

/** Optimal string alignment distance. */
function edits(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      next.push(cost)
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
