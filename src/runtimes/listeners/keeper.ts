import type { Place, Upward } from './messages.ts'
import { type Line, Switchboard } from './switchboard.ts'

/** A serving process that was started. */
export type Started = Line & {
  /** Ends it at once. */
  kill(): void
}

/** What the keeper is told of a process. */
export type News = {
  /** It listens. */
  up(port: number): void
  heard(message: Upward): void
  /** It has ended, and the system has taken it off its list; a code, or the signal that ended it. Told once. */
  gone(code: number | null, signal: string | null): void
}

export type KeeperOptions = {
  readonly count: number
  /** Starts a process; it tells of itself later, not during this call. */
  readonly start: (place: Place, news: News) => Started
  /** Takes a line for whoever watches. */
  readonly note: (line: string) => void
  /** All is over; the exit code. */
  readonly end: (code: number) => void
}

/** Who listened for so long did not die at once. */
const quickMilliseconds = 10_000
/** While nobody listens, so many starts in vain, one after another, are the last. */
const vainStarts = 6

/** One of the places at the port, and who holds it. */
type Seat = {
  readonly index: number
  process: Started | undefined
  upSince: number | undefined
  vain: number
  pause: NodeJS.Timeout | undefined
}

/**
 * Keeps a number of serving processes alive. The first starts alone: what is wrong with the settings it tells once, and its end is the end.
 * Later a lost one is replaced, at once when it had listened for a while, else after a pause that doubles each time.
 */
export class ListenerKeeper {
  readonly #options: KeeperOptions
  readonly #seats: readonly Seat[]
  readonly #switchboard = new Switchboard()
  /** The port where the first came to listen. */
  #port: number | undefined
  /** All that held it are gone: whoever comes next has to name it. */
  #lost = false
  #vain = 0
  #stopping = false
  #code = 0

  constructor(options: KeeperOptions) {
    this.#options = options
    this.#seats = Array.from({ length: options.count }, (_, at) => ({
      ...{ index: at + 1, process: undefined, upSince: undefined, vain: 0, pause: undefined },
    }))
    const [first] = this.#seats
    if (first !== undefined) this.#fill(first, true)
  }

  /** Tells all to stop in order; the end comes when the last has gone. */
  stop(): void {
    this.#stopping = true
    for (const { process, pause } of this.#seats) {
      clearTimeout(pause)
      process?.send({ kind: 'stop' })
    }
    this.#endIfEmpty()
  }

  /** Ends all processes, whatever they do. */
  kill(): void {
    for (const { process } of this.#seats) process?.kill()
  }

  #fill(seat: Seat, first = false): void {
    const port = this.#lost && this.#port !== undefined ? { port: this.#port } : {}
    const process = this.#options.start(
      { index: seat.index, first, ...port },
      {
        up: (port) => this.#up(seat, process, port),
        heard: (message) => this.#switchboard.receive(process, message),
        gone: (code, signal) => this.#gone(seat, process, code, signal),
      },
    )
    seat.process = process
    seat.pause = undefined
  }

  #up(seat: Seat, process: Started, port: number): void {
    this.#switchboard.connect(process) // not before: whoever starts has nothing to forget and nothing to tell, and would be waited for
    seat.upSince = performance.now()
    this.#vain = 0
    if (this.#port !== undefined || this.#stopping) return
    this.#port = port
    for (const other of this.#seats) if (other.process === undefined) this.#fill(other)
  }

  #gone(seat: Seat, process: Started, code: number | null, signal: string | null): void {
    this.#switchboard.disconnect(process)
    const { upSince } = seat
    seat.process = undefined
    seat.upSince = undefined
    if (this.#stopping) {
      if (code !== 0) this.#code = 1
      this.#endIfEmpty()
      return
    }
    const how = signal === null ? `with code ${code}` : `by ${signal}`
    if (this.#port === undefined) {
      if (code === null) this.#options.note(`The serving process ended ${how} before it could listen.`)
      this.#options.end(code ?? 1)
      return
    }
    if (this.#seats.every((each) => each.process === undefined)) this.#lost = true
    this.#options.note(`A serving process ended ${how}; another takes its place.`)
    if (upSince === undefined) this.#vain++
    if (this.#vain >= vainStarts && this.#seats.every((each) => each.upSince === undefined)) {
      this.#giveUp()
      return
    }
    seat.vain = upSince !== undefined && performance.now() - upSince > quickMilliseconds ? 0 : seat.vain + 1
    // 0.1 s, doubled each time, at most 30 s.
    const pause = seat.vain === 0 ? 0 : Math.min(30_000, 50 * 2 ** seat.vain)
    seat.pause = setTimeout(() => this.#fill(seat), pause)
  }

  #giveUp(): void {
    this.#options.note('No serving process can be started any more.')
    this.#code = 1
    this.stop()
    this.kill() // none of them serves
  }

  #endIfEmpty(): void {
    if (this.#seats.every(({ process }) => process === undefined)) this.#options.end(this.#code)
  }
}
