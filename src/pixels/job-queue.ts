import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../errors.ts'
import { printFrame } from './frames.ts'
import { Homes } from './homes.ts'
import { memoryOf } from './memory-watch.ts'
import { type Offence, Offenders } from './offenders.ts'
import { Places } from './places.ts'
import { type KeeperOptions, ProcessKeeper } from './process-keeper.ts'
import type { Outcome, Printed, RenderProcess, Work } from './render-process-handle.ts'
import { BytesNeeded, type JobOriginal, type RendererFigures } from './renderer.ts'
import { type Ask, type Reply, readFailure } from './wire.ts'

export type QueueOptions = Omit<KeeperOptions, 'count' | 'onChange'> & {
  readonly concurrency: number
  readonly spare: number
  readonly refuseSeconds: number
}

/** What a render process returned. */
export type Answer = { readonly value: unknown; readonly bodies: readonly Buffer[] }

type Wish = {
  readonly ask: Ask
  readonly originals: readonly JobOriginal[]
  readonly seconds: number
  readonly memoryBytes: number
  /** Nobody knows how long it takes: it leaves the spare process to others. */
  readonly dear: boolean
  /** Ahead of all that waits, and by the spare process when the others are busy. */
  readonly first?: boolean
}

type Entry = Wish &
  Work & {
    /** A process died over it. */
    retried: boolean
    readonly settle: (answer: Answer | Failure) => void
    readonly abandoned: () => boolean
  }

/** The originals with what was asked of them. */
function whole({ ask, originals }: Wish): readonly JobOriginal[] {
  return 'recipe' in ask ? [...originals, Buffer.from(JSON.stringify(ask.recipe))] : originals
}

/**
 * Who is to blame. A decoder that crashes does so over the original, whatever is asked. Time and memory are the recipe's doing as well:
 * were the original alone blamed, a stranger could have any picture refused by asking twice for something dear.
 */
function culprit(wish: Wish, offence: Offence): readonly JobOriginal[] {
  return offence === 'died' ? wish.originals : whole(wish)
}

/**
 * Jobs on their way to the render processes: handed on in order, as far as there are places for them, tried again after a crash, refused when
 * they are known to do harm.
 */
export class JobQueue {
  readonly #keeper: ProcessKeeper
  readonly #places: Places
  readonly #offenders: Offenders
  #waiting: Entry[] = []
  readonly #running = new Map<Entry, () => void>()
  readonly #homes = new Homes()
  #closed = false
  #onDrained: (() => void) | undefined

  constructor(options: QueueOptions) {
    this.#offenders = new Offenders(options.refuseSeconds)
    this.#places = new Places(options.concurrency, options.spare)
    this.#keeper = new ProcessKeeper({ ...options, count: options.concurrency + options.spare, onChange: () => this.#advance() })
  }

  /** No process can be started. */
  get broken(): boolean {
    return this.#keeper.broken
  }

  figures(): RendererFigures {
    const { processes, counts } = this.#keeper
    const rssBytes = processes.reduce((sum, { pid }) => sum + (pid === undefined ? 0 : (memoryOf(pid) ?? 0)), 0)
    const levelBytes = processes.reduce((sum, process) => sum + process.levelBytes, 0)
    return { busy: this.#running.size, processes: processes.length, ...counts, rssBytes, ...this.#homes.counts, levelBytes }
  }

  /** Runs a job when its turn comes. Rejects with the signal's reason when that comes first; returns all other failures. */
  async run(wish: Wish, signal?: AbortSignal): Promise<Answer | Failure> {
    signal?.throwIfAborted()
    if (this.#closed) return stopping()
    const frame = frameOf(wish)
    if (frame instanceof Failure) return frame
    const refusal = this.#offenders.none ? undefined : (this.#offenders.refusal(wish.originals) ?? this.#offenders.refusal(whole(wish)))
    if (refusal !== undefined) return refusal
    return new Promise((resolve, reject) => {
      const drop = (): void => {
        this.#waiting = this.#waiting.filter((each) => each !== entry)
        if (!this.#running.has(entry)) reject(signal?.reason)
        else if (this.#closed) this.#running.get(entry)?.() // nobody waits for it: it holds up nothing
      }
      const entry: Entry = {
        ...wish,
        asks: [frame],
        inFiles: !wish.originals.every((original) => Buffer.isBuffer(original)),
        retried: false,
        abandoned: () => signal?.aborted === true,
        settle: (answer) => {
          signal?.removeEventListener('abort', drop)
          resolve(answer)
        },
      }
      signal?.addEventListener('abort', drop, { once: true })
      if (wish.first) this.#waiting.unshift(entry)
      else this.#waiting.push(entry)
      this.#advance()
    })
  }

  /** Takes no more jobs, waits so long for those that run and that somebody waits for, then ends all processes. */
  async close(graceSeconds: number): Promise<void> {
    this.#closed = true
    for (const entry of this.#waiting.splice(0)) entry.settle(stopping())
    for (const [entry, stop] of this.#running) if (entry.abandoned()) stop()
    const timer = new AbortController()
    const drained = new Promise<void>((resolve) => {
      this.#onDrained = resolve
    })
    if (this.#running.size > 0)
      await Promise.race([drained, sleep(graceSeconds * 1000, undefined, { signal: timer.signal }).catch(() => {})])
    timer.abort()
    await this.#keeper.close()
  }

  /** Hands on whatever can be handed on now. */
  #advance(): void {
    if (this.#keeper.broken) {
      for (const entry of this.#waiting.splice(0)) entry.settle(new Failure('internal', 'No render process can be started.'))
    }
    for (;;) {
      const entry = this.#waiting.find((each) => this.#mayBegin(each))
      if (entry === undefined) return
      const process = this.#keeper.take(this.#homes.of(entry.ask))
      if (process === undefined) return
      this.#waiting = this.#waiting.filter((each) => each !== entry)
      this.#places.take(entry.dear)
      this.#homes.settle(entry.ask, process)
      this.#running.set(entry, () => process.stop())
      void process.run(this.#lightly(entry, process)).then((outcome) => {
        this.#running.delete(entry)
        this.#places.leave(entry.dear)
        this.#keeper.release(process)
        this.#finish(entry, process, outcome)
        if (this.#running.size === 0) this.#onDrained?.()
        this.#advance()
      })
    }
  }

  /** Lets every process forget what it decoded of an original. One that starts has decoded nothing. */
  forget(name: string): void {
    for (const process of this.#keeper.processes)
      if (process.state !== 'starting') process.tell(printFrame({ head: { kind: 'forget', name } satisfies Ask, bodies: [] }))
  }

  /** The last process that is free is not for dear work while another is about to be: whoever comes meanwhile would wait for that. */
  #mayBegin({ dear, first }: Entry): boolean {
    return first === true || (this.#places.free(dear) && !(dear && this.#keeper.scarce))
  }

  /** A job whose process is thought to hold decoded pixels of its one original is tried without that. */
  #lightly(entry: Entry, process: RenderProcess): Work {
    if (entry.retried || entry.originals.length !== 1 || !this.#homes.holds(entry.ask, process)) return entry
    return { ...entry, asks: [printFrame({ head: { ...withFiles(entry), held: true }, bodies: [] }), ...entry.asks] }
  }

  /** A crash may have had nothing to do with the job: then once more, in another process. */
  #finish(entry: Entry, process: RenderProcess, outcome: Outcome): void {
    if (outcome.kind === 'answered') {
      if (outcome.reply.kind === 'done' && outcome.reply.levels !== undefined) this.#homes.learn(entry.ask, process, outcome.reply.levels)
      if (entry.retried) this.#offenders.forget(culprit(entry, 'died'))
      entry.settle(answerOf(outcome.reply, outcome.bodies))
    } else if (outcome.kind === 'stopped' || (outcome.kind === 'died' && this.#closed)) {
      entry.settle(stopping())
    } else {
      this.#offenders.note(culprit(entry, outcome.kind), outcome.kind)
      if (outcome.kind === 'died' && !entry.retried && !entry.abandoned()) {
        entry.retried = true
        this.#waiting.unshift(entry)
      } else {
        entry.settle(harm(entry, outcome.kind))
      }
    }
  }
}

function answerOf(reply: Reply, bodies: readonly Buffer[]): Answer | Failure {
  switch (reply.kind) {
    case 'done':
      return { value: reply.value, bodies }
    case 'failed':
      return readFailure(reply.failure)
    case 'need':
      return new BytesNeeded()
    case 'hello':
      return new Failure('internal', 'A render process answered nothing.')
    default:
      return reply satisfies never
  }
}

function harm({ seconds, memoryBytes }: Work, offence: Offence): Failure {
  switch (offence) {
    case 'timeout':
      return new Failure('render-timeout', `The picture took longer than ${seconds} seconds.`)
    case 'memory':
      return new Failure('original-too-costly', `The picture took more than ${memoryBytes} bytes of memory.`)
    case 'died':
      return new Failure('render-crashed', 'A decoder failed on this original.')
    default:
      return offence satisfies never
  }
}

/** The ask, and which of its originals are files. */
function withFiles({ ask, originals }: Wish): object {
  if (originals.every((original) => Buffer.isBuffer(original))) return ask
  return { ...ask, files: originals.map((original) => (Buffer.isBuffer(original) ? null : original)) }
}

/** An original that lies in a file is read where it is decoded. */
function frameOf(wish: Wish): Printed | Failure {
  try {
    return printFrame({ head: withFiles(wish), bodies: wish.originals.filter((original) => Buffer.isBuffer(original)) })
  } catch (cause) {
    return new Failure('original-too-large', 'Expected originals of at most 1 GiB together.', { cause })
  }
}

function stopping(): Failure {
  return new Failure('shutting-down', 'The service is about to stop.')
}
