import { type Logger, pino } from 'pino'
import { inkFor } from './ink.ts'
import { standardOutput } from './log-output.ts'
import { prettyLine } from './pretty-line.ts'
import { sharedOutput } from './shared-output.ts'
import { type Answered, stages, type Watch } from './watch.ts'
import type { WatchSettings } from './watch-fields.ts'
import { escapeControls, withoutSecrets } from './without-secrets.ts'

export type LogOptions = Pick<WatchSettings, 'level' | 'format'> & {
  /** Takes finished lines; standard output unless given. */
  readonly write?: (line: string) => void
  /** Each line is on its way before the next thing happens, as a process that may be frozen between requests needs it. */
  readonly immediate?: boolean
  /** Other processes write to standard output too. */
  readonly shared?: boolean
}

/** The log: one line a request, and notes. */
export function openLog(options: LogOptions): Pick<Watch, 'answered' | 'note'> & { close(): Promise<void> } {
  const lost = (lines: number): void => logger.warn({ lines }, 'Lines of the log were dropped: its reader is too slow.')
  const out =
    options.write !== undefined
      ? { write: options.write, close: async () => {} }
      : options.shared === true
        ? sharedOutput(lost)
        : standardOutput(options.immediate === true, lost)
  const pretty = options.format === 'pretty' || (options.format === 'auto' && options.write === undefined && process.stdout.isTTY === true)
  const ink = inkFor(process.stdout, process.env)
  const write = pretty ? (line: string): void => out.write(prettyLine(line, ink)) : out.write
  const logger = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    { write },
  )
  return {
    answered: (event) => line(logger, event),
    note: (level, message, facts = {}) => logger[level](plain(facts, logger.isLevelEnabled('debug'), 0), escapeControls(message)),
    close: out.close,
  }
}

/** Machines that look whether the service lives are no news. */
const checks = /^\/(?:health|ready|metrics)(?:\?|$)/

/** Runs for every request, hits too: built by hand, since copies of copies took longer than all the rest of the log. */
function line(logger: Logger, event: Answered): void {
  const { id, method, target, status, bytes, cache, dialect, format, code, cause, client } = event
  const level = status >= 500 ? 'error' : status < 400 && checks.test(target) ? 'debug' : 'info'
  if (!logger.isLevelEnabled(level)) return
  const entry: Record<string, unknown> = { id, method: escapeControls(method), target: withoutSecrets(target), status, bytes }
  entry.milliseconds = rounded(event.milliseconds)
  if (cache !== undefined) entry.cache = cache
  if (dialect !== undefined) entry.dialect = dialect
  if (format !== undefined) entry.format = format
  if (code !== undefined) entry.code = escapeControls(code)
  if (cause !== undefined) entry.cause = plain(cause, logger.isLevelEnabled('debug'), 0)
  if (client !== undefined) entry.client = escapeControls(client)
  for (const stage of stages) {
    const time = event.timings[stage]
    if (time !== undefined) entry[`${stage}Ms`] = rounded(time)
  }
  logger[level](entry)
}

/**
 * Whatever it is, as JSON that can do no harm: control characters spelt out, errors as their messages (with their stack where `stacks` says so),
 * at most four levels deep and 50 entries wide.
 */
function plain(value: unknown, stacks: boolean, depth: number): unknown {
  if (typeof value === 'string') return escapeControls(withoutPaths(value.length > 4000 ? `${value.slice(0, 4000)}…` : value, stacks))
  if (value === null || typeof value === 'number' || typeof value === 'boolean' || value === undefined) return value
  if (value instanceof Error) return stacks ? withoutSecrets(value.stack ?? value.message) : messages(value)
  if (typeof value !== 'object' || depth >= 4) return escapeControls(String(value))
  if (Array.isArray(value)) return value.slice(0, 50).map((each) => plain(each, stacks, depth + 1))
  const entries = Object.entries(value).slice(0, 50)
  return Object.fromEntries(entries.map(([name, each]) => [escapeControls(name), plain(each, stacks, depth + 1)]))
}

/** The message of an error and of those that caused it. */
function messages(error: Error): string {
  const said: string[] = []
  for (let cause: unknown = error; cause !== undefined && said.length < 4; cause = cause instanceof Error ? cause.cause : undefined) {
    said.push(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause))
  }
  return withoutSecrets(withoutPaths(said.join(' < '), false))
}

/**
 * `ENOENT: no such file or directory, open '/srv/photos/cat.jpg'` without the path: logs are read by more people than the disk is, and which
 * original it was stands in the same line.
 * @param kept  They stay, for who looks for a fault.
 */
function withoutPaths(text: string, kept: boolean): string {
  return kept ? text : text.replace(/(\bE[A-Z0-9]{2,}: [^,'"\n]{1,100}, \w{1,20}) '[^'\n]*'(?: -> '[^'\n]*')?/g, '$1')
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
