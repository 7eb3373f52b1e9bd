import type { Composed } from '../../compose.ts'
import type { Settings } from '../../config/read.ts'
import { writeProblem } from '../../config/start.ts'
import { Failure } from '../../errors.ts'
import type { TintypeOptions } from '../../index.ts'
import { clientAddresses } from '../client-address.ts'
import { inLambda } from './defaults.ts'
import type { Keeper } from './kept-in-bucket.ts'
import { StuckPlaces } from './stuck-places.ts'

export type OpenOptions = {
  /** The environment; that of the process unless given. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /**
   * Settings with their names in `tintype.config.json`, in place of such a file, for a function that has no environment (Lambda@Edge).
   * Where there is one, it is the stronger.
   */
  readonly settings?: TintypeOptions | undefined
  /** Takes the lines of the log; standard output unless given. */
  readonly write?: ((line: string) => void) | undefined
}

/** What an instance works with, from its first request to its end. */
export type Live = {
  readonly composed: Composed
  readonly answer: Keeper
  /** Who really asks, as `server.trustedProxies` lets it be known. */
  readonly addressOf: ReturnType<typeof clientAddresses>
  readonly write?: (line: string) => void
  readonly stuck: StuckPlaces
  /** Ends the process, and with it the request that has just come: it would have found no place. Lambda starts another. */
  restart(): void
}

/** Pictures made at once in a process, unless the settings say. */
const usualPlaces = 2

/** @throws `Failure` for settings that are wrong, all of them in its message; they stand in the log too. */
export async function openLive(options: OpenOptions): Promise<Live> {
  const settings = await readAll(options)
  // Loaded here and not above: whoever only imports the names of this module does not wait for all of the service.
  const [{ compose }, { keptInBucket }] = await Promise.all([import('../../compose.ts'), import('./kept-in-bucket.ts')])
  const write = options.write === undefined ? {} : { write: options.write }
  const composed = await compose(settings, { immediate: true, ...write })
  return {
    composed,
    answer: keptInBucket(composed.service, settings, write),
    addressOf: clientAddresses(settings.server.trustedProxies),
    ...write,
    stuck: new StuckPlaces(settings.render.processes ?? usualPlaces, () => composed.service.figures().running),
    restart: () => {
      const line = JSON.stringify({
        level: 'error',
        message: 'Pictures that cannot be stopped have taken every place: this instance ends.',
      })
      if (options.write === undefined) process.stdout.write(`${line}\n`)
      else options.write(line)
      process.exit(1)
    },
  }
}

async function readAll({ env = process.env, settings, write }: OpenOptions): Promise<Settings> {
  const { loadSettings } = await import('../../config/load.ts')
  const { readSettings } = await import('../../config/read.ts')
  const read = settings === undefined ? await loadSettings({ env }, env.LAMBDA_TASK_ROOT) : readSettings({ env, file: settings })
  // Whatever address it listens at, if any: a function is reached through others, by anyone.
  const unsafe = read.kind === 'settings' ? writeProblem(read.settings) : undefined
  if (read.kind === 'settings' && unsafe === undefined) return inLambda(read)
  const failures = read.kind === 'failures' ? read.failures : unsafe === undefined ? [] : [unsafe]
  const messages = failures.map(({ message }) => message)
  const { openLog } = await import('../../service/log.ts')
  const log = openLog({ level: 'error', format: 'json', immediate: true, ...(write === undefined ? {} : { write }) })
  log.note('error', 'The function cannot start: its settings are wrong.', { settings: messages })
  await log.close()
  const [first] = failures
  throw new Failure(first?.code ?? 'setting-invalid', messages.join('\n'), first?.detail)
}
