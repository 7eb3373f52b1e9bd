import { blueprint, isBlueprint } from './blueprint.ts'
import { bufferedResult } from './buffered.ts'
import type { Event, Exchange } from './caller.ts'
import { exchangeOf } from './callers.ts'
import { type Context, startInvocation } from './deadline.ts'
import type { KeptAnswer } from './kept-in-bucket.ts'
import type { Live } from './open.ts'
import { type AwsLambda, type ResponseStream, type StreamingHandler, streamAnswer, streamJson } from './streamed.ts'

/** Two functions over one service. */
export type Lambda = {
  /** For whoever takes an answer in one piece of JSON, and for every event that is no HTTP request. */
  readonly handler: (event: unknown, context?: Context) => Promise<unknown>
  /** For a Function URL with RESPONSE_STREAM and a REST API with STREAM: pictures of any size. Whoever takes no stream gets JSON from it too. */
  readonly streaming: StreamingHandler
  /** Opens the service before anyone asks, for the time in which an instance starts. Never rejects: what is wrong is said to who asks. */
  warm(): Promise<void>
}

/**
 * The functions over what `openLive` opens, with the first request. Where it cannot be opened, that request fails with the reason, and the next
 * one tries again.
 */
export function functionsOver(openLive: () => Promise<Live>, awslambda: AwsLambda | undefined): Lambda {
  let opening: Promise<Live> | undefined
  const open = (): Promise<Live> => {
    opening ??= openLive().catch((thrown: unknown) => {
      opening = undefined
      throw thrown
    })
    return opening
  }

  let running = 0
  async function during<T>(context: Context | undefined, work: (live: Live, invocation: Invocation) => Promise<T>): Promise<T> {
    const live = await open()
    if (running === 0 && live.stuck.all) live.restart()
    running += 1
    const invocation = startInvocation(context)
    try {
      return await work(live, invocation)
    } finally {
      if (invocation.signal.aborted) live.stuck.overran()
      invocation.end()
      running -= 1
    }
  }

  // No more than two parameters: Node 24's runtime takes a function with three for one that calls back, and refuses it.
  const handler = async (event: unknown, context?: Context): Promise<unknown> =>
    during(context, (live, invocation) => result(live, event, invocation))

  const stream = async (event: unknown, stream: ResponseStream, context?: unknown): Promise<void> => {
    if (awslambda === undefined) throw new Error('Only the runtime of AWS Lambda can stream: there is no global awslambda.')
    await during(context as Context | undefined, async (live, invocation) => {
      const exchange = isEvent(event) ? exchangeOf(event) : undefined
      if (exchange?.streams !== true) return streamJson(stream, await result(live, event, invocation))
      const { answer, kept } = await ask(live, exchange, invocation.signal)
      try {
        await streamAnswer(awslambda, stream, answer, exchange.asked.method)
      } finally {
        await kept // it has gone on all the while
      }
    })
  }

  return { handler, streaming: awslambda?.streamifyResponse(stream) ?? stream, warm: () => open().then(nothing, nothing) }
}

const nothing = (): void => {}

type Invocation = ReturnType<typeof startInvocation>

async function result(live: Live, event: unknown, invocation: Invocation): Promise<unknown> {
  if (!isEvent(event)) throw unknownEvent(event)
  const exchange = exchangeOf(event)
  if (exchange !== undefined) {
    const { answer, kept } = await ask(live, exchange, invocation.signal)
    await kept // once a result is handed back, the instance may be frozen
    return bufferedResult(exchange, answer)
  }
  const { composed, answer, write } = live
  const { service, settings, renderGiven } = composed
  const tools = { service, settings, answer, remaining: invocation.remaining, ...(write === undefined ? {} : { write }) }
  const { handleEvent } = await import('./events.ts')
  const done = handleEvent(event, tools, invocation.signal)
  if (done !== undefined) return done
  if (isBlueprint(event)) return blueprint(event, renderGiven, invocation.signal)
  throw unknownEvent(event)
}

function ask({ answer, addressOf }: Live, { asked }: Exchange, signal: AbortSignal): Promise<KeptAnswer> {
  const { address, ...request } = asked
  const client = addressOf(address, request.headers['x-forwarded-for'])
  return answer({ ...request, signal, ...(client === undefined ? {} : { client }) })
}

function isEvent(event: unknown): event is Event {
  return typeof event === 'object' && event !== null && !Array.isArray(event)
}

function unknownEvent(event: unknown): Error {
  const got = isEvent(event) ? `an object with ${Object.keys(event).slice(0, 10).join(', ')}` : `${JSON.stringify(event)?.slice(0, 100)}`
  return new Error(
    'Expected a request from API Gateway (REST or HTTP API), a Function URL, a load balancer or Lambda@Edge (origin-request or ' +
      `viewer-request), an event of S3, EventBridge or SQS, or {"operation": "…"}; got ${got}.`,
  )
}
