import { orLeave } from './or-leave.ts'

/**
 * Equal work in flight is done once. Whoever asks while it runs shares its end, good or bad. One that leaves does not stop it for the
 * others; when the last has left, the work is aborted.
 */
export class Flights<T> {
  readonly #running = new Map<string, Flight<T>>()

  /** How many pieces of work can be joined now. */
  get size(): number {
    return this.#running.size
  }

  /**
   * The end of the work with this name.
   * @param work    Started only when none of that name runs; gets a signal of its own, and whether its end still counts (see `drop`).
   * @param signal  Leaves; the promise then rejects with the signal's reason, whatever becomes of the work.
   */
  async join(name: string, work: (signal: AbortSignal, counts: () => boolean) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    return this.#wait(name, this.#running.get(name) ?? this.#start(name, work), signal)
  }

  /** Nobody joins what runs now under a name that begins so: whoever comes next starts anew. Those who wait already get their end. */
  drop(prefix: string): void {
    for (const name of this.#running.keys()) if (name.startsWith(prefix)) this.#running.delete(name)
  }

  #start(name: string, work: (signal: AbortSignal, counts: () => boolean) => Promise<T>): Flight<T> {
    const abort = new AbortController()
    const counts = (): boolean => this.#running.get(name) === flight
    // Begun in a turn of its own, so that work which throws before it waits fails for all who share it, like any other.
    const end = Promise.resolve().then(() => work(abort.signal, counts))
    const flight: Flight<T> = { abort, end, waiting: 0, landed: false }
    this.#running.set(name, flight)
    const land = (): void => {
      flight.landed = true
      if (counts()) this.#running.delete(name)
    }
    end.then(land, land)
    return flight
  }

  async #wait(name: string, flight: Flight<T>, signal: AbortSignal): Promise<T> {
    flight.waiting += 1
    try {
      return await orLeave(flight.end, signal)
    } finally {
      flight.waiting -= 1
      if (flight.waiting === 0 && !flight.landed) {
        if (this.#running.get(name) === flight) this.#running.delete(name)
        flight.abort.abort(new DOMException('Nobody waits for it any more.', 'AbortError'))
      }
    }
  }
}

type Flight<T> = { readonly abort: AbortController; readonly end: Promise<T>; waiting: number; landed: boolean }
