import { STATUS_CODES } from 'node:http'
import { withBodyOf } from './body.ts'
import { type Caller, megabyte } from './caller.ts'
import { headersOf } from './maps.ts'
import { bodyText, type Reply } from './reply.ts'
import { targetOf } from './target.ts'

/** As much of an event as counts here. @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html */
type EdgeEvent = {
  readonly Records?: readonly {
    readonly cf?: {
      readonly config?: { readonly eventType?: string }
      readonly request?: {
        readonly clientIp?: string
        readonly method?: string
        readonly uri?: string
        readonly querystring?: string
        readonly headers?: Readonly<Record<string, readonly { readonly value: string }[]>> | null
        /** There where the distribution includes it; cut off beyond a megabyte. */
        readonly body?: { readonly data?: unknown; readonly encoding?: unknown; readonly inputTruncated?: unknown } | null
      }
    }
  }[]
}

/** Most that CloudFront takes from a function at each of the two places where a request can be answered. */
const limits: Readonly<Record<string, number>> = { 'origin-request': megabyte, 'viewer-request': 40_000 }

/**
 * What an answer made at the edge must not have: CloudFront refuses it whole for one of these. Lengths it counts itself.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
 */
const refused =
  /^(?:content-length|expect|keep-alive|proxy-.*|trailer|transfer-encoding|upgrade|via|warning|x-accel-.*|x-amz-cf-.*|x-amzn-.*|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/

/** Lambda@Edge in the place of an origin, or before the cache. Every request is answered here; none goes on. */
export const edge: Caller = {
  name: 'Lambda@Edge',
  recognise(event) {
    const [record] = (event as EdgeEvent).Records ?? []
    const { config, request } = record?.cf ?? {}
    const limitBytes = limits[config?.eventType ?? '']
    if (limitBytes === undefined || typeof request?.uri !== 'string' || typeof request.method !== 'string') return undefined
    const pairs = Object.entries(request.headers ?? {}).flatMap(([name, all]) => all.map(({ value }) => [name, value] as const))
    return {
      asked: {
        method: request.method,
        target: targetOf(request.uri, request.querystring ?? ''),
        headers: headersOf(pairs),
        ...(request.clientIp === undefined ? {} : { address: request.clientIp }),
        ...edgeAsk(request.body),
      },
      limitBytes,
      streams: false,
      result: (reply) => ({
        status: String(reply.status),
        statusDescription: STATUS_CODES[reply.status] ?? '',
        headers: edgeHeaders(reply),
        ...edgeBody(reply),
      }),
    }
  },
}

/** A body that was cut off is none: half a picture would pass for one. */
function edgeAsk(given: { readonly data?: unknown; readonly encoding?: unknown; readonly inputTruncated?: unknown } | null | undefined) {
  return given == null || given.inputTruncated === true ? {} : withBodyOf(given.data, given.encoding === 'base64')
}

function edgeHeaders({ headers, cookies }: Reply): Record<string, readonly { key: string; value: string }[]> {
  const kept = Object.entries(headers).filter(([name]) => !refused.test(name))
  const lists = Object.fromEntries(kept.map(([name, value]) => [name, [{ key: name, value }]] as const))
  return cookies.length > 0 ? { ...lists, 'set-cookie': cookies.map((value) => ({ key: 'set-cookie', value })) } : lists
}

function edgeBody(reply: Reply): { readonly body: string; readonly bodyEncoding: string } | undefined {
  if (reply.body === undefined) return undefined
  const { body, isBase64Encoded } = bodyText(reply)
  return { body, bodyEncoding: isBase64Encoded ? 'base64' : 'text' }
}
