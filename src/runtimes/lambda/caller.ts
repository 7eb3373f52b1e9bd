import type { Ask } from '../../service/ask.ts'
import type { Reply } from './reply.ts'

/**
 * A caller: who hands requests to a function as events, and takes what comes back. Each knows its own events: `undefined` means "not
 * mine".
 */
export type Caller = {
  readonly name: string
  recognise(event: Event): Exchange | undefined
}

/** An event: parsed JSON, of which nothing is certain. */
export type Event = Readonly<Record<string, unknown>>

/** One request of a caller, and the way back to it. */
export type Exchange = {
  readonly asked: Asked
  /** Most bytes that a result may have, as JSON and whole. */
  readonly limitBytes: number
  /** Can it take a stream with a prelude, where the function was wrapped for that? */
  readonly streams: boolean
  /** The result that it takes as JSON. */
  result(reply: Reply): unknown
}

/** What is asked. `address` is that of whoever stands next to the caller: as certain as that of a socket. */
export type Asked = Pick<Ask, 'method' | 'target' | 'headers' | 'body'> & { readonly address?: string }

/** Lambda's own limit of what a function hands back in one piece; base64 counts, and so does everything around it. */
export const payloadBytes = 6 * 2 ** 20 + 100

/** Load balancers and Lambda@Edge take 1 MB, and nobody says which: the smaller one. */
export const megabyte = 1_000_000
