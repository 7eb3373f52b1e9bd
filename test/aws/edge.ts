import { createHash, createHmac } from 'node:crypto'
import { runInNewContext } from 'node:vm'
import { type ViewerRequestOptions, viewerRequest } from '../../infra/build-viewer-request.mjs'
import viewerResponse from '../vectors/aws-events/cloudfront-function-viewer-response.json' with { type: 'json' }

/** A request as CloudFront hands it to a function, and as the function hands it on. */
export type EdgeRequest = {
  method: string
  uri: string
  querystring: Record<string, EdgeValue>
  headers: Record<string, EdgeValue>
  cookies: Record<string, EdgeValue>
}
type EdgeValue = { value: string; multiValue?: { value: string }[] }

/** What the function answers by itself. */
export type EdgeAnswer = {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, { readonly value: string }>>
  readonly body: { readonly encoding: string; readonly data: string }
}

export type EdgeOptions = Partial<ViewerRequestOptions> & {
  /** What the KeyValueStore has under `keys`; a store without it rejects, as CloudFront's does. */
  readonly keys?: string
  /** Seconds since 1970. */
  readonly now?: () => number
}

export type Edge = (method: string, target: string, headers?: Readonly<Record<string, string>>) => Promise<EdgeRequest | EdgeAnswer>

type Handler = (event: unknown) => Promise<EdgeRequest | EdgeAnswer>

/** The function as it is shipped, asked for targets. */
export function openEdge(options: EdgeOptions = {}): Edge {
  const handler = handlerOf(options)
  return (method, target, headers = {}) => handler(eventOf(method, target, headers))
}

/** The function as it is shipped, in a world that has what CloudFront's has and no more. */
export function handlerOf({ keys, now, ...options }: EdgeOptions): Handler {
  const code = viewerRequest({ ignored: ['utm_*', 'fbclid', 'gclid', '_'], prefix: '/i', ...options })
  const get = async (name: string): Promise<string> => {
    if (name !== 'keys' || keys === undefined) throw new Error('KeyNotFound')
    return keys
  }
  const world = {
    modules: { crypto: { createHash, createHmac }, cloudfront: { kvs: () => ({ get }) } },
    Buffer,
    ...(now === undefined ? {} : { Date: { now: () => now() * 1000 } }),
  }
  const script = code.replace(/^import (\w+) from '(\w+)'$/gm, 'const $1 = modules.$2')
  return runInNewContext(`'use strict';${script};handler`, world) as Handler
}

/** The complete event of a viewer's request; names and values of the query stay encoded, as they do at CloudFront. */
export function eventOf(method: string, target: string, headers: Readonly<Record<string, string>>): { request: EdgeRequest } {
  const { response: _response, ...event } = structuredClone(viewerResponse)
  const [uri = '', ...query] = target.split('?')
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }]))
  const { accept: _accept, ...others } = event.request.headers
  return {
    ...event,
    context: { ...event.context, eventType: 'viewer-request' },
    request: { ...event.request, method, uri, querystring: queryOf(query.join('?')), headers: { ...others, ...given } },
  } as { request: EdgeRequest }
}

function queryOf(query: string): Record<string, EdgeValue> {
  const values: Record<string, EdgeValue> = {}
  for (const pair of query.split('&').filter((each) => each !== '')) {
    const sign = pair.indexOf('=')
    const [name, value] = sign < 0 ? [pair, ''] : [pair.slice(0, sign), pair.slice(sign + 1)]
    const before = Object.hasOwn(values, name) ? values[name] : undefined
    if (before === undefined) values[name] = { value }
    else before.multiValue = [...(before.multiValue ?? [{ value: before.value }]), { value }]
  }
  return values
}

export function isAnswer(made: EdgeRequest | EdgeAnswer): made is EdgeAnswer {
  return 'statusCode' in made
}
