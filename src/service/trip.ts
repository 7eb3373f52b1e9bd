import { randomBytes } from 'node:crypto'
import { Failure } from '../errors.ts'
import type { Stage, Watch } from './watch.ts'

/** What tells the requests of one process from those of another; within it they are counted. */
const origin = randomBytes(6).toString('base64url')
let count = 0

/** One request on its road: its id, and how long each stage took. */
export class Trip {
  readonly id: string = `${origin}-${(++count).toString(36)}`
  readonly began: number = performance.now()
  readonly timings: Partial<Record<Stage, number>> = {}
  readonly #watch: Watch

  constructor(watch: Watch) {
    this.#watch = watch
  }

  /** Runs a stage and takes its time; a stage that comes twice adds up. */
  async timed<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    let failed: string | undefined
    try {
      const end = await this.#watch.span(`tintype.${stage}`, work)
      if (end instanceof Failure) failed = end.code
      return end
    } catch (thrown) {
      failed = thrown instanceof Failure ? thrown.code : 'thrown'
      throw thrown
    } finally {
      this.add(stage, performance.now() - began, failed)
    }
  }

  /** A stage that was timed elsewhere. */
  add(stage: Stage, milliseconds: number, failed?: string): void {
    this.timings[stage] = (this.timings[stage] ?? 0) + milliseconds
    this.#watch.stage(stage, milliseconds, failed)
  }

  /** @see https://www.w3.org/TR/server-timing/ */
  get serverTiming(): string {
    const spent = Object.entries(this.timings).map(([stage, milliseconds]) => `${stage};dur=${milliseconds.toFixed(1)}`)
    return [...spent, `total;dur=${(performance.now() - this.began).toFixed(1)}`].join(', ')
  }
}
