import type { Settings } from '../../config/read.ts'
import type { Service } from '../../service/service.ts'
import type { Keeper } from './kept-in-bucket.ts'

/** What events need to be worked on. */
export type EventTools = {
  readonly service: Service
  readonly settings: Settings
  /** As `keptInBucket` makes it. */
  readonly answer: Keeper
  /** Milliseconds that this invocation has left. */
  readonly remaining: () => number
  /** Takes a line of the log; standard output unless given. */
  readonly write?: (line: string) => void
}

/**
 * What an event that is no HTTP request asks to be done: S3 notifications, S3 through EventBridge, SQS, and direct invocations
 * `{ "operation": "purge", "key": "…" }`, `{ "operation": "prerender", "keys": ["…"], "presets": ["…"] }`.
 * @returns `undefined` when it is none of them.
 */
export function handleEvent(_event: unknown, _tools: EventTools, _signal: AbortSignal): Promise<unknown> | undefined {
  return undefined
}
