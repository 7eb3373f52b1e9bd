import { withBodyOf } from './body.ts'
import { type Caller, type Event, type Exchange, payloadBytes } from './caller.ts'
import { headersOf, pairsOf, type ValueMap } from './maps.ts'
import { bodyText } from './reply.ts'
import { encodePath, targetOf, withoutPrefix } from './target.ts'

/** As much of an event as counts here. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
type HttpEvent = {
  readonly version?: string
  readonly rawPath?: string
  readonly rawQueryString?: string | null
  readonly cookies?: readonly string[] | null
  readonly headers?: ValueMap
  readonly body?: unknown
  readonly isBase64Encoded?: unknown
  readonly requestContext?: {
    readonly domainName?: string
    readonly stage?: string
    readonly http?: { readonly method?: string; readonly sourceIp?: string }
  }
}

/** Function URLs: the path and the query come as they were sent. */
export const functionUrl: Caller = {
  name: 'Function URL',
  recognise: (event) => (isFunctionUrl(event) ? exchange(event, (path) => path, true) : undefined),
}

/**
 * HTTP APIs with payload 2.0. Their path comes decoded, with the name of the stage before it: that is taken away, and what must be
 * encoded is encoded anew. What a key had of `%2F` is a slash then, and all behind a `%3F` is lost on the way: a REST API or a Function
 * URL keeps both.
 */
export const httpApi: Caller = {
  name: 'HTTP API',
  recognise: (event) => {
    const stage = (event as HttpEvent).requestContext?.stage ?? '$default'
    return exchange(event, (path) => encodePath(stage === '$default' ? path : withoutPrefix(path, `/${stage}`)), false)
  },
}

function isFunctionUrl(event: Event): boolean {
  const domain = (event as HttpEvent).requestContext?.domainName
  return typeof domain === 'string' && domain.includes('.lambda-url.')
}

function exchange(event: Event, pathOf: (raw: string) => string, streams: boolean): Exchange | undefined {
  const { version, rawPath, rawQueryString, cookies, headers, body, isBase64Encoded, requestContext } = event as HttpEvent
  const method = requestContext?.http?.method
  if (version !== '2.0' || typeof method !== 'string' || typeof rawPath !== 'string') return undefined
  const address = requestContext?.http?.sourceIp
  const sent = pairsOf(undefined, headers)
  const all = Array.isArray(cookies) ? [...sent, ...cookies.map((cookie) => ['cookie', String(cookie)] as const)] : sent
  return {
    asked: {
      method,
      target: targetOf(pathOf(rawPath), rawQueryString ?? ''),
      headers: headersOf(all),
      ...(typeof address === 'string' ? { address } : {}),
      ...withBodyOf(body, isBase64Encoded === true),
    },
    limitBytes: payloadBytes,
    streams,
    result: (reply) => ({
      statusCode: reply.status,
      headers: reply.headers,
      ...(reply.cookies.length > 0 ? { cookies: reply.cookies } : {}),
      ...bodyText(reply),
    }),
  }
}
