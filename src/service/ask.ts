import { Failure } from '../errors.ts'

/**
 * The body of a request, read when it is asked for and not before; to be asked for once.
 * @param mostBytes  Reading stops there with `upload-too-large`; nothing of it is held then.
 * @param signal     Stops the reading; the promise then rejects with its reason, as it does with `client-gone` when the client leaves.
 * @returns          Empty where there is none.
 */
export type ReadBody = (mostBytes: number, signal: AbortSignal) => Promise<Buffer | Failure>

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
  /** Absent where the runtime knows that there is none, or hands none on. */
  readonly body?: ReadBody
  /** The runtime has asked `Service.atHand` just now, in vain. */
  readonly notAtHand?: true
}

export function bodyTooLarge(mostBytes: number): Failure {
  return new Failure('upload-too-large', `The body has more than ${mostBytes} bytes.`, { expected: `at most ${mostBytes} bytes` })
}

/** What goes back. `body` is absent where there is none (304, 204, HEAD); its length is in the headers then, where it is known. */
export type Answer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body?: Buffer }
