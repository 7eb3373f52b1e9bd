import { Failure } from '../errors.ts'

/**
 * A signal that aborts when another does, or with `request-timeout` when its time is over. Made by hand: an `AbortSignal.any` would leave
 * a trace in a signal that lives long, and an `AbortSignal.timeout` cannot be called off.
 * @param other  The client, or the end of the service.
 */
export function startDeadline(other: AbortSignal, seconds: number): { readonly signal: AbortSignal; end(): void } {
  const own = new AbortController()
  const leave = (): void => own.abort(other.reason)
  if (other.aborted) leave()
  else other.addEventListener('abort', leave, { once: true })
  const timer = setTimeout(() => own.abort(new Failure('request-timeout', `The request took longer than ${seconds} s.`)), seconds * 1000)
  return {
    signal: own.signal,
    end() {
      clearTimeout(timer)
      other.removeEventListener('abort', leave)
    },
  }
}
