import type { Writable } from 'node:stream'
import type { Answer } from '../../service/ask.ts'
import { replyOf } from './reply.ts'

/** What Lambda's runtime gives a function that streams: `globalThis.awslambda`. */
export type AwsLambda = {
  streamifyResponse(handler: StreamingHandler): StreamingHandler
  readonly HttpResponseStream: {
    /** The same stream; its first write sends the prelude, and eight NULs, before what is written. */
    from(stream: ResponseStream, prelude: Prelude): ResponseStream
  }
}

export type StreamingHandler = (event: unknown, stream: ResponseStream, context?: unknown) => Promise<void>

export type ResponseStream = Pick<Writable, 'write' | 'end' | 'once' | 'destroyed'> & { setContentType(type: string): void }

export type Prelude = {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
}

/** Bytes given to the stream at a time, so that a slow reader is felt. */
const pieceBytes = 262_144

/**
 * An answer behind its prelude. It is there whole before the first byte leaves, so what can still fail is the way. Then the stream is not
 * ended, and the error is thrown: the runtime says so in its trailers, and nobody keeps half a picture.
 */
export async function streamAnswer(
  { HttpResponseStream }: Pick<AwsLambda, 'HttpResponseStream'>,
  stream: ResponseStream,
  answer: Answer,
  method: string,
): Promise<void> {
  const { status, headers, cookies, body } = replyOf(answer, method)
  const prelude = { statusCode: status, headers, ...(cookies.length > 0 ? { cookies } : {}) }
  await writeAll(HttpResponseStream.from(stream, prelude), body ?? Buffer.alloc(0))
}

/** JSON for whoever takes no prelude: load balancers, HTTP APIs, whoever invokes the function itself. */
export async function streamJson(stream: ResponseStream, result: unknown): Promise<void> {
  stream.setContentType('application/json')
  await writeAll(stream, Buffer.from(JSON.stringify(result) ?? 'null'))
}

/** At least one write, be it of nothing: only that sends the prelude. */
async function writeAll(stream: ResponseStream, body: Buffer): Promise<void> {
  const closed = (): Error => new Error('The stream was closed before the answer was handed over.')
  if (stream.destroyed) throw closed() // of what is over, no event will ever tell
  const broken = new Promise<never>((_whole, reject) => {
    stream.once('error', reject)
    stream.once('close', () => reject(closed()))
  })
  broken.catch(() => {}) // it may break when nobody waits for it any more
  const happened = (event: 'drain' | 'finish'): Promise<void> =>
    Promise.race([new Promise<void>((resolve) => stream.once(event, () => resolve())), broken])
  let at = 0
  do {
    const piece = body.subarray(at, at + pieceBytes)
    at += piece.length
    if (!stream.write(piece)) await happened('drain')
  } while (at < body.length)
  const finished = happened('finish')
  stream.end()
  await finished
}
