import { Failure } from '../errors.ts'
import { credentialsInEnvironment } from './environment.ts'

/** Who asks. */
export type Credentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Goes with credentials that end. */
  readonly sessionToken?: string | undefined
  /** When they end; never unless given. */
  readonly expiration?: Date | undefined
}

/** What finds credentials, wherever they lie; rejects when there are none. */
export type FindCredentials = () => Promise<Credentials>

/** Credentials kept as long as they are good. */
export type Keyring = {
  /** Those to sign with; `origin-failed` when there are none, which may pass. Rejects with the reason of the signal when it aborts. */
  get(signal: AbortSignal): Promise<Credentials | Failure>
  /** The service called these ended or unknown: they are not given again. */
  refuse(credentials: Credentials): void
}

/** Credentials are found anew so long before they end: a request signed now must still be good when it arrives. */
const beforeEndMs = 300_000

/** Nothing is searched for again so soon: a search may cost a second of waiting for a machine that does not answer. */
const betweenMs = 5000

/** Keeps what `find` finds until shortly before it ends. However many wait, one search runs. */
export function keyring(find: FindCredentials, now: () => number = Date.now): Keyring {
  let kept: Credentials | undefined
  let searching: Promise<Credentials | Failure> | undefined
  let searchedAt = Number.NEGATIVE_INFINITY
  let failure: Failure | undefined

  /** Those at hand, where they are good for so long yet. */
  function good(ms: number): Credentials | undefined {
    return kept?.expiration === undefined || kept.expiration.getTime() - ms > now() ? kept : undefined
  }

  async function search(): Promise<Credentials | Failure> {
    try {
      kept = await find()
      failure = undefined
    } catch (cause) {
      failure = new Failure('origin-failed', 'There are no credentials with which the bucket could be asked.', { cause })
    }
    searchedAt = now()
    searching = undefined
    return outcome()
  }

  /** What the last search has left: those at hand may be good for some minutes though they could not be renewed. */
  function outcome(): Credentials | Failure {
    return good(0) ?? failure ?? new Failure('origin-failed', 'The credentials with which the bucket could be asked have ended.')
  }

  return {
    async get(signal) {
      signal.throwIfAborted()
      const fresh = good(beforeEndMs)
      if (fresh !== undefined) return fresh
      if (searching === undefined && now() - searchedAt < betweenMs) return outcome()
      searching ??= search()
      return orLeave(searching, signal)
    },
    refuse(credentials) {
      if (kept !== credentials) return
      kept = undefined
      searchedAt = Number.NEGATIVE_INFINITY
    },
  }
}

/** The promise, unless the signal aborts first; whoever else waits for it goes on waiting. */
function orLeave<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}

/**
 * Credentials as Amazon's tools find them: the environment, then what its SDK looks through (files with profiles, SSO, web identity, the
 * container's, the instance's). The environment is read here, so that on Lambda no SDK is ever loaded.
 */
export const findCredentials: FindCredentials = async () => {
  const own = credentialsInEnvironment()
  if (own !== undefined) return own
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node')
  return defaultProvider({ timeout: 1000, maxRetries: 2 })()
}
