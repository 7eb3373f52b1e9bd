import { Writable } from 'node:stream'
import type { AwsLambda, ResponseStream } from '../../src/runtimes/lambda/lambda.ts'
import type { Got } from '../contracts/runtime.ts'

/** The global that Lambda's runtime gives to functions that stream: the prelude waits for the first write, and an end alone sends none. */
export const awslambda: AwsLambda = {
  streamifyResponse: (handler) => Object.assign(handler, { [Symbol.for('aws.lambda.runtime.handler.streaming')]: 'response' }),
  HttpResponseStream: {
    from(stream, prelude) {
      stream.setContentType('application/vnd.awslambda.http-integration-response')
      ;(stream as FakeStream).before = [Buffer.from(JSON.stringify(prelude)), Buffer.alloc(8)]
      return stream
    },
  },
}

/** What is posted to Lambda while a function streams. */
export class FakeStream extends Writable implements ResponseStream {
  type = 'application/octet-stream'
  before: readonly Buffer[] = []
  readonly pieces: Buffer[] = []
  readonly #delay: number
  readonly #failsAfter: number
  #taken = 0

  /** @param delay  Milliseconds that each piece takes. */
  constructor({ delay = 0, failsAfter = Number.POSITIVE_INFINITY, highWaterMark = 16_384 } = {}) {
    super({ highWaterMark })
    this.#delay = delay
    this.#failsAfter = failsAfter
  }

  setContentType(type: string): void {
    if (this.pieces.length > 0) throw new Error('Cannot set content-type, too late.')
    this.type = type
  }

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    for (const piece of this.before) super.write(piece)
    this.before = []
    return (super.write as (...args: unknown[]) => boolean)(chunk, ...rest)
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#taken += chunk.length
    const broken = this.#taken > this.#failsAfter ? new Error('The connection broke.') : undefined
    if (broken === undefined) this.pieces.push(chunk)
    if (broken === undefined && this.#delay > 0) setTimeout(done, this.#delay)
    else done(broken)
  }

  get bytes(): Buffer {
    return Buffer.concat(this.pieces)
  }

  /** What a client gets of it. */
  get got(): Got & { readonly cookies: readonly string[] } {
    if (this.type !== 'application/vnd.awslambda.http-integration-response') throw new Error(`no prelude: ${this.type}`)
    const { bytes } = this
    const end = bytes.indexOf(Buffer.alloc(8))
    if (end < 0 || end > 16_384) throw new Error('502: no prelude within its first 16 KB')
    const prelude = JSON.parse(bytes.subarray(0, end).toString()) as {
      readonly statusCode: number
      readonly headers: Record<string, string>
      readonly cookies?: readonly string[]
    }
    const { statusCode, headers, cookies = [] } = prelude
    return { status: statusCode, headers, cookies, body: bytes.subarray(end + 8) }
  }
}
