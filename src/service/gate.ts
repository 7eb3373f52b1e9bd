import { Failure } from '../errors.ts'
import { orLeave } from './or-leave.ts'

/**
 * The bounded queue in front of the renderer. At most `places` pieces of work run at once, at most `length` wait, none longer than
 * `waitSeconds`; what finds no room is refused at once with `overloaded`. Whoever leaves the queue frees its place.
 */
export class Gate {
  readonly #places: number
  readonly #length: number
  readonly #waitSeconds: number
  #running = 0
  #refused = 0
  #meanMilliseconds = 100
  readonly #waiting = new Set<() => void>()

  constructor(options: { readonly places: number; readonly length: number; readonly waitSeconds: number }) {
    this.#places = options.places
    this.#length = options.length
    this.#waitSeconds = options.waitSeconds
  }

  /** How many run and wait now, and how many were refused since the start. */
  get figures(): { readonly running: number; readonly waiting: number; readonly refused: number } {
    return { running: this.#running, waiting: this.#waiting.size, refused: this.#refused }
  }

  /** A refusal where the line is full now: before anything is done for work that would find no room. */
  refusal(): Failure | undefined {
    return this.#running >= this.#places && this.#waiting.size >= this.#length ? this.#refuse() : undefined
  }

  /**
   * Runs `work` when it is its turn.
   * @param signal  Leaves: the promise rejects with its reason at once. Work that has begun keeps its place until it ends, since a
   *                renderer may not be able to stop it.
   */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T | Failure> {
    signal.throwIfAborted()
    if (this.#running >= this.#places) {
      const refusal = this.#waiting.size >= this.#length ? this.#refuse() : await this.#turn(signal)
      if (refusal !== undefined) return refusal
    } else {
      this.#running += 1
    }
    return orLeave(this.#work(work), signal)
  }

  async #work<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    try {
      return await work()
    } finally {
      this.#meanMilliseconds += 0.1 * (performance.now() - began - this.#meanMilliseconds)
      this.#next()
    }
  }

  /** Waits for a place that another hands over. */
  #turn(signal: AbortSignal): Promise<Failure | undefined> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(enter)
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
      }
      const enter = (): void => {
        leave()
        resolve(undefined)
      }
      const abort = (): void => {
        leave()
        reject(signal.reason)
      }
      const timer = setTimeout(() => {
        leave()
        resolve(this.#refuse())
      }, this.#waitSeconds * 1000)
      signal.addEventListener('abort', abort, { once: true })
      this.#waiting.add(enter)
    })
  }

  #next(): void {
    const [enter] = this.#waiting
    // The place goes straight to the next in line, so that nobody can slip in between.
    if (enter !== undefined) enter()
    else this.#running -= 1
  }

  #refuse(): Failure {
    this.#refused += 1
    const seconds = Math.max(1, Math.ceil((this.#meanMilliseconds * (this.#waiting.size + 1)) / this.#places / 1000))
    const retryAfterSeconds = Math.min(seconds, 60)
    return new Failure('overloaded', `Too much work waits; try again in ${retryAfterSeconds} s.`, { retryAfterSeconds })
  }
}
