import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export type Origin = {
  readonly port: number
  /** `http://127.0.0.1:port`. */
  readonly url: string
  /** Every request that came, its head. */
  readonly requests: IncomingMessage[]
  /** Connections open now. */
  readonly sockets: ReadonlySet<Socket>
  close(): Promise<void>
}

/** An HTTP server on loopback that answers as a test needs it. */
export async function openOrigin(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Origin> {
  const requests: IncomingMessage[] = []
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    sockets,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
