import { compose } from './compose.ts'
import { readSettings, type Settings } from './config/read.ts'
import type { GroupOptions, tree } from './config/tree.ts'
import { Failure } from './errors.ts'
import { type FetchHandler, toFetch } from './runtimes/fetch.ts'
import { type NodeListener, nodeListener } from './runtimes/node-listener.ts'
import type { Service } from './service/service.ts'

export type { Settings } from './config/read.ts'
export { Failure, type FailureCode, type FailureDetail, failures } from './errors.ts'
export type { FetchHandler } from './runtimes/fetch.ts'
export type { NodeListener } from './runtimes/node-listener.ts'
export type { Answer, Ask } from './service/ask.ts'
export { type SignOptions, signNative } from './sign.ts'
export { signThumbor } from './sign-thumbor.ts'
export { version } from './version.ts'

/** Settings, with the names that they have in `tintype.config.json`. */
export type TintypeOptions = GroupOptions<typeof tree> & {
  readonly sources?: Readonly<Record<string, { readonly kind: string; readonly [option: string]: unknown }>> | undefined
}

/** The service inside a program of your own. */
export type Tintype = {
  /** The answer to a request, as plain values; never rejects. */
  readonly handle: Service['handle']
  /** For Hono, Bun, Deno, Next: whatever hands out a `Request` and takes a `Response`. */
  readonly fetch: FetchHandler
  /** For `http.createServer`, Express and their kin. */
  readonly listener: NodeListener
  /** Removes every result of an original; how many there were. Throws a `Failure` for a key that belongs to no source. */
  purge(key: string, signal?: AbortSignal): Promise<number>
  /** Lets running work finish, then lets go of everything. */
  close(): Promise<void>
  readonly settings: Settings
}

/** What is otherwise in a program of someone else's: he has a log, metrics and a page at `/` of his own, and one process. */
const guest = { metrics: false, log: { level: 'warn' }, render: { form: 'in-process' } } as const

/**
 * Opens a service. Nothing is read from the environment or from files of settings; what is not said has its default, except that pictures
 * are made in this process (`render: { form: 'pool' }` makes them in processes of their own, as a server should that strangers can reach),
 * that only warnings are logged, and that nothing is counted for Prometheus.
 * @throws `Failure` for settings that are wrong, all of them in its message.
 */
export async function createTintype(options: TintypeOptions = {}): Promise<Tintype> {
  const file = {
    ...options,
    metrics: options.metrics ?? guest.metrics,
    log: { ...guest.log, ...options.log },
    render: { ...guest.render, ...options.render },
  }
  const read = readSettings({ file })
  if (read.kind === 'failures') {
    const [first] = read.failures
    const message = read.failures.map((failure) => failure.message).join('\n')
    throw new Failure(first?.code ?? 'setting-invalid', message, first?.detail)
  }
  const { settings } = read
  const { service, close } = await compose(settings, { landing: false })
  return {
    handle: service.handle,
    fetch: toFetch(service),
    listener: nodeListener(service, settings.server),
    purge: (key, signal = new AbortController().signal) => service.purge(key, signal),
    close,
    settings,
  }
}
