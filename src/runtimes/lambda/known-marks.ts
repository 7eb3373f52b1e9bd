import type { Service } from '../../service/service.ts'
import type { Mark, Marks } from './result-bucket.ts'

/** Most originals whose mark is remembered: more than the memory of a function holds. */
const most = 50_000
/** By how much two clocks may disagree, in milliseconds, with the second to which S3 rounds. */
const slack = 5000

/**
 * Which purges this process has followed. A purge runs in one process, and others keep originals and results in their memory: each looks at
 * the marks when it is asked for a picture, and forgets what was purged since it last looked.
 */
export class KnownMarks {
  readonly #service: Service
  readonly #known = new Map<string, string>()

  constructor(service: Service) {
    this.#service = service
  }

  /** This process knows of a purge, and has nothing from before it. */
  learn(name: string, { id }: Mark): void {
    this.#known.delete(name)
    this.#known.set(name, id)
    const [oldest] = this.#known.keys()
    if (this.#known.size > most && oldest !== undefined) this.#known.delete(oldest)
  }

  /**
   * Forgets the originals that were purged; may something from before have been used?
   * @param began  When the ask began, in milliseconds since 1970.
   */
  async forgetPurged(marks: Marks, began: number, signal: AbortSignal): Promise<boolean> {
    let used = false
    for (const [name, mark] of marks) {
      const known = this.#known.get(name)
      this.learn(name, mark)
      // Of what was never asked for here, only this ask itself may have read something that was purged a moment later.
      if (known === mark.id || (known === undefined && mark.at + slack < began)) continue
      await this.#service.forget(name, signal)
      used = true
    }
    return used
  }
}
