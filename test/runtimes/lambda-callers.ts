import { readFileSync } from 'node:fs'
import type { Got, Sent } from '../contracts/runtime.ts'

/** The callers of a function, as they hand requests over and take answers: each begins with an event that AWS itself has shown. */

export function event(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`../vectors/aws-events/${name}.json`, import.meta.url), 'utf8')) as Record<string, unknown>
}

export type FakeCaller = {
  readonly name: string
  /** The caller's event for a request: the fact changed in every place where it stands. */
  ask(sent: Sent): Record<string, unknown>
  /** What a client gets of the function's result; throws where the caller would answer 502. */
  got(result: unknown): Got
  /** Does it take a stream with a prelude? */
  readonly streams: boolean
}

type Map = Record<string, string>
type Lists = Record<string, string[]>

/** REST API: path as it was sent, query decoded, both header maps. */
export function restCaller(name: string, streams = true): FakeCaller {
  return {
    name: `REST API (${name})`,
    streams,
    ask({ method = 'GET', target, headers = [], body }) {
      const base = { ...event(name), ...inBase64(body) }
      const [path, query] = halves(target)
      const lists = grouped([...new URLSearchParams(query)])
      const context = base.requestContext as { path: string; stage: string }
      const inStage = context.path.startsWith(`/${context.stage}`)
      return {
        ...base,
        httpMethod: method,
        path,
        ...(Object.keys(lists).length === 0
          ? { queryStringParameters: null, multiValueQueryStringParameters: null }
          : { queryStringParameters: lasts(lists), multiValueQueryStringParameters: lists }),
        ...(headers.length === 0 ? {} : { headers: lasts(grouped(headers)), multiValueHeaders: grouped(headers) }),
        requestContext: { ...context, httpMethod: method, path: inStage ? `/${context.stage}${path}` : path },
      }
    },
    got: (result) => {
      const { multiValueHeaders = {}, ...rest } = result as Proxied & { readonly multiValueHeaders?: Record<string, readonly string[]> }
      return gotProxied(
        rest,
        Object.entries(multiValueHeaders).map(([header, all]) => [header, all.join(', ')] as const),
      )
    },
  }
}

/** HTTP API 2.0: the path decoded and behind its stage, the query as it was sent. */
export function httpCaller(name: string): FakeCaller {
  return {
    name: `HTTP API (${name})`,
    streams: false,
    ask: (sent) => {
      const { requestContext } = event(name) as { requestContext: { stage: string } }
      const stage = requestContext.stage === '$default' ? '' : `/${requestContext.stage}`
      const [path, query] = halves(sent.target)
      // Cut at a question mark that was encoded.
      const [decoded = ''] = decodeURIComponent(path).split('?')
      return payload2(name, sent, `${stage}${decoded}`, query)
    },
    got: gotVersion2,
  }
}

/** Function URL: all as it was sent. */
export function urlCaller(name: string): FakeCaller {
  return {
    name: `Function URL (${name})`,
    streams: true,
    ask: (sent) => payload2(name, sent, ...halves(sent.target)),
    got: gotVersion2,
  }
}

/** As gateways hand over what is no text. */
function inBase64(body: Buffer | undefined): Record<string, unknown> {
  return body === undefined ? {} : { body: body.toString('base64'), isBase64Encoded: true }
}

function payload2(
  name: string,
  { method = 'GET', headers = [], body }: Sent,
  rawPath: string,
  rawQueryString: string,
): Record<string, unknown> {
  const base = event(name)
  const context = base.requestContext as { http: Record<string, string> }
  const { queryStringParameters: _none, ...rest } = base
  const values = lasts(grouped([...new URLSearchParams(rawQueryString)]))
  return {
    ...rest,
    ...inBase64(body),
    rawPath,
    rawQueryString,
    ...(rawQueryString === '' ? {} : { queryStringParameters: values }),
    ...(headers.length === 0 ? {} : { headers: joined(headers) }),
    requestContext: { ...context, http: { ...context.http, method, path: rawPath } },
  }
}

/** Load balancer: nothing decoded; of what repeats the last alone, unless it hands over lists. */
export function albCaller(name: string): FakeCaller {
  const lists = 'multiValueHeaders' in event(name)
  return {
    name: `load balancer (${name})`,
    streams: false,
    ask({ method = 'GET', target, headers = [], body }) {
      const base = { ...event(name), ...inBase64(body) }
      const [path, query] = halves(target)
      const pairs = query.split('&').flatMap((pair): [string, string][] => {
        const [key = '', ...value] = pair.split('=')
        return pair === '' ? [] : [[key, value.join('=')]]
      })
      const values = grouped(pairs)
      return {
        ...base,
        httpMethod: method,
        path,
        ...(lists ? { multiValueQueryStringParameters: values } : { queryStringParameters: lasts(values) }),
        ...(headers.length === 0 ? {} : lists ? { multiValueHeaders: grouped(headers) } : { headers: joined(headers) }),
      }
    },
    got(result) {
      const given = result as Proxied & {
        readonly multiValueHeaders?: Record<string, readonly string[]>
        readonly statusDescription: string
      }
      if (!/^\d{3} [A-Z]/.test(given.statusDescription)) throw new Error('502: no statusDescription')
      if (!lists) return gotProxied(given)
      if (given.headers !== undefined || given.multiValueHeaders === undefined)
        throw new Error('502: headers in place of multiValueHeaders')
      return gotProxied({
        ...given,
        headers: Object.fromEntries(Object.entries(given.multiValueHeaders).map(([key, all]) => [key, all.join(', ')])),
      })
    },
  }
}

type EdgeRequest = { readonly Records: readonly [{ readonly cf: { readonly config: object; readonly request: Record<string, unknown> } }] }

/** Lambda@Edge: refuses results that have what it keeps for itself. */
export function edgeCaller(name: string): FakeCaller {
  return {
    name: `Lambda@Edge (${name})`,
    streams: false,
    ask({ method = 'GET', target, headers = [], body }) {
      const [{ cf }] = (event(name) as unknown as EdgeRequest).Records
      const [uri, querystring] = halves(target)
      const lists = Object.fromEntries(
        Object.entries(grouped(headers)).map(([key, all]) => [key.toLowerCase(), all.map((value) => ({ key, value }))]),
      )
      const request = {
        ...cf.request,
        ...{ method, uri, querystring },
        ...(headers.length === 0 ? {} : { headers: lists }),
        ...(body === undefined ? {} : { body: { data: body.toString('base64'), encoding: 'base64', inputTruncated: false } }),
      }
      return { Records: [{ cf: { ...cf, request } }] }
    },
    got(result) {
      const given = result as {
        readonly status: string
        readonly headers: Record<string, readonly { readonly key: string; readonly value: string }[]>
        readonly body?: string
        readonly bodyEncoding?: string
      }
      if (typeof given.status !== 'string') throw new Error('502: the status is no text')
      const headers: Map = {}
      for (const [key, all] of Object.entries(given.headers)) {
        if (key !== key.toLowerCase() || /^(?:content-length|connection|transfer-encoding|via|x-edge-.*|x-cache)$/.test(key))
          throw new Error(`502: ${key}`)
        headers[key] = all.map(({ value }) => value).join(', ')
      }
      const body = Buffer.from(given.body ?? '', given.bodyEncoding === 'base64' ? 'base64' : 'utf8')
      return { status: Number(given.status), headers, body }
    },
  }
}

type Proxied = {
  readonly statusCode: number
  readonly headers?: Map
  readonly body?: string
  readonly isBase64Encoded?: boolean
}

function gotVersion2(result: unknown): Got {
  const { cookies = [], ...rest } = result as Proxied & { readonly cookies?: readonly string[] }
  return gotProxied(rest, cookies.length > 0 ? [['set-cookie', cookies.join(', ')]] : [])
}

function gotProxied(result: Proxied, more: readonly (readonly [string, string])[] = []): Got {
  const { statusCode, headers = {}, body, isBase64Encoded } = result
  if (!Number.isInteger(statusCode)) throw new Error('502: the status is no whole number')
  if (Object.values(headers).some((value) => typeof value !== 'string')) throw new Error('502: a header is no text')
  if (typeof body !== 'string' || typeof isBase64Encoded !== 'boolean') throw new Error('502: no body')
  return {
    status: statusCode,
    headers: { ...headers, ...Object.fromEntries(more) },
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  }
}

function halves(target: string): [path: string, query: string] {
  const [path = '', ...query] = target.split('?')
  return [path, query.join('?')]
}

function grouped(pairs: readonly (readonly [string, string])[]): Lists {
  const lists: Lists = {}
  for (const [name, value] of pairs) {
    lists[name] ??= []
    lists[name].push(value)
  }
  return lists
}

function lasts(lists: Lists): Map {
  return Object.fromEntries(Object.entries(lists).map(([name, all]) => [name, all.at(-1) ?? '']))
}

function joined(headers: readonly (readonly [string, string])[]): Map {
  const all: Map = {}
  for (const [given, value] of headers) {
    const name = given.toLowerCase()
    all[name] = all[name] === undefined ? value : `${all[name]}, ${value}`
  }
  return all
}
