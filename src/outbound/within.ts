import { setMaxListeners } from 'node:events'
import type { Failure } from '../errors.ts'

/**
 * Work under one signal for both ends: the caller's, and the end of its time.
 * @param late  What comes back when the time is over.
 * @returns     What the work gives. Rejects with the reason of the caller's signal when that aborts.
 */
export async function within<T>(
  seconds: number,
  late: Failure,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | Failure> {
  signal.throwIfAborted()
  setMaxListeners(0, signal) // one signal may stand behind hundreds of waits, and that is no leak to warn of
  const whole = new AbortController()
  const leave = (): void => whole.abort(signal.reason)
  const timer = setTimeout(() => whole.abort(late), seconds * 1000)
  signal.addEventListener('abort', leave, { once: true })
  try {
    return await work(whole.signal)
  } catch (thrown) {
    if (signal.aborted) throw signal.reason
    if (whole.signal.aborted) return late
    throw thrown
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
  }
}
