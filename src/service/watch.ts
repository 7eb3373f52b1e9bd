/**
 * Who watches: logs, metrics, traces. The service tells what happened and knows of none of them. Nothing here waits or throws.
 */
export type Watch = {
  /** A request was answered. */
  answered(event: Answered): void
  /** A stage of the road is over; `failed` names the failure's code. */
  stage(stage: Stage, milliseconds: number, failed?: string): void
  /** Something worth a line in the log, that belongs to no answer. */
  note(level: 'info' | 'warn' | 'error', message: string, facts?: Readonly<Record<string, unknown>>): void
  /** Runs a stage inside a span of a trace. */
  span<T>(name: string, work: () => Promise<T>): Promise<T>
  /** Are spans taken at all? Where they are not, a request that waits for nothing needs none. */
  tracing(): boolean
}

export const stages = ['lookup', 'fetch', 'queue', 'inspect', 'render', 'store'] as const
export type Stage = (typeof stages)[number]

/** One line of the log. */
export type Answered = {
  readonly id: string
  readonly method: string
  /** Without secrets: signatures are cut out. */
  readonly target: string
  readonly status: number
  /** Size of the body. */
  readonly bytes: number
  readonly milliseconds: number
  /** As in Cache-Status: `hit`, `stale`, `miss`, `unchanged`; absent where no result was looked up. */
  readonly cache?: string
  readonly dialect?: string
  readonly format?: string
  /** Code and cause of a failure; the cause is for the log alone. */
  readonly code?: string
  readonly cause?: unknown
  readonly client?: string
  readonly timings: Readonly<Partial<Record<Stage, number>>>
}

/** Nobody watches. */
export const unwatched: Watch = {
  answered: () => {},
  stage: () => {},
  note: () => {},
  span: (_name, work) => work(),
  tracing: () => false,
}
