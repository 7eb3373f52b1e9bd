import type { IncomingMessage, ServerResponse } from 'node:http'
import { Failure } from '../errors.ts'
import type { Answer, Ask } from '../service/ask.ts'
import { problem } from '../service/problem.ts'
import type { Service } from '../service/service.ts'
import { clientAddresses } from './client-address.ts'
import { bodyOf, linger, type NodeBody } from './node-body.ts'

export type ListenerOptions = {
  /** Blocks of addresses whose X-Forwarded-For is believed; none unless given. */
  readonly trustedProxies?: readonly string[]
  /** How long a client may take nothing of its answer; 30 unless given. */
  readonly stallSeconds?: number
  /** Is the server about to stop? Answers then ask to close their connection. */
  readonly stopping?: () => boolean
}

export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void

/** `node:http` in, a service behind it: for `http.createServer`, and for whatever takes a listener of that form. */
export function nodeListener(
  service: Pick<Service, 'handle'> & Partial<Pick<Service, 'atHand'>>,
  options: ListenerOptions = {},
): NodeListener {
  const { stallSeconds = 30, stopping = () => false } = options
  const addressOf = clientAddresses(options.trustedProxies ?? [])

  /** Nobody catches what a listener throws: it would end the process, and every request with it. */
  function deliverSafely(given: Answer, request: IncomingMessage, response: ServerResponse, body: NodeBody): void {
    const after = body.after()
    try {
      deliver(given, request, response, after === 'keep' && stopping() ? 'close' : after)
    } catch (cause) {
      const failure = new Failure('internal', 'The answer could not be sent.', { cause })
      if (response.headersSent) response.destroy()
      else deliver(problem(failure, undefined, ''), request, response, 'close')
    }
  }

  /** Never rejects. */
  async function answer(asked: Omit<Ask, 'signal'>, request: IncomingMessage, response: ServerResponse, body: NodeBody): Promise<void> {
    const gone = new AbortController()
    response.on('close', () => {
      if (!response.writableEnded) gone.abort(new Failure('client-gone', 'The client has gone.'))
    })
    const given = await service
      .handle({ ...asked, signal: gone.signal, ...(body.read === undefined ? {} : { body: body.read }) })
      .catch((cause: unknown) => problem(new Failure('internal', 'The request could not be answered.', { cause }), undefined, ''))
    deliverSafely(given, request, response, body)
  }

  function deliver(given: Answer, request: IncomingMessage, response: ServerResponse, after: ReturnType<NodeBody['after']>): void {
    const { method, socket } = request
    send(response, given, method === 'HEAD', after !== 'keep', after === 'linger' ? (end) => linger(request, end) : undefined)
    // What was not taken at once waits for the client: for so long, and no longer. Each piece that it takes starts the time anew.
    if (socket.writableLength > 0) socket.setTimeout(stallSeconds * 1000)
  }

  return (request, response) => {
    const { method = 'GET', url: target = '/', socket } = request
    const headers = headersOf(request)
    const client = addressOf(socket.remoteAddress, headers['x-forwarded-for'])
    const body = bodyOf(request, response)
    const asked = client === undefined ? { method, target, headers } : { method, target, headers, client }
    const hit = service.atHand?.(asked)
    if (hit !== undefined) deliverSafely(hit, request, response, body)
    else void answer(service.atHand === undefined ? asked : { ...asked, notAtHand: true }, request, response, body)
  }
}

/**
 * The body in one piece, with its length: whatever was counted before, the bytes that are sent are counted here.
 * @param whenOver  Runs what ends the answer, at once unless the connection shall outlive it for a moment.
 */
function send(
  response: ServerResponse,
  { status, headers, body }: Answer,
  head: boolean,
  close: boolean,
  whenOver?: (end: () => void) => void,
): void {
  if (response.destroyed) return
  const fields: string[] = []
  const bodiless = body === undefined && (head || status === 304)
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && (bodiless || name.length !== 14 || name.toLowerCase() !== 'content-length')) fields.push(name, value)
  }
  if (!bodiless && status !== 204) fields.push('content-length', String(body?.length ?? 0))
  if (close) fields.push('connection', 'close')
  response.writeHead(status, fields)
  const sent = head ? undefined : body
  if (whenOver === undefined) {
    if (sent === undefined) response.end()
    else response.end(sent)
    return
  }
  if (sent === undefined) response.flushHeaders()
  else response.write(sent)
  whenOver(() => response.end())
}

/** Node has lower case and joins what comes twice; it makes a list of `set-cookie` alone, which no request has. */
function headersOf({ headers }: IncomingMessage): Ask['headers'] {
  if (headers['set-cookie'] === undefined) return headers as Omit<typeof headers, 'set-cookie'> as Ask['headers']
  const { 'set-cookie': cookies, ...others } = headers
  return { ...(others as Ask['headers']), 'set-cookie': cookies.join(', ') }
}
