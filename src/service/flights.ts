/**
 * Equal work in flight is done once. Whoever asks while it runs shares its end, good or bad. One that leaves does not stop it for the
 * others; when the last has left, the work is aborted.
 */
export class Flights<T> {
  readonly #running = new Map<string, Flight<T>>()

  /** How many pieces of work run now. */
  get size(): number {
    return this.#running.size
  }

  /**
   * The end of the work with this name.
   * @param work    Started only when none of that name runs; gets a signal of its own.
   * @param signal  Leaves; the promise then rejects with the signal's reason, whatever becomes of the work.
   */
  async join(name: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    let flight = this.#running.get(name)
    if (flight === undefined) {
      const abort = new AbortController()
      flight = { abort, waiting: 0, end: work(abort.signal) }
      this.#running.set(name, flight)
      const land = (): boolean => this.#running.get(name)?.abort === abort && this.#running.delete(name)
      flight.end.then(land, land)
    }
    return this.#wait(name, flight, signal)
  }

  async #wait(name: string, flight: Flight<T>, signal: AbortSignal): Promise<T> {
    flight.waiting += 1
    let leave: (() => void) | undefined
    try {
      return await Promise.race([
        flight.end,
        new Promise<never>((_resolve, reject) => {
          leave = () => reject(signal.reason)
          signal.addEventListener('abort', leave, { once: true })
        }),
      ])
    } finally {
      if (leave !== undefined) signal.removeEventListener('abort', leave)
      flight.waiting -= 1
      if (flight.waiting === 0 && this.#running.get(name) === flight) {
        this.#running.delete(name)
        flight.abort.abort(new DOMException('Nobody waits for it any more.', 'AbortError'))
      }
    }
  }
}

type Flight<T> = { readonly abort: AbortController; readonly end: Promise<T>; waiting: number }
