import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { answerTo, type Reply } from './fake-s3/operations.ts'
import { type Account, denialOf, queryOf, type RawRequest } from './fake-s3/sigv4.ts'

/** An object as the fake keeps it; a test may change it, or put one here itself under `bucket/key`. */
export type FakeObject = {
  readonly body: Buffer
  /** Those that S3 keeps, in lower case: `content-type`, `cache-control`, … */
  readonly headers: Readonly<Record<string, string>>
  /** Without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>
  /** `"md5"`, with its quotes. */
  readonly etag: string
  readonly lastModified: Date
}

/** What goes wrong with the next request: an error of S3, or a connection that ends before or within the answer. */
export type Fault =
  | { readonly status: number; readonly code?: string; readonly region?: string; readonly headers?: Readonly<Record<string, string>> }
  | 'cut'
  | 'cut-in-body'

export type FakeS3Options = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Must come with every request, when given. */
  readonly sessionToken?: string
  /** `us-east-1` unless given. */
  readonly region?: string
  /** `bucket` unless given. */
  readonly buckets?: readonly string[]
  /** Buckets in which anybody may read. */
  readonly publicBuckets?: readonly string[]
  /** As for who may not list: a missing object is 403. */
  readonly missingIs403?: boolean
  /** As Ceph, which does not look at the conditions of a copy. */
  readonly copiesAlways?: boolean
}

export type FakeS3 = {
  /** `http://127.0.0.1:PORT`; buckets lie in the path, or in the host as `BUCKET.anything`. */
  readonly url: string
  readonly port: number
  /** `bucket/key` to object. */
  readonly objects: Map<string, FakeObject>
  /** Puts an object there as a PUT would, without one; headers as S3 keeps them: `content-type`, `cache-control`. */
  keep(name: string, body: Buffer, headers?: Readonly<Record<string, string>>): void
  /** Every request that came, with what it got; a denied one too. */
  readonly requests: {
    readonly method: string
    readonly url: string
    readonly headers: IncomingMessage['headers']
    readonly status: number
  }[]
  /** Whoever is let in; may be changed, as when keys are rotated. */
  account: Account
  /** Each is used up by one request, the first first; before its signature is looked at. */
  readonly faults: Fault[]
  /** Every answer waits so long. */
  slowMs: number
  /** How far the clock of the fake is ahead. */
  skewMs: number
  close(): Promise<void>
}

/** An S3 service on loopback that checks every signature itself, and answers as S3 does. */
export async function openFakeS3(options: FakeS3Options): Promise<FakeS3> {
  const { accessKeyId, secretAccessKey, sessionToken, region = 'us-east-1', buckets = ['bucket'], publicBuckets = [] } = options
  const all = new Set([...buckets, ...publicBuckets])
  const objects: FakeS3['objects'] = new Map()
  const requests: FakeS3['requests'] = []
  const server = createServer((message, response) => void serve(message, response).catch(() => response.destroy()))
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk as Buffer)
    const [path = '', ...rest] = (message.url ?? '').split('?')
    const raw = { method: message.method ?? '', path, query: rest.join('?'), headers: message.headers, body: Buffer.concat(chunks) }
    const record = (status: number) => requests.push({ method: raw.method, url: message.url ?? '', headers: message.headers, status })
    const fault = fake.faults.shift()
    if (fake.slowMs > 0) await wait(fake.slowMs)
    if (fault === 'cut') {
      record(0)
      response.socket?.destroy()
      return
    }
    const reply = typeof fault === 'object' ? failed(fault) : replyTo(raw)
    record(reply.status)
    write(response, raw.method, reply, fault === 'cut-in-body')
  }

  function replyTo(raw: RawRequest): Reply {
    const now = Date.now() + fake.skewMs
    const { bucket, key } = namesOf(raw)
    const denied = denialOf(raw, fake.account, now)
    if (denied === 'anonymous') {
      if (!publicBuckets.includes(bucket) || !['GET', 'HEAD'].includes(raw.method)) return failed({ status: 403, code: 'AccessDenied' })
    } else if (denied !== undefined) return failed(denied)
    if (bucket !== '' && !all.has(bucket)) return failed({ status: 404, code: 'NoSuchBucket' })
    const query = new Map(queryOf(raw.query))
    const { missingIs403 = false, copiesAlways = false } = options
    return answerTo({ ...raw, bucket, key, params: query }, objects, { now, missingIs403, copiesAlways })
  }

  /** The bucket is the first part of the host, where there is one of that name, or of the path. */
  function namesOf({ path, headers }: RawRequest): { readonly bucket: string; readonly key: string } {
    const inHost = (headers.host ?? '').split('.')[0] ?? ''
    if (all.has(inHost)) return { bucket: inHost, key: decodeURIComponent(path.slice(1)) }
    const [, bucket = '', ...key] = path.split('/')
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key.join('/')) }
  }

  function write(response: ServerResponse, method: string, { status, headers = {}, body = Buffer.alloc(0) }: Reply, cut: boolean): void {
    const date = new Date(Date.now() + fake.skewMs).toUTCString()
    response.writeHead(status, {
      ...{ date, server: 'AmazonS3', 'x-amz-request-id': 'FAKE', 'x-amz-id-2': 'FAKE' },
      ...headers,
      ...(status === 204 || status === 304 ? {} : { 'content-length': headers['content-length'] ?? body.length }),
    })
    if (cut) {
      response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy())
      return
    }
    response.end(method === 'HEAD' ? undefined : body)
  }

  const fake: FakeS3 = {
    url: `http://127.0.0.1:${port}`,
    port,
    objects,
    requests,
    keep(name, body, headers = {}) {
      const etag = `"${createHash('md5').update(body).digest('hex')}"`
      objects.set(name, { body, headers, metadata: {}, etag, lastModified: new Date() })
    },
    account: { accessKeyId, secretAccessKey, sessionToken, region },
    faults: [],
    slowMs: 0,
    skewMs: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return fake
}

function failed({ status, code = 'InternalError', region, headers = {} }: Exclude<Fault, string>): Reply {
  const where = region === undefined ? '' : `<Region>${region}</Region>`
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message>${where}<RequestId>FAKE</RequestId></Error>`
  return { status, headers: { 'content-type': 'application/xml', ...headers }, body: Buffer.from(body) }
}
