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
      ...(address === undefined ? {} : { client: address }),
    })
    const sent = body === undefined || request.method === 'HEAD' || bodiless.has(status) ? null : (body as Uint8Array<ArrayBuffer>)
    const length = sent === null ? {} : { 'content-length': String(sent.length) }
    return new Response(sent, { status, headers: { ...headers, ...length } })
  }
}

/** Path and query as they stand in the URL; parsing it once more could change them. */
function targetOf(url: string): string {
  const [, target = ''] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^#]*)/i.exec(url) ?? []
  return target.startsWith('/') ? target : `/${target}`
}
