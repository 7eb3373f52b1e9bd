import { setTimeout as sleep } from 'node:timers/promises'

/** Between two looks at what AWS does: soon at first, then less often, so that a long deployment does not meet the limits of the account. */
const firstPauseMs = 1000
const longestPauseMs = 5000
const growth = 1.3

/**
 * Looks until there is something to give back. The pause grows while nothing happens, and starts anew when `look` says that something did.
 * @param look  `undefined`: not yet. `'moved'`: not yet, but it goes on.
 */
export async function until<T>(look: () => Promise<T | 'moved' | undefined>, signal: AbortSignal, pauseMs = firstPauseMs): Promise<T> {
  let pause = pauseMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== 'moved') return found
    pause = found === 'moved' ? pauseMs : Math.min(longestPauseMs, pause * growth)
    // A little apart from others who look at the same account in the same rhythm.
    await sleep(pause * (0.8 + Math.random() * 0.4), undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}
