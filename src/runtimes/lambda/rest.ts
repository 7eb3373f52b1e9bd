import { withBodyOf } from './body.ts'
import { type Caller, payloadBytes } from './caller.ts'
import { headersOf, type ListMap, pairsOf, type ValueMap } from './maps.ts'
import { bodyText } from './reply.ts'
import { encodePart, encodePath, printQuery, targetOf, withoutPrefix } from './target.ts'

/** As much of an event as counts here. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
type RestEvent = {
  /** `1.0` from an HTTP API that was told to speak as a REST API; absent from a REST API. */
  readonly version?: string
  readonly httpMethod?: string
  readonly path?: string
  readonly resource?: string | null
  readonly pathParameters?: ValueMap
  readonly headers?: ValueMap
  readonly multiValueHeaders?: ListMap
  readonly queryStringParameters?: ValueMap
  readonly multiValueQueryStringParameters?: ListMap
  readonly body?: unknown
  readonly isBase64Encoded?: unknown
  readonly requestContext?: {
    readonly stage?: string
    readonly domainName?: string
    readonly identity?: { readonly sourceIp?: string | null } | null
  }
}

/**
 * REST APIs of API Gateway, and HTTP APIs with payload 1.0. Queries come decoded, from both; paths come decoded from HTTP APIs alone.
 * A stage stands in the path of an HTTP API only. Where a domain of one's own maps a base path to the API, that stands before the path,
 * and is taken away: where the API is mounted is the gateway's affair, as the name of a stage is, and `server.prefix` begins behind it.
 */
export const restApi: Caller = {
  name: 'REST API',
  recognise(event) {
    const { version, httpMethod, path, requestContext, ...request } = event as RestEvent
    if (typeof httpMethod !== 'string' || typeof path !== 'string' || typeof requestContext !== 'object' || requestContext === null) return
    const decoded = version !== undefined
    const own = decoded
      ? encodePath(withoutPrefix(path, `/${requestContext.stage ?? ''}`))
      : path.slice(basePath(path, requestContext.domainName, request).length)
    const query = printQuery(pairsOf(request.multiValueQueryStringParameters, request.queryStringParameters), encodePart)
    const address = requestContext.identity?.sourceIp
    return {
      asked: {
        method: httpMethod,
        target: targetOf(own === '' ? '/' : own, query),
        headers: headersOf(pairsOf(request.multiValueHeaders, request.headers)),
        ...(typeof address === 'string' ? { address } : {}),
        ...withBodyOf(request.body, request.isBase64Encoded === true),
      },
      limitBytes: payloadBytes,
      streams: !decoded,
      result: (reply) => ({
        statusCode: reply.status,
        headers: reply.headers,
        ...(reply.cookies.length > 0 ? { multiValueHeaders: { 'set-cookie': reply.cookies } } : {}),
        ...bodyText(reply),
      }),
    }
  },
}

/**
 * What a domain of one's own puts before the path of the API. No field names it: it is what stands before the path that the resource, its
 * parameters filled in, asks for; empty where the two do not meet, and at the gateway's own domain, which has no such mapping.
 */
function basePath(path: string, domain: string | undefined, { resource, pathParameters }: RestEvent): string {
  if (domain === undefined || domain.includes('.execute-api.') || typeof resource !== 'string' || !resource.startsWith('/')) return ''
  if (resource === '/') return path.replace(/\/$/, '')
  const filled = resource.replace(/\{([^}+]+)\+?\}/g, (_whole, name: string) => pathParameters?.[name] ?? '')
  // Parameters may come decoded where the path is not, so the ends of the path are looked at one by one.
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    const end = path.slice(at)
    if (end === filled || decode(end) === filled) return path.slice(0, at)
  }
  return ''
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
