import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { getPriority, setPriority } from 'node:os'
import { fontEnvironment } from './fonts.ts'
import { type Frame, receiveFrames, sendParts } from './frames.ts'
import { eachLine } from './log-lines.ts'
import { watchMemory } from './memory-watch.ts'
import type { Offence } from './offenders.ts'
import { type Reply, readReply } from './wire.ts'

export type ProcessOptions = {
  /** Path of the program, plain JavaScript. */
  readonly entry: string
  /** What it is told on its command line. */
  readonly words: readonly string[]
  /** Working folder, empty. */
  readonly folder: string
  /** What the machine needs beside our own few variables. */
  readonly environment: Readonly<Record<string, string>>
  /** Seconds until it must be ready for work. */
  readonly startSeconds: number
  readonly onLog: (line: string) => void
  /** It can take work: after its start. */
  readonly onReady: (process: RenderProcess) => void
  /** It takes no more work: it died, or it was ended. Called once. */
  readonly onGone: (process: RenderProcess, why: Ending) => void
}

export type Work = {
  /** Printed frames that ask for it, from the lightest to the one that holds all there is: where one does not do, the process gets the next. */
  readonly asks: readonly Printed[]
  /** Some of its originals are files: it may say in the end that it needs the bytes. */
  readonly inFiles: boolean
  readonly seconds: number
  readonly memoryBytes: number
}

export type Printed = readonly Buffer[]

/** `stopped`: by us, for no fault of its own. */
export type Ending = Offence | 'stopped'
export type Outcome = { readonly kind: 'answered'; readonly reply: Reply; readonly bodies: readonly Buffer[] } | { readonly kind: Ending }

/** One render process as the pool sees it: one job at a time, under a deadline and a watch over its memory. */
export class RenderProcess {
  /** `undefined` when the system could not start it. */
  readonly pid: number | undefined
  readonly since: number = performance.now()
  /** Jobs it was given. */
  jobs = 0
  /** When it ended its last job, as `performance.now()` has it; Infinity before the first. */
  idleSince = Number.POSITIVE_INFINITY
  /** Decoded pixels that it keeps. */
  levelBytes = 0
  state: 'starting' | 'idle' | 'busy' | 'gone' = 'starting'
  /** Settles when the system has taken it off its list. */
  readonly exited: Promise<void>
  readonly #options: ProcessOptions
  readonly #child: ChildProcess | undefined
  readonly #socket: Socket | undefined
  readonly #startTimer: NodeJS.Timeout
  #settle: ((outcome: Outcome) => void) | undefined
  #deadline: NodeJS.Timeout | undefined
  /** May it need more than all the frames of the job that it has? */
  #mayNeed = false
  /** Heavier frames for the job that it has. */
  #heavier: Printed[] = []

  constructor(options: ProcessOptions) {
    this.#options = options
    this.#startTimer = setTimeout(() => this.#end('died'), options.startSeconds * 1000)
    const child = start(options)
    const socket = child?.stdio?.[3]
    this.pid = child?.pid
    this.#child = child
    this.exited = new Promise((resolve) => {
      if (child === undefined || child.pid === undefined) resolve()
      else child.once('exit', () => resolve())
    })
    child?.on('error', () => this.#end('died'))
    if (child?.pid === undefined || !(socket instanceof Socket)) {
      setImmediate(() => this.#end('died')) // not now: nobody holds this object yet
      return
    }
    for (const stream of [child.stdout, child.stderr]) if (stream !== null) eachLine(stream, options.onLog)
    receiveFrames(socket, (frame) => this.#receive(frame))
    // Not the exit of the process: an answer may still be in the socket then.
    for (const event of ['end', 'close', 'error']) socket.on(event, () => this.#end('died'))
    this.#socket = socket
  }

  /** Hands it a job; only while it is idle. Never rejects. */
  run(work: Work): Promise<Outcome> {
    const { pid } = this
    const socket = this.#socket
    if (this.state !== 'idle' || pid === undefined || socket === undefined) throw new Error('A render process takes a job only while idle.')
    this.state = 'busy'
    this.jobs++
    return new Promise((resolve) => {
      this.#deadline = setTimeout(() => this.#end('timeout'), work.seconds * 1000)
      const unwatch = watchMemory(pid, work.memoryBytes, () => this.#end('memory'))
      this.#settle = (outcome) => {
        clearTimeout(this.#deadline)
        unwatch()
        this.idleSince = performance.now()
        this.#settle = undefined
        this.#heavier = []
        resolve(outcome)
      }
      this.#mayNeed = work.inFiles
      this.#heavier = [...work.asks]
      this.#askNext()
    })
  }

  /** Tells it something that needs no answer. */
  tell(frame: readonly Buffer[]): void {
    if (this.#socket !== undefined && this.state !== 'gone') sendParts(this.#socket, frame)
  }

  /** Ends it now, whatever it is doing. */
  stop(): void {
    this.#end('stopped')
  }

  #receive({ head, bodies }: Frame): void {
    const reply = readReply(head)
    if (reply?.kind === 'hello' && this.state === 'starting') {
      clearTimeout(this.#startTimer)
      this.state = 'idle'
      this.#options.onReady(this)
    } else if (reply?.kind === 'need' && this.state === 'busy' && this.#heavier.length > 0) {
      this.#askNext()
    } else if (reply !== undefined && reply.kind !== 'hello' && (reply.kind !== 'need' || this.#mayNeed) && this.state === 'busy') {
      this.state = 'idle'
      if (reply.kind === 'done' && reply.levels !== undefined) this.levelBytes = reply.levels.bytes
      this.#settle?.({ kind: 'answered', reply, bodies })
    } else if (this.state !== 'gone') {
      this.#end('died') // it speaks out of turn, or nonsense: it is not itself any more
    }
  }

  #askNext(): void {
    this.tell(this.#heavier.shift() ?? [])
  }

  #end(why: Ending): void {
    if (this.state === 'gone') return
    this.state = 'gone'
    clearTimeout(this.#startTimer)
    this.#child?.kill('SIGKILL') // no milder signal: a decoder that hangs hears none
    this.#socket?.destroy()
    this.#settle?.({ kind: why })
    this.#options.onGone(this, why)
  }
}

/** Below the process that speaks HTTP: where all cores are busy with pictures, a hit still comes at once. */
const niceness = 5

function start({ entry, words, folder, environment }: ProcessOptions): ChildProcess | undefined {
  try {
    // `overlapped` is `pipe`, a socket for both directions, and works on Windows too.
    const child = spawn(process.execPath, ['--max-old-space-size=256', '--expose-gc', entry, ...words], {
      cwd: folder,
      env: { ...environment, ...cleanEnvironment(folder) },
      stdio: ['ignore', 'pipe', 'pipe', 'overlapped'],
      windowsHide: true,
    })
    beNice(child.pid)
    return child
  } catch {
    return undefined // out of memory or of processes: as if it had died at once
  }
}

/** Before it has threads, which inherit this. That the system does not let us is no harm. */
function beNice(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, Math.min(19, getPriority() + niceness))
  } catch {}
}

/** All that a render process finds in its environment: no path, no home, no secrets of the service. */
function cleanEnvironment(folder: string): Readonly<Record<string, string>> {
  return {
    ...fontEnvironment(),
    TMPDIR: folder,
    HOME: folder,
    MALLOC_ARENA_MAX: '2', // glibc alone: 230 MB instead of 407 after 2,000 pictures
    // glibc alone, both: up to 16 MiB of what is freed stay for the next picture, and pieces from 2 MiB on go back at once. More would make AVIFs
    // cheaper, but each process hold more for good. ADR 0001 has the figures.
    MALLOC_TRIM_THRESHOLD_: String(16 * 2 ** 20),
    MALLOC_MMAP_THRESHOLD_: String(2 * 2 ** 20),
    // glibc from 2.35 on: what is large lies in huge pages, if the system has them for who asks. The memory of a decoded picture is touched
    // page by page, and 512 times fewer pages are to be found. ADR 0001 has the figures.
    GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
    UV_THREADPOOL_SIZE: '2', // one job at a time: its pipeline, and one more for its layers
    VIPS_DISC_THRESHOLD: '64g', // large pictures stay in memory, where the watch sees them, instead of filling a disk
    VIPS_WARNING: '0',
  }
}
