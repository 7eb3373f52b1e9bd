import type { Downward, Said, Upward } from './messages.ts'

/** A process that can be told something; telling one that has gone does nothing. */
export type Line = { send(message: Downward): void }

/** A question on its way. */
type Round = {
  readonly asker: Line
  readonly ask: number
  readonly waiting: Set<Line>
  readonly said: Said[]
  readonly timer: NodeJS.Timeout
}

/** Puts the questions of one process to all of them, and hands back what they said. Who is lost meanwhile has nothing left to say. */
export class Switchboard {
  readonly #lines = new Set<Line>()
  readonly #rounds = new Map<number, Round>()
  #last = 0

  connect(line: Line): void {
    this.#lines.add(line)
  }

  disconnect(line: Line): void {
    this.#lines.delete(line)
    for (const [number, round] of this.#rounds) {
      round.waiting.delete(line)
      if (round.waiting.size === 0) this.#end(number, round)
    }
  }

  receive(line: Line, message: Upward): void {
    if (message.kind === 'ask') {
      this.#begin(line, message)
      return
    }
    const round = this.#rounds.get(message.round)
    if (round === undefined || !round.waiting.delete(line)) return
    round.said.push(message.said)
    if (round.waiting.size === 0) this.#end(message.round, round)
  }

  #begin(asker: Line, { ask, question, seconds }: Extract<Upward, { kind: 'ask' }>): void {
    const number = ++this.#last
    const timer = setTimeout(() => this.#end(number, round), seconds * 1000)
    const round: Round = { asker, ask, waiting: new Set(this.#lines), said: [], timer }
    this.#rounds.set(number, round)
    for (const line of round.waiting) line.send({ kind: 'question', round: number, question })
  }

  #end(number: number, { asker, ask, waiting, said, timer }: Round): void {
    clearTimeout(timer)
    this.#rounds.delete(number)
    asker.send({ kind: 'answer', ask, said, missing: waiting.size })
  }
}
