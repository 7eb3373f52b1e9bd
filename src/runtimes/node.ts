import cluster from 'node:cluster'
import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { ServerSettings } from '../config/server-fields.ts'
import { Failure } from '../errors.ts'
import type { Service } from '../service/service.ts'
import { clientAddresses } from './client-address.ts'
import { answerClientError, type ClientError, clientFailure } from './client-error.ts'
import { nodeListener } from './node-listener.ts'

export { type ListenerOptions, type NodeListener, nodeListener } from './node-listener.ts'

/** A server that listens. */
export type Listening = {
  /** `http://localhost:8080`, without a slash behind it. */
  readonly url: string
  readonly port: number
  /** Stops: says so at /ready, takes no more connections after the lag, lets running requests finish, cuts those that take too long. */
  close(): Promise<void>
}

/** What a server is told of its settings. */
export type ListenSettings = Pick<
  ServerSettings,
  'host' | 'port' | 'trustedProxies' | 'connections' | 'headerSeconds' | 'idleSeconds' | 'stallSeconds' | 'lagSeconds' | 'drainSeconds'
> & {
  /** How long a body may take that the service asks for; 0 unless given: it asks for none. */
  readonly bodySeconds?: number
}

/** How much longer than its head, and a body that is asked for, a whole request may take; any other body is thrown away. */
const spareSeconds = 5
const headBytes = 16_384
const sweepMilliseconds = 100
const unusedMilliseconds = 1000

/** How it looks when a client leaves before its request is whole. */
const hungUp = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE'])

/**
 * Listens at the address of the settings.
 * @throws `setting-invalid` for an address that is taken or not there.
 */
export async function listen(
  service: Pick<Service, 'handle' | 'drain'> & Partial<Pick<Service, 'unread'>>,
  settings: ListenSettings,
): Promise<Listening> {
  let stopping = false
  const listener = nodeListener(service, { ...settings, stopping: () => stopping })
  const server = createServer(
    {
      maxHeaderSize: headBytes,
      headersTimeout: settings.headerSeconds * 1000,
      requestTimeout: (settings.headerSeconds + (settings.bodySeconds ?? 0) + spareSeconds) * 1000,
      keepAliveTimeout: settings.idleSeconds * 1000,
      connectionsCheckingInterval: 1000,
      joinDuplicateHeaders: true,
    },
    listener,
  )
  // A connection that one of several processes refuses is offered to the next, and so on in circles: there it is taken, and closed.
  if (!cluster.isWorker) server.maxConnections = settings.connections
  server.on('checkContinue', listener) // whoever asks whether to send a body gets the answer instead
  const addressOf = clientAddresses([])
  server.on('clientError', (error: ClientError, socket: Socket) => {
    // Who hung up, or opened a connection and never used it, asked nothing.
    const asked = !hungUp.has(error.code ?? '') && socket.bytesRead > 0
    const client = addressOf(socket.remoteAddress, undefined)
    const sent = answerClientError(error, socket)
    if (asked) service.unread?.(clientFailure(error), sent, client)
  })
  const sockets = new Map<Socket, number>()
  server.on('connection', (socket: Socket) => {
    if (sockets.size >= settings.connections) {
      socket.destroy()
      return
    }
    sockets.set(socket, performance.now())
    socket.on('close', () => sockets.delete(socket))
  })
  const port = await bind(server, settings)

  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    stopping = true
    service.drain()
    await wait(settings.lagSeconds * 1000)
    await closeServer(server, sockets, settings.drainSeconds)
  }
  return { url: `http://${shown(settings.host)}:${port}`, port, close: () => (closing ??= close()) }
}

function bind(server: Server, { host, port }: ListenSettings): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE'
      const parameter = taken || cause.code === 'EACCES' ? 'server.port' : 'server.host'
      const why = taken ? `port ${port} of ${host} is taken; use another, or stop what listens there` : `cannot listen at ${host}:${port}`
      reject(new Failure('setting-invalid', `${parameter}: ${why}.`, { parameter, cause }))
    })
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** Connections end as they fall idle; after the time is over, all of them. */
async function closeServer(server: Server, sockets: ReadonlyMap<Socket, number>, drainSeconds: number): Promise<void> {
  const sweep = setInterval(() => {
    server.closeIdleConnections()
    // Node counts a connection as idle only behind its first request; browsers open some that they may never use.
    // What such a one has just sent may not have been read yet.
    const old = performance.now() - unusedMilliseconds
    for (const [socket, since] of sockets) if (socket.bytesRead === 0 && since < old) socket.destroy()
  }, sweepMilliseconds)
  const cut = setTimeout(() => server.closeAllConnections(), drainSeconds * 1000)
  await new Promise<void>((resolve) => server.close(() => resolve()))
  clearInterval(sweep)
  clearTimeout(cut)
}

/** A host that can be opened in a browser. */
function shown(host: string): string {
  if (['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host)) return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
