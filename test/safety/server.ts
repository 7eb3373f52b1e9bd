import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sendBytes } from '../runtimes/raw-http.ts'
import { leaksIn, type Seen } from './leaks.ts'

/** What came back for one request. */
export type Got = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer; readonly ms: number }

export type GetOptions = { readonly method?: string; readonly signal?: AbortSignal; readonly timeoutMs?: number }

/** Bytes of memory that are resident: of the server's own process, and of it with its render processes. */
export type Memory = { readonly parent: number; readonly all: number }

export type Server = {
  /** `http://127.0.0.1:port`. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** The server's own cache folder, empty at the start. */
  readonly cache: string
  /** Ids of its render processes; none where there is no /proc. */
  children(): Promise<number[]>
  rss(): Promise<Memory>
  /** One request on a connection of its own; the target goes out as it stands. */
  get(target: string, headers?: Readonly<Record<string, string>>, options?: GetOptions): Promise<Got>
  /** All that comes back for some bytes, until the server closes. */
  raw(text: string, signal?: AbortSignal): Promise<string>
  /** Standard output and standard error so far. */
  log(): string
  /** A text that must never come back, beside the keys and tokens of the settings and the signatures in `s=`. */
  conceal(secret: string): void
  /**
   * Ends the server, and looks through all that came back and all that was logged for what no stranger may see (check 40).
   * @throws where something leaks. Every further call gives what the first gave.
   */
  stop(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly ms: number }>
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const entry = join(root, 'dist/runtimes/cli/main.js')
const startMs = 20_000
const stopMs = 45_000
const answerMs = 30_000

/**
 * The real server, as a process of its own with nothing in its environment but these settings, at a port of its own and with a cache folder of
 * its own. `npm run build` must have been run.
 * @param settings  By the names of the environment: `{ TINTYPE_LIMIT_FRAMES: '5' }`.
 * @param folder    Of originals, for `serve FOLDER`; a relative one lies in the repository.
 * @param through   Words before the program's own, of another that starts it and then is it.
 * @throws where the server ends instead of listening, with its log.
 */
export async function openServer(
  settings: Readonly<Record<string, string>>,
  folder?: string,
  through: readonly string[] = [],
): Promise<Server> {
  const cache = await mkdtemp(join(tmpdir(), 'tintype-safety-'))
  const { child, log, ended } = run(settings, cache, folder, through)
  const seen: Seen[] = []
  const sent: string[] = []
  const concealed: string[] = []
  const drop = (): Promise<void> => rm(cache, { recursive: true, force: true })
  const port = await listening(child, log, ended).catch(async (error: unknown) => {
    child.kill('SIGKILL')
    await drop()
    throw error
  })
  const { pid = 0 } = child
  let stopped: ReturnType<Server['stop']> | undefined

  async function stop(signal: NodeJS.Signals): ReturnType<Server['stop']> {
    const began = performance.now()
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMs)
    const code = await ended
    clearTimeout(timer)
    const ms = performance.now() - began
    await drop()
    const leaks = leaksIn({ seen: [...seen, { where: 'the log', text: log(), kind: 'log' }], sent, concealed, settings, root, cache, port })
    if (leaks.length > 0) throw new Error(`check 40: what no stranger may see:\n${leaks.join('\n')}`)
    return { code, ms }
  }

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid,
    cache,
    children: () => childrenOf(pid),
    async rss() {
      const parent = await residentBytes(pid)
      const others = await Promise.all((await childrenOf(pid)).map(residentBytes))
      return { parent, all: others.reduce((sum, each) => sum + each, parent) }
    },
    async get(target, headers = {}, options = {}) {
      sent.push(target, ...Object.values(headers))
      const got = await ask(port, target, headers, options)
      const head = Object.entries(got.headers).map(([name, value]) => `${name}: ${value}`)
      seen.push({ where: `the head for ${target}`, text: head.join('\n'), kind: 'text' })
      const picture = /^(?:image\/(?!svg)|video\/)/.test(got.headers['content-type'] ?? '')
      seen.push({ where: `the body for ${target}`, text: got.body.toString('latin1'), kind: picture ? 'picture' : 'text' })
      return got
    },
    async raw(text, signal) {
      sent.push(text)
      const answer = (await sendBytes(port, text, signal)).toString('latin1')
      seen.push({ where: `the answer to ${JSON.stringify(text.slice(0, 80))}`, text: answer, kind: 'text' })
      return answer
    },
    log,
    conceal(secret) {
      concealed.push(secret)
    },
    stop: (signal = 'SIGTERM') => (stopped ??= stop(signal)),
  }
}

/** A start that should not succeed: the exit code and all that was said; the code is `undefined` where the server listened all the same. */
export async function refusedStart(
  settings: Readonly<Record<string, string>>,
  folder?: string,
): Promise<{ readonly code: number | null | undefined; readonly log: string }> {
  const cache = await mkdtemp(join(tmpdir(), 'tintype-safety-'))
  const { child, log, ended } = run(settings, cache, folder)
  try {
    const listened = await listening(child, log, ended).then(
      () => true,
      () => false,
    )
    if (listened) child.kill('SIGKILL')
    const code = await ended
    return { code: listened ? undefined : code, log: log() }
  } finally {
    await rm(cache, { recursive: true, force: true })
  }
}

type Run = { readonly child: ChildProcess; log(): string; readonly ended: Promise<number | null> }

function run(settings: Readonly<Record<string, string>>, cache: string, folder?: string, through: readonly string[] = []): Run {
  const env = {
    PATH: process.env.PATH,
    HOME: cache,
    TINTYPE_SERVER_PORT: '0',
    TINTYPE_STORE_DISK_FOLDER: join(cache, 'results'),
    ...settings,
  }
  const own = [process.execPath, entry, 'serve', ...(folder === undefined ? [] : [resolve(root, folder)])]
  const [program = '', ...words] = [...through, ...own]
  const child = spawn(program, words, { cwd: cache, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
  }
  return { child, log: () => text, ended: new Promise((resolve) => child.once('close', resolve)) }
}

/** The port, once the server has said it. */
async function listening(child: ChildProcess, log: () => string, ended: Promise<number | null>): Promise<number> {
  const over = new AbortController()
  const said = new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`The server did not listen within ${startMs / 1000} s:\n${log()}`))
    }, startMs)
    const look = (): void => {
      const [, port] = /answers at \S*?http:\/\/[^\s/]*:(\d+)/.exec(log()) ?? []
      if (port !== undefined) resolve(Number(port))
    }
    child.stderr?.on('data', look)
    over.signal.addEventListener('abort', () => {
      clearTimeout(timer)
      child.stderr?.off('data', look)
    })
    ended.then((code) => reject(new Error(`The server ended with code ${code}:\n${log()}`)))
  })
  return said.finally(() => over.abort())
}

function ask(port: number, path: string, headers: Readonly<Record<string, string>>, options: GetOptions): Promise<Got> {
  const { method = 'GET', signal, timeoutMs = answerMs } = options
  const began = performance.now()
  const late = AbortSignal.timeout(timeoutMs)
  const either = signal === undefined ? late : AbortSignal.any([late, signal])
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false, signal: either }, (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece)).on('error', reject)
      answer.on('end', () => {
        const ms = performance.now() - began
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces), ms })
      })
    })
    asked.on('error', reject).end()
  })
}

async function childrenOf(pid: number): Promise<number[]> {
  // Only the main thread starts processes.
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.split(' ').map(Number).filter(Boolean)
}

/** 0 for a process that has gone. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
}
