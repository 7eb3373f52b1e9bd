import { Failure } from '../errors.ts'

/** Somebody who waits for room. */
type Waiting = { readonly bytes: number; enter(): void }

/**
 * Memory for the bytes of originals, shared by all requests. What finds no room waits in line, and is refused with `overloaded` when the
 * line is full or the wait too long. One original always finds room when there is no other, however large it is.
 */
export class Room {
  readonly #bytes: number
  readonly #length: number
  readonly #waitSeconds: number
  #used = 0
  #refused = 0
  readonly #waiting = new Set<Waiting>()

  constructor(options: { readonly bytes: number; readonly length: number; readonly waitSeconds: number }) {
    this.#bytes = options.bytes
    this.#length = options.length
    this.#waitSeconds = options.waitSeconds
  }

  /** Bytes that are taken and originals that wait for some now, and how many were refused since the start. */
  get figures(): { readonly used: number; readonly waiting: number; readonly refused: number } {
    return { used: this.#used, waiting: this.#waiting.size, refused: this.#refused }
  }

  /** Room for one original, still empty; its first user is whoever opens it. */
  open(): Share {
    let held = 0
    let users = 1
    const give = (bytes: number): void => {
      held -= bytes
      this.#used -= bytes
      this.#next()
    }
    return {
      take: async (bytes, signal) => {
        signal.throwIfAborted()
        if (bytes <= held) {
          give(held - bytes)
          return undefined
        }
        // All at once, and nothing held meanwhile: two that wait for each other's half would wait for ever.
        give(held)
        const refusal = this.#fits(bytes) && this.#waiting.size === 0 ? this.#enter(bytes) : await this.#turn(bytes, signal)
        if (refusal !== undefined) return refusal
        if (users > 0) held = bytes
        else {
          this.#used -= bytes
          this.#next()
        }
        return undefined
      },
      join: () => {
        users += 1
      },
      leave: () => {
        users -= 1
        if (users === 0) give(held)
      },
    }
  }

  #fits(bytes: number): boolean {
    return this.#used === 0 || this.#used + bytes <= this.#bytes
  }

  #enter(bytes: number): undefined {
    this.#used += bytes
    return undefined
  }

  #turn(bytes: number, signal: AbortSignal): Promise<Failure | undefined> {
    if (this.#waiting.size >= this.#length) return Promise.resolve(this.#refuse())
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiting)
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
      }
      const waiting: Waiting = {
        bytes,
        enter: () => {
          leave()
          resolve(this.#enter(bytes))
        },
      }
      const abort = (): void => {
        leave()
        reject(signal.reason)
        this.#next()
      }
      const timer = setTimeout(() => {
        leave()
        resolve(this.#refuse())
        this.#next()
      }, this.#waitSeconds * 1000)
      signal.addEventListener('abort', abort, { once: true })
      this.#waiting.add(waiting)
    })
  }

  /** In their order: small ones that slip past would keep a large one out for ever. */
  #next(): void {
    for (const waiting of this.#waiting) {
      if (!this.#fits(waiting.bytes)) return
      waiting.enter()
    }
  }

  #refuse(): Failure {
    this.#refused += 1
    return new Failure('overloaded', 'Too many originals are held at once; try again in 1 s.', { retryAfterSeconds: 1 })
  }
}

/** Room for the bytes of one original, which all share who use them. */
export type Share = {
  /**
   * Room for so many bytes in all, more or less than before; less is given back at once.
   * @param signal  Leaves the line; the promise then rejects with its reason.
   */
  take(bytes: number, signal: AbortSignal): Promise<Failure | undefined>
  /** One more uses the bytes. */
  join(): void
  /** One less does; behind the last the room is free again. */
  leave(): void
}
