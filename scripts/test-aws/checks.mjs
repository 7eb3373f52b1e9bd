// Counts what holds and what does not, a line each.
import assert from 'node:assert/strict'

/** @param {(line: string) => void} log */
export function openChecks(log) {
  const counts = { passed: 0, failed: 0 }
  return {
    counts,
    /** Runs a check; what it throws, it found. */
    async check(name, work) {
      try {
        await work(assert)
        counts.passed += 1
        log(`ok     ${name}`)
      } catch (error) {
        counts.failed += 1
        log(`FAILED ${name}`)
        log(
          String(error?.message ?? error)
            .slice(0, 800)
            .replace(/^/gm, '         '),
        )
      }
    },
  }
}
