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
  /** Those to sign with; `source-forbidden` when there are none. Rejects with the reason of the signal when it aborts. */
  get(signal: AbortSignal): Promise<Credentials | Failure>
  /** The service called these ended or unknown: they are not given again. */
  refuse(credentials: Credentials): void
}

/** Credentials are found anew so long before they end: a request signed now must still be good when it arrives. */
const beforeEndMs = 300_000

/** After a search in vain nothing is searched for so long: each may cost a second of waiting for a machine that does not answer. */
const afterFailureMs = 5000

/** Keeps what `find` finds until shortly before it ends. However many wait, one search runs. */
export function keyring(find: FindCredentials, now: () => number = Date.now): Keyring {
  let kept: Credentials | undefined
  let searching: Promise<Credentials | Failure> | undefined
  let failed: { readonly failure: Failure; readonly at: number } | undefined

  async function search(): Promise<Credentials | Failure> {
    try {
      kept = await find()
      failed = undefined
      return kept
    } catch (cause) {
      // Those at hand may be good for some minutes yet.
      if (kept?.expiration !== undefined && kept.expiration.getTime() > now()) return kept
      const failure = new Failure('source-forbidden', 'There are no credentials with which the bucket could be asked.', { cause })
      failed = { failure, at: now() }
      return failure
    } finally {
      searching = undefined
    }
  }

  return {
    async get(signal) {
      signal.throwIfAborted()
      if (kept !== undefined && (kept.expiration === undefined || kept.expiration.getTime() - beforeEndMs > now())) return kept
      if (failed !== undefined && now() - failed.at < afterFailureMs) return failed.failure
      searching ??= search()
      return orLeave(searching, signal)
    },
    refuse(credentials) {
      if (kept === credentials) kept = undefined
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
