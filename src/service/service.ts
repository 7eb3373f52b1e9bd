import type { Answer, Ask } from './ask.ts'
import type { Parts } from './parts.ts'

/** The service: what every runtime drives. */
export type Service = {
  /** The answer to a request; never rejects, whatever comes. */
  handle(ask: Ask): Promise<Answer>
  /** Removes every result and copy of an original; how many there were. */
  purge(key: string, signal: AbortSignal): Promise<number>
  /** From now on `/ready` says no and answers ask to close their connection. */
  drain(): void
  /** Waits for what runs behind answers, then lets go of sources, stores and the renderer. */
  close(): Promise<void>
}

export type { Parts }
