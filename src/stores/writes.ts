import { setMaxListeners } from 'node:events'

/** A write that waits or runs. */
type Job = {
  readonly original: string
  readonly bytes: number
  readonly write: (signal: AbortSignal) => Promise<void>
  readonly stop: AbortController
  /** Settles when the write has ended, one way or the other. */
  readonly done: PromiseWithResolvers
}

type PromiseWithResolvers = { readonly promise: Promise<void>; readonly resolve: () => void }

/**
 * Writes to a disk or a service, few at once. One slower than the renderers must not fill the memory with results that wait for it:
 * beyond a number and a sum of bytes a write is refused, and its entry is not kept.
 */
export class Writes {
  readonly #bounds: { readonly atOnce: number; readonly waiting: number; readonly waitingBytes: number }
  readonly #waiting = new Set<Job>()
  readonly #running = new Set<Job>()
  #waitingBytes = 0

  constructor(bounds: { readonly atOnce: number; readonly waiting: number; readonly waitingBytes: number }) {
    this.#bounds = bounds
  }

  /**
   * Resolves when the write has ended or was called off; `false` at once when too much waits.
   * @param write  Never rejects. Leaves no trace when its signal is aborted before it is through, or ends only when its trace is there.
   */
  async run(original: string, bytes: number, signal: AbortSignal, write: Job['write']): Promise<boolean> {
    const full = this.#waiting.size >= this.#bounds.waiting || this.#waitingBytes + bytes > this.#bounds.waitingBytes
    if (this.#running.size >= this.#bounds.atOnce && full) return false
    const job: Job = { original, bytes, write, stop: new AbortController(), done: withResolvers() }
    const abort = (): void => this.#callOff(job)
    setMaxListeners(0, signal) // one signal may stand behind hundreds of writes, and that is no leak to warn of
    signal.addEventListener('abort', abort, { once: true })
    this.#waiting.add(job)
    this.#waitingBytes += bytes
    this.#next()
    await job.done.promise
    signal.removeEventListener('abort', abort)
    return true
  }

  /** Calls off what waits and runs for an original; resolves when none of it can appear any more. */
  async cancel(original: string): Promise<void> {
    const jobs = [...this.#waiting, ...this.#running].filter((job) => job.original === original)
    for (const job of jobs) this.#callOff(job)
    await Promise.all(jobs.map((job) => job.done.promise))
  }

  /** Resolves when nothing waits or runs. */
  async drain(): Promise<void> {
    while (this.#waiting.size + this.#running.size > 0) {
      await Promise.all([...this.#waiting, ...this.#running].map((job) => job.done.promise))
    }
  }

  #callOff(job: Job): void {
    job.stop.abort()
    if (!this.#waiting.delete(job)) return
    this.#waitingBytes -= job.bytes
    job.done.resolve()
  }

  #next(): void {
    for (const job of this.#waiting) {
      if (this.#running.size >= this.#bounds.atOnce) return
      this.#waiting.delete(job)
      this.#waitingBytes -= job.bytes
      this.#running.add(job)
      void job.write(job.stop.signal).finally(() => {
        this.#running.delete(job)
        job.done.resolve()
        this.#next()
      })
    }
  }
}

function withResolvers(): PromiseWithResolvers {
  let resolve: () => void = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
