import { isUtf8 } from 'node:buffer'
import type { Answer } from '../../service/ask.ts'

/** An answer as every caller can send it. */
export type Reply = {
  readonly status: number
  /** Names in lower case; without `set-cookie`. The length is that of the body, or for HEAD that of the body there would be. */
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
  readonly body?: Buffer
}

/** What belongs to one connection, and never to an answer. @see RFC 9110, 7.6.1 */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'])

/** The answer with its length counted, and without what only a connection of its own could say. */
export function replyOf({ status, headers, body }: Answer, method: string): Reply {
  const own: Record<string, string> = {}
  const cookies: string[] = []
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase()
    if (name === 'set-cookie') cookies.push(value)
    else if (!hopByHop.has(name)) own[name] = value
  }
  if (status === 204 || status === 304) {
    if (status === 204) delete own['content-length']
    return { status, headers: own, cookies }
  }
  // The length that HEAD tells is that of a body which is not here.
  if (body !== undefined || method !== 'HEAD') own['content-length'] = String(body?.length ?? 0)
  return body === undefined || method === 'HEAD' ? { status, headers: own, cookies } : { status, headers: own, cookies, body }
}

/** The body for JSON: as text where it is one, so that a person can read it in a log, and in base64 else. */
export function bodyText({ headers, body }: Reply): { readonly body: string; readonly isBase64Encoded: boolean } {
  if (body === undefined) return { body: '', isBase64Encoded: false }
  const plain = /^(?:text\/|application\/(?:[a-z.-]+\+)?json\b)/.test(headers['content-type'] ?? '') && isUtf8(body)
  return { body: body.toString(plain ? 'utf8' : 'base64'), isBase64Encoded: !plain }
}
