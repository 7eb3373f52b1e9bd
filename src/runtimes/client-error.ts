import { randomUUID } from 'node:crypto'
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { Failure } from '../errors.ts'
import { problem } from '../service/problem.ts'

/** As Node's parser reports what it could not read. */
export type ClientError = Error & { readonly code?: string; readonly rawPacket?: Buffer }

/** What is wrong with bytes that made no request. */
export function clientFailure({ code, rawPacket }: ClientError): Failure {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      // Without a line break in what came, it is still the request line that does not end.
      return rawPacket?.includes('\n') === false
        ? new Failure('url-too-long', 'The URL is longer than the head of a request may be.')
        : new Failure('headers-too-large', 'The headers of the request are too large.')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Failure('request-slow', 'The request did not come in time.')
    default:
      return new Failure('request-malformed', 'What came is no HTTP request.')
  }
}

/**
 * Answers bytes that made no request, where that can still be done, and closes the connection.
 * @returns  What went back; `undefined` where nothing could.
 */
export function answerClientError(
  error: ClientError,
  socket: Duplex & { readonly _httpMessage?: ServerResponse | null },
): { readonly id: string; readonly bytes: number } | undefined {
  // While another request of the connection has no whole answer, this one would be taken for it, or for the rest of it.
  if (!socket.writable || error.code === 'ECONNRESET' || socket._httpMessage != null) {
    socket.destroy()
    return undefined
  }
  const id = randomUUID()
  const { status, headers, body = '' } = problem(clientFailure(error), undefined, id)
  const lines = Object.entries({ ...headers, 'x-request-id': id, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`), Buffer.from(body)]))
  return { id, bytes: Buffer.byteLength(body) }
}
