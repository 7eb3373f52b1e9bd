import { STATUS_CODES } from 'node:http'
import { withBodyOf } from './body.ts'
import { type Caller, megabyte } from './caller.ts'
import { headersOf, type ListMap, pairsOf, type ValueMap } from './maps.ts'
import { bodyText } from './reply.ts'
import { printQuery, targetOf } from './target.ts'

/** As much of an event as counts here. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html */
type AlbEvent = {
  readonly httpMethod?: string
  readonly path?: string
  readonly headers?: ValueMap
  readonly multiValueHeaders?: ListMap
  readonly queryStringParameters?: ValueMap
  readonly multiValueQueryStringParameters?: ListMap
  readonly body?: unknown
  readonly isBase64Encoded?: unknown
  readonly requestContext?: { readonly elb?: unknown }
}

/**
 * Application load balancers. Path and query come as they were sent. A target group without multi-value headers hands over the last of
 * what repeats alone; one with them ignores plain headers in the answer.
 */
export const alb: Caller = {
  name: 'load balancer',
  recognise(event) {
    const { httpMethod, path, requestContext, ...request } = event as AlbEvent
    if (requestContext?.elb === undefined || typeof httpMethod !== 'string' || typeof path !== 'string') return undefined
    const lists = request.multiValueHeaders !== undefined && request.multiValueHeaders !== null
    const headers = headersOf(pairsOf(request.multiValueHeaders, request.headers))
    // What stands further left was written by a stranger; the last entry by the balancer itself.
    const address = headers['x-forwarded-for']?.split(',').at(-1)?.trim()
    return {
      asked: {
        method: httpMethod,
        target: targetOf(path, printQuery(pairsOf(request.multiValueQueryStringParameters, request.queryStringParameters))),
        headers,
        ...(address === undefined ? {} : { address }),
        ...withBodyOf(request.body, request.isBase64Encoded === true),
      },
      limitBytes: megabyte,
      streams: false,
      result: (reply) => {
        const { status, cookies } = reply
        const [cookie] = cookies
        return {
          statusCode: status,
          statusDescription: `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd(),
          ...(lists
            ? { multiValueHeaders: inLists(reply.headers, cookies) }
            : { headers: { ...reply.headers, ...(cookie === undefined ? {} : { 'set-cookie': cookie }) } }),
          ...bodyText(reply),
        }
      },
    }
  },
}

function inLists(headers: Readonly<Record<string, string>>, cookies: readonly string[]): Record<string, readonly string[]> {
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]] as const))
  return cookies.length > 0 ? { ...lists, 'set-cookie': cookies } : lists
}
