import { Failure } from '../../errors.ts'
import type { Answer } from '../../service/ask.ts'
import { problem } from '../../service/problem.ts'
import type { Exchange } from './caller.ts'
import { type Reply, replyOf } from './reply.ts'

/** Of a control character JSON makes six: a body of less than this share of the limit cannot get over it, whatever it holds. */
const harmlessShare = 1 / 8

/**
 * An answer in one piece of JSON. What the caller could not take whole is answered by 413, with the way out, in place of the blank 502 that
 * the caller would make of it.
 */
export function bufferedResult(exchange: Exchange, answer: Answer): unknown {
  const { method, headers } = exchange.asked
  const reply = replyOf(answer, method)
  const result = exchange.result(reply)
  return fits(reply, result, exchange.limitBytes) ? result : exchange.result(replyOf(tooLarge(answer, headers.accept, exchange), method))
}

function fits({ body }: Reply, result: unknown, limitBytes: number): boolean {
  if (body === undefined || body.length < limitBytes * harmlessShare) return true
  return Buffer.byteLength(JSON.stringify(result)) <= limitBytes
}

/** The failure keeps the name of the request, and what lets a page of another origin read it. */
function tooLarge({ headers, body }: Answer, accept: string | undefined, { limitBytes }: Exchange): Answer {
  const failure = new Failure(
    'answer-too-large',
    `The answer has ${body?.length ?? 0} bytes; in base64 and in one piece, at most ${limitBytes} can be handed over.`,
  )
  const kept = ['x-request-id', 'access-control-allow-origin', 'timing-allow-origin'].flatMap((name) => {
    const value = headers[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const answer = problem(failure, accept, headers['x-request-id'] ?? '')
  return { ...answer, headers: { ...answer.headers, ...Object.fromEntries(kept) } }
}
