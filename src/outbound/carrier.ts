import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import type { Dispatcher } from 'undici'

/** What carries a request there and its answer back, as far as `exchange` asks: an undici dispatcher does, and so does `openCarrier`. */
export type Carrier = Pick<Dispatcher, 'dispatch'>

export type CarrierOptions = {
  /** From the first packet to the end of the TLS handshake. */
  readonly connectSeconds: number
  /** How long a connection that nobody uses is kept. */
  readonly idleSeconds: number
}

type Handler = Dispatcher.DispatchHandler
type Controller = Dispatcher.DispatchController
type Opened = { readonly agent: Agent; request(url: URL, options: object): ClientRequest }

/**
 * Requests through Node's own client, for a place that the operator has named, where no address needs to be checked. It takes a third of the
 * time that undici takes to load, which is what a function waits for with its first picture.
 */
export function openCarrier({ connectSeconds, idleSeconds }: CarrierOptions): Carrier & { close(): Promise<void> } {
  const opened = new Map<string, Promise<Opened>>()
  const open = async (protocol: string): Promise<Opened> => {
    const kept = { keepAlive: true, timeout: idleSeconds * 1000 }
    if (protocol === 'http:') return { request, agent: new Agent(kept) }
    const https = await import('node:https') // TLS takes 10 ms to load
    return { request: https.request, agent: new https.Agent(kept) }
  }

  async function carry({ origin, path, method, headers, body }: Dispatcher.DispatchOptions, handler: Handler): Promise<void> {
    const url = new URL(`${origin}${path}`)
    const way = opened.get(url.protocol) ?? open(url.protocol)
    opened.set(url.protocol, way)
    const { agent, request } = await way
    const asked = request(url, { method, agent, headers: inPairs(headers as readonly string[]) })
    const controller = controllerOf(asked)
    asked.on('error', (error) => handler.onResponseError?.(controller, error))
    asked.once('socket', (socket: Socket) => {
      connected(socket, url.protocol, connectSeconds, asked, () => handler.onRequestStart?.(controller, {}))
    })
    asked.once('response', (answer: IncomingMessage) => {
      controller.answer = answer
      handler.onResponseStart?.(controller, answer.statusCode ?? 0, answer.headers, answer.statusMessage)
      answer.on('data', (chunk: Buffer) => handler.onResponseData?.(controller, chunk))
      answer.once('end', () => handler.onResponseEnd?.(controller, {}))
      answer.once('error', (error) => handler.onResponseError?.(controller, error))
    })
    asked.end(body)
  }

  return {
    dispatch(options, handler) {
      carry(options, handler).catch((error: Error) => handler.onResponseError?.(controllerOf(undefined), error))
      return true
    },
    async close() {
      for (const { agent } of await Promise.all(opened.values())) agent.destroy()
    },
  }
}

/** Tells when there is a way to the other side, and gives up when there is none in time. */
function connected(socket: Socket, protocol: string, seconds: number, asked: ClientRequest, tell: () => void): void {
  if (!socket.connecting) {
    tell()
    return
  }
  const late = (): void => {
    asked.destroy(Object.assign(new Error(`No connection within ${seconds} s.`), { code: 'ETIMEDOUT' }))
  }
  const timer = setTimeout(late, seconds * 1000)
  asked.once('close', () => clearTimeout(timer))
  socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', () => {
    clearTimeout(timer)
    tell()
  })
}

function controllerOf(asked: ClientRequest | undefined): Controller & { answer: IncomingMessage | undefined } {
  return {
    answer: undefined,
    aborted: false,
    paused: false,
    reason: null,
    abort: (reason) => asked?.destroy(reason),
    pause() {
      this.answer?.pause()
    },
    resume() {
      this.answer?.resume()
    },
  }
}

function inPairs(flat: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (let at = 0; at < flat.length; at += 2) pairs[flat[at] ?? ''] = flat[at + 1] ?? ''
  return pairs
}
