import { Failure } from '../../errors.ts'

/** What Lambda tells of an invocation, as far as it counts here. */
export type Context = { getRemainingTimeInMillis?(): number }

/** What is needed to answer once the time is over. */
const answeringMilliseconds = 500

/**
 * A signal that aborts with `request-timeout` shortly before Lambda would end the function, so that an answer says so. Nothing else ends a
 * request: of a client that has gone, Lambda says nothing.
 */
export function startInvocation(context: Context | undefined): { readonly signal: AbortSignal; remaining(): number; end(): void } {
  const own = new AbortController()
  const remaining = (): number => context?.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY
  const left = remaining()
  const timer = Number.isFinite(left)
    ? setTimeout(
        () => own.abort(new Failure('request-timeout', 'The function has no time left for this picture.')),
        Math.max(left - answeringMilliseconds, left / 2),
      )
    : undefined
  return { signal: own.signal, remaining, end: () => clearTimeout(timer) }
}
