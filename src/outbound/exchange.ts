import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { Failure } from '../errors.ts'
import { clip } from '../schema/field.ts'
import { withoutAddress } from './address.ts'
import { type Body, codingOf, collectBody, tooLarge } from './body.ts'
import type { Carrier } from './carrier.ts'

/** What one exchange may cost. Times begin with the stage that they bound. */
export type ExchangeLimits = {
  readonly maxBytes: number
  /** From the request on the wire to the head of the answer. */
  readonly firstByteSeconds: number
  /** From the head of the answer to its last byte. */
  readonly bodySeconds: number
  /** A body that brings less within any ten seconds is a drip that holds a place for nothing. */
  readonly minBytesPerSecond: number
}

/** What is sent beside the headers, where it is no plain GET. */
export type Sending = {
  readonly method?: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly body?: Buffer
  /** A range is asked for, so 206 carries it (RFC 9110, 15.3.7). */
  readonly ranged?: boolean
  /** Memory for a body of at most so many bytes, waited for before any of it is read; the times of the body begin behind it. */
  readonly room?: ((bytes: number) => Promise<Failure | undefined>) | undefined
  /** Of an answer that carries no original so much is read all the same, because it says why; nothing unless given. */
  readonly reasonBytes?: number
  /** What messages call the other side; as the URL does unless given. */
  readonly host?: string
}

/** The head of an answer, and its body where the status is one that carries an original, or as much of it as was asked for. */
export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }

/** Longer than a body may take by default: who gives bodies more time than that is guarded from drips all the same. */
const rateSeconds = 10

/** The rest of a body that nobody wants is read this far, so that the connection can be used again. */
const discarded = { bytes: 16_384, seconds: 1 } as const

/** Statuses whose body is the representation asked for (RFC 9110, 15.3.1 and 15.3.4). */
export const carriesOriginal = (status: number): boolean => status === 200 || status === 203

/**
 * One request and its answer, without redirects and retries.
 * @param headers  In pairs: name, value, name, value.
 * @returns        A failure where no whole answer came; an answer of any status else, its body decoded.
 *                 Rejects with the signal's reason when it aborts; the socket is closed in the same turn.
 */
export function exchange(
  carrier: Carrier,
  url: URL,
  headers: readonly string[],
  limits: ExchangeLimits,
  signal: AbortSignal,
  { method = 'GET', body: sent, ranged = false, reasonBytes = 0, room, host = clip(url.host) }: Sending = {},
): Promise<Answer | Failure> {
  const { maxBytes, firstByteSeconds, bodySeconds, minBytesPerSecond } = limits
  return new Promise((resolve, reject) => {
    let over = false
    let controller: Dispatcher.DispatchController | undefined
    let body: Body | undefined
    let reason: Reason | undefined
    let recent = 0
    let discard = 0
    let timer: NodeJS.Timeout | undefined
    let pace: NodeJS.Timeout | undefined

    const settle = (tell: () => void): void => {
      over = true
      clearTimeout(timer)
      clearInterval(pace)
      signal.removeEventListener('abort', aborted)
      body?.drop()
      tell()
    }
    const answer = (head: Omit<Answer, 'body'>, bytes: Buffer): void => settle(() => resolve({ ...head, body: bytes }))
    const explain = ({ head, chunks }: Reason): void => answer(head, Buffer.concat(chunks).subarray(0, reasonBytes))
    const hurry = (): void => {
      timer = setTimeout(() => controller?.abort(new Failure('client-gone', 'The rest is not wanted.')), discarded.seconds * 1000)
    }
    const fail = (failure: Failure): void => {
      if (over) return
      settle(() => resolve(failure))
      controller?.abort(failure)
    }
    // Before the request has a socket there is nothing to close: the dial has limits of its own, and what it opens is closed below.
    const aborted = (): void => {
      settle(() => reject(signal.reason))
      controller?.abort(new Failure('client-gone', 'The wait was given up.'))
    }
    const after = (seconds: number, message: string): void => {
      clearTimeout(timer)
      timer = setTimeout(() => fail(new Failure('source-timeout', message)), seconds * 1000)
    }
    const checkPace = (): void => {
      if (recent < minBytesPerSecond * rateSeconds) fail(new Failure('source-timeout', `The origin ${host} sends too slowly.`))
      recent = 0
    }

    if (signal.aborted) return reject(signal.reason)
    signal.addEventListener('abort', aborted, { once: true })
    carrier.dispatch(
      {
        ...{ origin: url.origin, path: url.pathname + url.search, method, headers: [...headers], headersTimeout: 0, bodyTimeout: 0 },
        ...(sent === undefined ? {} : { body: sent }),
      },
      {
        onRequestStart(started) {
          controller = started
          if (over) started.abort(new Failure('client-gone', 'The wait was given up.'))
          else after(firstByteSeconds, `The origin ${host} sent nothing within ${firstByteSeconds} s.`)
        },
        onResponseStart(_, status, heads) {
          if (over || status < 200) return
          const carries = method !== 'HEAD' && (carriesOriginal(status) || (ranged && status === 206))
          if (!carries && reasonBytes > 0) {
            reason = { head: { status, headers: heads }, chunks: [] }
            after(bodySeconds, `The origin ${host} did not finish its answer within ${bodySeconds} s.`)
            return
          }
          if (!carries) {
            answer({ status, headers: heads }, Buffer.alloc(0))
            hurry()
            return
          }
          const coding = codingOf(joined(heads['content-encoding']), host)
          if (coding instanceof Failure) return fail(coding)
          if (Number(heads['content-length'] ?? 0) > maxBytes) return fail(tooLarge(host, maxBytes))
          const begin = (): void => {
            after(bodySeconds, `The origin ${host} did not finish its answer within ${bodySeconds} s.`)
            pace = setInterval(checkPace, rateSeconds * 1000)
          }
          body = collectBody(coding, maxBytes, host, {
            drained: () => controller?.resume(),
            done: (bytes) => answer({ status, headers: heads }, bytes),
            failed: fail,
          })
          if (room === undefined) return begin()
          clearTimeout(timer)
          controller?.pause()
          // Coded bytes may become any number.
          const length = coding === 'identity' ? Number(heads['content-length'] ?? maxBytes) : maxBytes
          room(Number.isSafeInteger(length) ? length : maxBytes).then(
            (refused) => {
              if (over) return
              if (refused !== undefined) return fail(refused)
              begin()
              controller?.resume()
            },
            () => {}, // whoever waited has left, and the signal said so here as well
          )
        },
        onResponseData(_, chunk) {
          if (over) {
            discard += chunk.length
            if (discard > discarded.bytes) controller?.abort(new Failure('client-gone', 'The rest is not wanted.'))
            return
          }
          if (reason !== undefined) {
            reason.chunks.push(chunk)
            discard += chunk.length
            if (discard < reasonBytes) return
            explain(reason)
            hurry()
            return
          }
          recent += chunk.length
          if (body?.write(chunk) === false) controller?.pause()
        },
        onResponseEnd() {
          clearTimeout(timer)
          clearInterval(pace)
          if (!over && reason !== undefined) explain(reason)
          body?.end()
        },
        onResponseError(_, error) {
          clearTimeout(timer)
          if (over) return
          if (reason !== undefined) return explain(reason)
          if (error instanceof Failure) return fail(error)
          const cut = new Failure('origin-failed', `The origin ${host} broke off its answer.`, { cause: withoutAddress(error) })
          // Without a controller the request never had a socket.
          const why = controller === undefined ? 'could not be reached' : 'closed the connection without an answer'
          const deaf = new Failure('origin-unreachable', `The host ${host} ${why}.`, { cause: withoutAddress(error) })
          fail(body === undefined ? deaf : cut)
        },
      },
    )
  })
}

/** An answer whose body tells why it is not what was asked for, as far as it has come. */
type Reason = { readonly head: Omit<Answer, 'body'>; readonly chunks: Buffer[] }

/** A header that came several times, as one list (RFC 9110, 5.3). */
export function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}
