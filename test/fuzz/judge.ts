import { Failure } from '../../src/errors.ts'
import { sniff } from '../../src/pixels/sniff.ts'

/** What came of a mutant: a picture, a failure, or whatever else was thrown. */
export type Outcome = { readonly bytes: Buffer; readonly format: string } | Error

/** What a render process may cost beyond its deadline: its start, a wait for its turn, one more try after a crash. */
const graceSeconds = 5

/**
 * What is wrong with an outcome; `undefined` for a picture in the format that it says, and for a failure that is a stranger's own (4xx)
 * or a deadline (504).
 * @param seconds  How long it took, and the deadline.
 */
export function problemOf(outcome: Outcome, seconds: { readonly took: number; readonly deadline: number }): string | undefined {
  if (seconds.took > 2 * seconds.deadline + graceSeconds) return `took ${seconds.took.toFixed(1)} s`
  if (outcome instanceof Error) {
    // By its shape: a failure from the built program is of another class than that of the sources.
    const { code, status } = outcome as Partial<Failure>
    if (typeof code !== 'string' || typeof status !== 'number') return `threw ${outcome.stack ?? outcome.message}`
    const cause = outcome instanceof Failure || outcome.cause !== undefined ? ` (${String(outcome.cause)})` : ''
    return (status >= 400 && status < 500) || status === 504 ? undefined : `${code}: ${outcome.message}${cause}`
  }
  const found = sniff(outcome.bytes)
  return found === outcome.format ? undefined : `said ${outcome.format}, gave ${found ?? 'no picture'}`
}
