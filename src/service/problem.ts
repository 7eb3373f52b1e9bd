import type { Statuses } from '../dialects/dialect.ts'
import type { Failure } from '../errors.ts'
import type { Answer } from './ask.ts'

/** What stands in every answer: types come from bytes and stay what they are said to be. */
export const always: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'cross-origin',
}

/** Nothing that a service of pictures sends may run anything. */
export const sandbox = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/**
 * A failure as problem details: JSON, or plain text for who prefers it.
 * @param accept      The request's Accept.
 * @param cacheSeconds  How long it may be kept; 0: not at all.
 * @param statuses      Those of the dialect in which it was asked, in place of the house's.
 * @see RFC 9457
 */
export function problem(failure: Failure, accept: string | undefined, id: string, cacheSeconds = 0, statuses?: Statuses): Answer {
  const status = statusOf(failure, statuses)
  const { parameter, expected, nearest } = failure.detail
  const headers = {
    ...always,
    'cache-control': cacheSeconds > 0 ? `public, max-age=${cacheSeconds}` : 'no-store',
    'content-security-policy': sandbox,
    ...retryAfter(failure),
    ...(failure.code === 'method-not-allowed' ? { allow: expected ?? 'GET, HEAD, OPTIONS' } : {}),
  }
  if (accept !== undefined && /text\/(plain|html)/.test(accept) && !/application\/(problem\+)?json/.test(accept)) {
    return withBody(
      status,
      { ...headers, 'content-type': 'text/plain; charset=utf-8', vary: 'Accept' },
      `${failure.message}\n${failure.hint}\n(${failure.code}, request ${id})\n`,
    )
  }
  const details = {
    type: `/errors#${failure.code}`,
    title: failure.hint,
    status,
    detail: failure.message,
    code: failure.code,
    parameter,
    expected,
    nearest,
    request: id,
  }
  return withBody(
    status,
    { ...headers, 'content-type': 'application/problem+json', vary: 'Accept' },
    `${JSON.stringify(details, undefined, 2)}\n`,
  )
}

/** The failure as a picture, for a page that shows nothing else: its code and message on grey. Keeps the failure's status. */
export function problemPicture(failure: Failure, id: string, statuses?: Statuses): Answer {
  const status = statusOf(failure, statuses)
  const lines = [`${status} ${failure.code}`, ...wrap(failure.message, 44).slice(0, 6)]
  const text = lines.map(
    (line, index) => `<text x="20" y="${44 + index * 26}"${index === 0 ? ' font-weight="bold"' : ''}>${escapeXml(line)}</text>`,
  )
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="${60 + lines.length * 26}" font-family="sans-serif" font-size="17" fill="#333"><rect width="100%" height="100%" fill="#eee"/>${text.join('')}</svg>`
  return picture(failure, status, id, 'image/svg+xml', svg)
}

/** One clear pixel, for a page that must not show a fault. Keeps the failure's status. */
export function problemPixel(failure: Failure, id: string, statuses?: Statuses): Answer {
  return picture(
    failure,
    statusOf(failure, statuses),
    id,
    'image/gif',
    Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
  )
}

/** The status that a failure is answered with. */
function statusOf({ code, detail, status }: Failure, statuses: Statuses | undefined): number {
  const own = statuses?.[code]
  return (typeof own === 'function' ? own(detail) : own) ?? status
}

export function withBody(status: number, headers: Readonly<Record<string, string>>, content: string | Buffer): Answer {
  const body = typeof content === 'string' ? Buffer.from(content) : content
  return { status, headers: { ...headers, 'content-length': String(body.length) }, body }
}

function picture(failure: Failure, status: number, id: string, type: string, content: string | Buffer): Answer {
  return withBody(
    status,
    {
      ...always,
      'cache-control': 'no-store',
      'content-security-policy': sandbox,
      'content-type': type,
      'x-tintype-error': failure.code,
      ...retryAfter(failure),
      'x-request-id': id,
    },
    content,
  )
}

function retryAfter({ detail: { retryAfterSeconds } }: Failure): Readonly<Record<string, string>> {
  return retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
}

function wrap(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last === '' || last.length + word.length < width) lines[lines.length - 1] = last === '' ? word.slice(0, width) : `${last} ${word}`
    else lines.push(word.slice(0, width))
  }
  return lines
}

function escapeXml(text: string): string {
  const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replace(/[&<>"]/g, (mark) => marks[mark] ?? mark).replace(/\p{C}/gu, '?')
}
