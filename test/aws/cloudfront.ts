import { AwsClient } from 'aws4fetch'
import type { Lambda } from '../../src/runtimes/lambda/lambda.ts'
import type { Got } from '../contracts/runtime.ts'
import { urlCaller } from '../runtimes/lambda-callers.ts'
import { FakeStream } from '../runtimes/lambda-stream.ts'
import { type Edge, isAnswer } from './edge.ts'

/** CloudFront without its cache, so that every viewer is the first at his edge: its function, then the bucket, then the Lambda function. */
export type CloudFront = {
  /** @returns What a viewer gets, and who gave it. */
  get(
    target: string,
    headers?: Readonly<Record<string, string>>,
    method?: string,
  ): Promise<Got & { readonly by: 'edge' | 'bucket' | 'lambda' }>
}

export type Origins = {
  /** `http://127.0.0.1:PORT/BUCKET`, and who may read there. */
  readonly bucket: string
  readonly account: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly lambda: Lambda
}

/** Answers of the bucket for which the function is asked. */
const misses = [403, 404, 500, 502, 503, 504]
/** What an origin group fails over for. */
const repeatable = ['GET', 'HEAD', 'OPTIONS']
/** What goes on to the origins beside the target: CloudFront's own, and what makes a request conditional. */
const forwarded = ['x-tintype-target', 'if-none-match', 'if-modified-since']

export function openCloudFront(edge: Edge, { bucket, account, lambda }: Origins): CloudFront {
  const signer = new AwsClient({ ...account, service: 's3', region: 'us-east-1' })
  const caller = urlCaller('function-url-get-browser')

  async function fromBucket(method: string, path: string, headers: Record<string, string>): Promise<Got> {
    const { 'x-tintype-target': _target, ...rest } = headers
    const answer = await fetch(await signer.sign(bucket + path, { method, headers: rest }))
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: Buffer.from(await answer.arrayBuffer()) }
  }

  async function fromLambda(method: string, path: string, headers: Record<string, string>): Promise<Got> {
    const stream = new FakeStream()
    const given = [...Object.entries(headers), ['user-agent', 'Amazon CloudFront'] as const]
    await lambda.streaming(caller.ask({ method, target: path, headers: given }), stream, { getRemainingTimeInMillis: () => 30_000 })
    return stream.got
  }

  return {
    async get(target, viewer = {}, method = 'GET') {
      const made = await edge(method, target, viewer)
      if (isAnswer(made)) {
        const headers = Object.fromEntries(Object.entries(made.headers).map(([name, { value }]) => [name, value]))
        return { status: made.statusCode, headers, body: Buffer.from(made.body.data), by: 'edge' }
      }
      const headers = Object.fromEntries(
        Object.entries(made.headers).flatMap(([name, { value }]) => (forwarded.includes(name) ? [[name, value]] : [])),
      )
      const kept = await fromBucket(made.method, made.uri, headers)
      if (!misses.includes(kept.status) || !repeatable.includes(made.method)) return { ...kept, by: 'bucket' }
      return { ...(await fromLambda(made.method, made.uri, headers)), by: 'lambda' }
    },
  }
}
