import { Failure } from '../errors.ts'
import { Places } from '../pixels/places.ts'
import { orLeave } from './or-leave.ts'

/** Somebody who waits for a place. */
type Waiting = { readonly dear: boolean; enter(): void }

/**
 * The bounded queue in front of the renderer. At most `places` pieces of work run at once, at most `length` wait, none longer than
 * `waitSeconds`; what finds no room is refused at once with `overloaded`. Whoever leaves the queue frees its place. Work that is dear, since
 * nobody knows how long it takes, leaves the spare places and half of the queue to other work.
 */
export class Gate {
  readonly #count: number
  readonly #places: Places
  readonly #length: number
  readonly #waitSeconds: number
  #refused = 0
  #meanMilliseconds = 100
  readonly #waiting = new Set<Waiting>()

  constructor(options: { readonly places: number; readonly spare?: number; readonly length: number; readonly waitSeconds: number }) {
    this.#count = options.places
    this.#places = new Places(options.places, options.spare ?? 0)
    this.#length = options.length
    this.#waitSeconds = options.waitSeconds
  }

  /** How many run and wait now, and how many were refused since the start. */
  get figures(): { readonly running: number; readonly waiting: number; readonly refused: number } {
    return { running: this.#places.taken, waiting: this.#waiting.size, refused: this.#refused }
  }

  /** A refusal where the line is full now: before anything is done for work that would find no room. */
  refusal(): Failure | undefined {
    return !this.#places.free(false) && this.#waiting.size >= this.#length ? this.#refuse() : undefined
  }

  /**
   * Runs `work` when it is its turn.
   * @param signal  Leaves: the promise rejects with its reason at once. Work that has begun keeps its place until it ends, since a
   *                renderer may not be able to stop it.
   * @param dear    See above.
   */
  async run<T>(work: () => Promise<T>, signal: AbortSignal, dear = false): Promise<T | Failure> {
    signal.throwIfAborted()
    if (this.#places.free(dear)) {
      this.#places.take(dear)
    } else {
      const refusal = this.#isFull(dear) ? this.#refuse() : await this.#turn(dear, signal)
      if (refusal !== undefined) return refusal
    }
    return orLeave(this.#work(work, dear), signal)
  }

  #isFull(dear: boolean): boolean {
    if (this.#waiting.size >= this.#length) return true
    return dear && [...this.#waiting].filter((each) => each.dear).length >= this.#length / 2
  }

  async #work<T>(work: () => Promise<T>, dear: boolean): Promise<T> {
    const began = performance.now()
    try {
      return await work()
    } finally {
      this.#meanMilliseconds += 0.1 * (performance.now() - began - this.#meanMilliseconds)
      this.#places.leave(dear)
      this.#next()
    }
  }

  /** Waits for a place that another hands over. */
  #turn(dear: boolean, signal: AbortSignal): Promise<Failure | undefined> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiting)
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
      }
      const waiting: Waiting = {
        dear,
        enter: () => {
          leave()
          resolve(undefined)
        },
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
      this.#waiting.add(waiting)
    })
  }

  #next(): void {
    // The place goes straight to the next in line, so that nobody can slip in between.
    for (const waiting of this.#waiting) {
      if (!this.#places.free(false)) return
      if (!this.#places.free(waiting.dear)) continue
      this.#places.take(waiting.dear)
      waiting.enter()
    }
  }

  #refuse(): Failure {
    this.#refused += 1
    const seconds = Math.max(1, Math.ceil((this.#meanMilliseconds * (this.#waiting.size + 1)) / this.#count / 1000))
    const retryAfterSeconds = Math.min(seconds, 60)
    return new Failure('overloaded', `Too much work waits; try again in ${retryAfterSeconds} s.`, { retryAfterSeconds })
  }
}
