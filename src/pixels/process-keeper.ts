import { memoryOf } from './memory-watch.ts'
import { type Ending, type ProcessOptions, RenderProcess } from './render-process-handle.ts'

export type KeeperOptions = Omit<ProcessOptions, 'onReady' | 'onGone'> & {
  /** How many to keep alive. */
  readonly count: number
  /** A process is replaced after so many jobs, or when it holds more memory than that while idle. */
  readonly recycleJobs: number
  readonly idleBytes: number
  /** One that has had nothing to do for so long is replaced when it holds more than a third of that, kept pixels not counted. */
  readonly restSeconds: number
  /** Something changed: a process became free, or there is none and `broken` tells why. */
  readonly onChange: () => void
}

/** From so many starts in vain, one after another, work is refused rather than kept waiting. */
const vainStarts = 3
/** How often the memory of a process is looked at behind its jobs: what it keeps it keeps for longer. */
const looksSeconds = 0.25
/** A process that lived so long, or was given a job, did not start in vain. */
const quickSeconds = 10

/** Keeps a number of render processes alive: starts them, replaces those that go, and pauses longer and longer where that is in vain. */
export class ProcessKeeper {
  /** Jobs ended for time or memory, processes that died by themselves, processes started. */
  readonly counts = { kills: 0, crashes: 0, starts: 0 }
  readonly #options: KeeperOptions
  readonly #alive = new Set<RenderProcess>()
  /** Idle ones; the last used comes last and is taken first: its code is compiled and its memory warm, and the spare stays small. */
  #idle: RenderProcess[] = []
  readonly #looked = new WeakMap<RenderProcess, number>()
  readonly #patrol: NodeJS.Timeout
  /** Ended, but not yet off the system's list. */
  readonly #leaving = new Set<Promise<void>>()
  #vain = 0
  #pause: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: KeeperOptions) {
    this.#options = options
    this.#patrol = setInterval(() => this.#lookAtResting(), (options.restSeconds * 1000) / 2).unref()
    this.#fill()
  }

  /** None can work, and starting new ones did not help. */
  get broken(): boolean {
    return this.#vain >= vainStarts && ![...this.#alive].some(({ state }) => state !== 'starting')
  }

  get processes(): readonly RenderProcess[] {
    return [...this.#alive]
  }

  /** One is idle, and others are still starting. */
  get scarce(): boolean {
    return this.#idle.length === 1 && this.#starting()
  }

  /** An idle process for one job, the given one if it is idle; `undefined` when there is none. Give it back with `release`. */
  take(rather?: RenderProcess): RenderProcess | undefined {
    if (rather === undefined || !this.#idle.includes(rather)) return this.#idle.pop()
    this.#idle = this.#idle.filter((each) => each !== rather)
    return rather
  }

  /** The job is answered. A worn process is replaced, unless that leaves the others alone while one is starting anyway. */
  release(process: RenderProcess): void {
    if (process.state !== 'idle') return
    this.#vain = 0
    const worn = process.jobs >= this.#options.recycleJobs || this.#isSwollen(process)
    if (worn && !this.#starting()) {
      process.stop()
    } else {
      this.#idle.push(process)
      this.#options.onChange()
    }
  }

  /**
   * What one picture needed is no longer needed when nobody has asked for long. One process at a time: the others are there meanwhile, and where there
   * are none, whoever comes waits for its successor.
   */
  #lookAtResting(): void {
    if (this.#starting()) return
    const { idleBytes, restSeconds } = this.#options
    const rests = ({ idleSince }: RenderProcess): boolean => performance.now() - idleSince >= restSeconds * 1000
    const keeps = ({ pid, levelBytes }: RenderProcess): boolean => pid !== undefined && (memoryOf(pid) ?? 0) - levelBytes > idleBytes / 3
    this.#idle.find((each) => rests(each) && keeps(each))?.stop()
  }

  /** Does it hold too much even for one that is needed again at once? As far as it is looked at. */
  #isSwollen(process: RenderProcess): boolean {
    const now = performance.now()
    if (process.pid === undefined || now - (this.#looked.get(process) ?? Number.NEGATIVE_INFINITY) < looksSeconds * 1000) return false
    this.#looked.set(process, now)
    return (memoryOf(process.pid) ?? 0) - process.levelBytes > this.#options.idleBytes
  }

  /** Ends all processes, whatever they do, and starts no more. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#pause)
    clearInterval(this.#patrol)
    for (const process of this.#alive) process.stop()
    await Promise.all(this.#leaving)
  }

  #starting(): boolean {
    return this.processes.some(({ state }) => state === 'starting')
  }

  /** Starts what is missing; after a start in vain one at a time, to try. */
  #fill(): void {
    while (!this.#closed && this.#pause === undefined && this.#alive.size < this.#options.count) {
      if (this.#vain > 0 && this.#starting()) return
      this.counts.starts++
      this.#alive.add(
        new RenderProcess({
          ...this.#options,
          onReady: (process) => {
            this.#idle.unshift(process)
            this.#fill()
            this.#options.onChange()
          },
          onGone: (process, why) => this.#gone(process, why),
        }),
      )
    }
  }

  #gone(process: RenderProcess, why: Ending): void {
    this.#alive.delete(process)
    this.#idle = this.#idle.filter((each) => each !== process)
    const leaving = process.exited.then(() => void this.#leaving.delete(leaving))
    this.#leaving.add(leaving)
    if (why === 'died') this.counts.crashes++
    else if (why !== 'stopped') this.counts.kills++
    const lived = (performance.now() - process.since) / 1000
    if (why !== 'died' || process.jobs > 0 || lived > quickSeconds) this.#vain = 0
    else this.#vain++
    if (this.#vain > 0 && !this.#closed) this.#wait()
    this.#fill()
    this.#options.onChange()
  }

  /** 0.1 s after the first start in vain, doubled each time, at most 30 s. */
  #wait(): void {
    clearTimeout(this.#pause)
    this.#pause = setTimeout(
      () => {
        this.#pause = undefined
        this.#fill()
      },
      Math.min(30_000, 50 * 2 ** this.#vain),
    )
  }
}
