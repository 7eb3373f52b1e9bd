import { Failure } from '../errors.ts'
import { bodyTooLarge, type ReadBody } from '../service/ask.ts'
import { orLeave } from '../service/or-leave.ts'
import type { Service } from '../service/service.ts'

export type FetchOptions = {
  /** Address of the client, which a `Request` does not tell. */
  readonly client?: (request: Request) => string | undefined
}

export type FetchHandler = (request: Request) => Promise<Response>

/** Statuses whose `Response` may have no body. */
const bodiless = new Set([101, 204, 205, 304])

/**
 * The service as a function from `Request` to `Response`: for Hono, Bun, Deno, Next, and whatever else speaks Fetch. A `Request` has a URL
 * that was parsed already: `..` is folded and `\` is `/` in it, which no reading of ours brings back; all else is as it came.
 */
export function toFetch(service: Pick<Service, 'handle'>, { client }: FetchOptions = {}): FetchHandler {
  return async (request) => {
    const address = client?.(request)
    const { status, headers, body } = await service.handle({
      method: request.method,
      target: targetOf(request.url),
      headers: Object.fromEntries(request.headers),
      signal: request.signal,
      body: bodyOf(request),
      ...(address === undefined ? {} : { client: address }),
    })
    const sent = body === undefined || request.method === 'HEAD' || bodiless.has(status) ? null : (body as Uint8Array<ArrayBuffer>)
    const length = sent === null ? {} : { 'content-length': String(sent.length) }
    return new Response(sent, { status, headers: { ...headers, ...length } })
  }
}

/** Piece by piece, so that no more is held than may be; what is left is let go of. */
function bodyOf(request: Request): ReadBody {
  return async (mostBytes, signal) => {
    signal.throwIfAborted()
    if (Number(request.headers.get('content-length') ?? 0) > mostBytes) return bodyTooLarge(mostBytes)
    const reader = request.body?.getReader()
    if (reader === undefined) return Buffer.alloc(0)
    const pieces: Uint8Array[] = []
    let length = 0
    try {
      for (;;) {
        const { done, value } = await orLeave(reader.read(), signal)
        if (done) return Buffer.concat(pieces)
        length += value.length
        if (length > mostBytes) return bodyTooLarge(mostBytes)
        pieces.push(value)
      }
    } catch (cause) {
      if (signal.aborted) throw signal.reason
      throw new Failure('client-gone', 'The body did not come whole.', { cause })
    } finally {
      reader.cancel().catch(() => {}) // of what was read to its end nothing is left
    }
  }
}

/** Path and query as they stand in the URL; parsing it once more could change them. */
function targetOf(url: string): string {
  const [, target = ''] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^#]*)/i.exec(url) ?? []
  return target.startsWith('/') ? target : `/${target}`
}
