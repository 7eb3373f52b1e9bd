import type { IncomingMessage, ServerResponse } from 'node:http'
import { Failure } from '../errors.ts'
import { bodyTooLarge, type ReadBody } from '../service/ask.ts'

/** Larger bodies are not read to their end only to keep a connection. */
const mostDrainedBytes = 65_536

/** How long, and how much, is still taken of a body that nobody wants: who is cut off while he sends does not see his answer. */
const lingerMilliseconds = 1000
const lingerBytes = 64 * 2 ** 20

/** Methods whose body somebody may ask for. */
const carrying = new Set(['POST', 'PUT'])

/** The body of one request of `node:http`. */
export type NodeBody = {
  /** Absent where nobody may ask for it. */
  readonly read?: ReadBody
  /**
   * What becomes of the connection behind the answer, which is about to go: `keep` it, `close` it, or go on taking what is sent for a
   * moment and then close it (`linger`). What was not read is thrown away from here on.
   */
  after(): 'keep' | 'close' | 'linger'
}

const none: NodeBody = { after: () => 'keep' }

/** The body that comes with a request. One whose method has no use for it is thrown away at once. */
export function bodyOf(request: IncomingMessage, response: ServerResponse): NodeBody {
  const { headers, method = '' } = request
  const chunked = headers['transfer-encoding'] !== undefined
  const length = Number(headers['content-length'] ?? 0)
  if (length === 0 && !chunked) return none
  const small = !chunked && length <= mostDrainedBytes
  if (!carrying.has(method)) {
    request.resume()
    return { after: () => (small ? 'keep' : 'close') }
  }
  /** The client waits for a word before it sends anything. */
  let waits = /\b100-continue\b/i.test(headers.expect ?? '')
  let asked = false
  const read: ReadBody = async (mostBytes, signal) => {
    signal.throwIfAborted()
    if (asked) throw new Failure('internal', 'The body of a request was asked for twice.')
    asked = true
    if (length > mostBytes) return bodyTooLarge(mostBytes)
    if (waits) response.writeContinue()
    waits = false
    return gather(request, mostBytes, signal)
  }
  return {
    read,
    after() {
      if (request.complete && request.readableEnded) return 'keep'
      request.on('error', () => {}) // whoever hangs up now has his answer, or wants none
      request.resume()
      if (waits) return 'close' // it is not said whether the body comes, so what comes next may be it
      return small && !asked ? 'keep' : 'linger' // one that was given up may never end
    },
  }
}

/** All that comes, as long as it is not too much. */
function gather(request: IncomingMessage, mostBytes: number, signal: AbortSignal): Promise<Buffer | Failure> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let length = 0
    const leave = (): void => {
      request.off('data', take)
      request.off('end', end)
      request.off('close', gone)
      signal.removeEventListener('abort', abort)
    }
    const take = (piece: Buffer): void => {
      length += piece.length
      if (length > mostBytes) {
        leave()
        request.pause()
        resolve(bodyTooLarge(mostBytes))
      } else pieces.push(piece)
    }
    const end = (): void => {
      leave()
      resolve(Buffer.concat(pieces))
    }
    const gone = (): void => {
      leave()
      reject(new Failure('client-gone', 'The client has gone.'))
    }
    const abort = (): void => {
      leave()
      request.pause()
      reject(signal.reason)
    }
    request.on('error', () => {}) // `close` follows
    request.on('data', take)
    request.on('end', end)
    request.on('close', gone)
    signal.addEventListener('abort', abort, { once: true })
  })
}

/** Takes and forgets what is still sent; calls back once that is over, or has been enough. */
export function linger(request: IncomingMessage, over: () => void): void {
  if (request.destroyed) {
    over()
    return
  }
  let taken = 0
  const end = (): void => {
    clearTimeout(timer)
    request.off('data', take)
    request.off('close', end)
    over()
  }
  const take = (piece: Buffer): void => {
    taken += piece.length
    if (taken > lingerBytes) end()
  }
  const timer = setTimeout(end, lingerMilliseconds)
  request.on('data', take)
  request.once('close', end) // behind its end as well
  request.resume()
}
