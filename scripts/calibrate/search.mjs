/**
 * The lowest quality that reaches what is wanted, if all above it do: in growing steps away from `guess`, then by halves.
 * @param reaches  Asked at most once for each quality.
 * @returns        `highest` also where none reaches it.
 */
export async function lowestThat(reaches, { guess, lowest = 1, highest = 100 }) {
  let [low, high] = [lowest, highest] // the answer is one of these or between them
  let at = Math.max(lowest, Math.min(highest - 1, guess))
  for (let step = 1; low < high; step *= 2) {
    if (await reaches(at)) high = at
    else low = at + 1
    if (low > lowest && high < highest) at = Math.floor((low + high) / 2)
    else at = low > lowest ? Math.min(high - 1, low + step - 1) : Math.max(low, high - step)
  }
  return low
}

/**
 * Bytes at exactly the wanted likeness, since a step of quality may be several per cent of bytes: between two neighbours, the logarithm
 * of the bytes is taken to grow as the likeness does.
 */
export function bytesAt(wanted, below, above) {
  if (!(above.likeness > below.likeness) || wanted >= above.likeness) return above.bytes
  const share = Math.max(0, (wanted - below.likeness) / (above.likeness - below.likeness))
  return below.bytes * (above.bytes / below.bytes) ** share
}
