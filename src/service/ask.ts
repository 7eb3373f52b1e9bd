/** A request, free of any runtime. */
export type Ask = {
  readonly method: string
  /** The request target exactly as it came: path and query, undecoded. */
  readonly target: string
  /** Names in lower case; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
  /** Address of the client, for the log; that of the nearest proxy where none is trusted. */
  readonly client?: string
}

/** What goes back. `body` is absent where there is none (304, 204, HEAD); its length is in the headers then, where it is known. */
export type Answer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body?: Buffer }
