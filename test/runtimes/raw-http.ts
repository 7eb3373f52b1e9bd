import { connect, type Socket } from 'node:net'
import type { Got, Sent } from '../contracts/runtime.ts'

/** An HTTP/1.1 client that writes what it is given, byte for byte: any other would mend it. Closes the connection behind the answer. */
export function sendRaw(port: number, { method = 'GET', target, headers = [], signal, body }: Sent): Promise<Got> {
  const length = body === undefined ? [] : [['Content-Length', String(body.length)]]
  const fields = [['Host', 'localhost'], ['Connection', 'close'], ...length, ...headers].map(([name, value]) => `${name}: ${value}\r\n`)
  const text = `${method} ${target} HTTP/1.1\r\n${fields.join('')}\r\n${body?.toString('latin1') ?? ''}`
  return sendBytes(port, text, signal).then((bytes) => readAnswer(bytes))
}

/** All that comes back for some bytes, until the other end closes. */
export function sendBytes(port: number, text: string, signal?: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'))
    socket.on('data', (piece) => pieces.push(piece))
    socket.on('error', reject)
    socket.on('close', () => resolve(Buffer.concat(pieces)))
    signal?.addEventListener('abort', () => {
      socket.destroy()
      reject(signal.reason)
    })
  })
}

/** One answer in the bytes of a connection. */
export function readAnswer(bytes: Buffer): Got {
  const end = bytes.indexOf('\r\n\r\n')
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const sign = line.indexOf(':')
    headers[line.slice(0, sign).toLowerCase()] = line.slice(sign + 1).trim()
  }
  return { status: Number(first.split(' ')[1]), headers, body: bytes.subarray(end + 4) }
}
