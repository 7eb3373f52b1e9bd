import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Failure } from '../errors.ts'
import { openCarrier } from '../outbound/carrier.ts'
import { type Answer, joined } from '../outbound/exchange.ts'
import { within } from '../outbound/within.ts'
import { clip } from '../schema/field.ts'
import { type FindCredentials, findCredentials, keyring } from './credentials.ts'
import { placeInEnvironment } from './environment.ts'
import { readEndpoint } from './fields.ts'
import { encodeKey, escapeXml, keyProblem, objectUrl, type Place } from './names.ts'
import { reasonOf, refused } from './refusals.ts'
import type { Listing, ObjectHead, PutHead, S3, S3Object, Unchanged } from './s3.ts'
import { type Ask, openSend } from './send.ts'

export type S3Options = {
  /** From the environment (`AWS_REGION`) unless given, else `us-east-1`. */
  readonly region?: string | undefined
  /** URL of another service than Amazon's; from the environment (`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`) unless given. */
  readonly endpoint?: string | undefined
  /** The bucket in the path instead of the host. */
  readonly pathStyle?: boolean | undefined
  /** Both, or neither: then they are found as Amazon's tools find them. */
  readonly accessKeyId?: string | undefined
  readonly secretAccessKey?: string | undefined
  readonly sessionToken?: string | undefined
  /** Sign nothing: for buckets that are open to all. */
  readonly anonymous?: boolean | undefined
  /** Longest time of a call, tries and pauses included. */
  readonly timeoutSeconds?: number | undefined
  readonly connectSeconds?: number | undefined
  /** Times that what may pass is tried again. */
  readonly retries?: number | undefined
  /** Stands in for the search in a test. */
  readonly find?: FindCredentials | undefined
}

/** Most bytes of a page of a listing: 1000 keys of 1024 bytes, each of which may take three, and what is told of them. */
const listingBytes = 8 * 2 ** 20

/** Most bytes of any other answer that is no object. */
const answerBytes = 2 ** 20

/** Most keys that S3 takes or gives at once. */
const pageKeys = 1000

/**
 * A client of one S3-compatible service. Touches nothing yet: sockets, credentials and what they need are loaded by the first call.
 * Its endpoint is the operator's own, said in settings and never in a URL, so it may lie at a private address; redirects are not followed.
 * @throws `setting-invalid` for options that contradict each other, or an endpoint in the environment that is no URL.
 */
export function openS3(options: S3Options = {}): S3 {
  const { accessKeyId, secretAccessKey, sessionToken, anonymous = false, timeoutSeconds = 10, connectSeconds = 3, retries = 2 } = options
  const problem = halfKey(options)
  if (problem !== undefined) throw problem
  const around = placeInEnvironment()
  const place: Place = {
    region: options.region ?? around.region ?? 'us-east-1',
    endpoint: options.endpoint ?? endpointOf(around.endpoint),
    pathStyle: options.pathStyle,
  }
  const own =
    accessKeyId === undefined || secretAccessKey === undefined ? undefined : async () => ({ accessKeyId, secretAccessKey, sessionToken })
  const carrier = openCarrier({ connectSeconds, idleSeconds: 15 })
  const send = openSend({
    ...{ region: place.region, timeoutSeconds, retries },
    keyring: anonymous ? undefined : keyring(own ?? options.find ?? findCredentials),
    carrier,
  })
  const late = (): Failure => new Failure('source-timeout', `S3 did not answer within ${timeoutSeconds} s.`)
  const call = (ask: Ask, signal: AbortSignal): Promise<Answer | Failure> =>
    within(timeoutSeconds, late(), signal, (whole) => send(ask, whole))

  /** What asks for one object has in common. */
  const object = (bucket: string, key: string): Pick<Ask, 'bucket' | 'key' | 'url' | 'maxBytes'> | Failure =>
    keyProblem(key) ?? { bucket, key, url: objectUrl(place, bucket, key), maxBytes: answerBytes }

  return {
    async get(bucket, key, { known, range, maxBytes, room }, signal): Promise<S3Object | Unchanged | Failure> {
      const about = object(bucket, key)
      if (about instanceof Failure) return about
      const headers = {
        ...(known?.etag === undefined ? {} : { 'if-none-match': known.etag }),
        ...(known?.lastModified === undefined ? {} : { 'if-modified-since': known.lastModified }),
        ...(range === undefined ? {} : { range: `bytes=${range[0]}-${range[1]}` }),
      }
      const takes = known === undefined ? [] : [304]
      const answer = await call({ ...about, method: 'GET', headers, maxBytes, ranged: range !== undefined, takes, room }, signal)
      if (answer instanceof Failure) return answer
      const head = headOf(answer.headers)
      if (answer.status !== 304) return { kind: 'object', ...head, bytes: answer.body }
      const { etag = known?.etag, lastModified = known?.lastModified, cacheControl } = head
      return {
        kind: 'unchanged',
        ...(etag === undefined ? {} : { etag }),
        ...(lastModified === undefined ? {} : { lastModified }),
        ...(cacheControl === undefined ? {} : { cacheControl }),
      }
    },

    async head(bucket, key, signal): Promise<ObjectHead | Failure> {
      const about = object(bucket, key)
      if (about instanceof Failure) return about
      const answer = await call({ ...about, method: 'HEAD' }, signal)
      if (answer instanceof Failure) return answer
      return { kind: 'head', ...headOf(answer.headers), bytes: Number(answer.headers['content-length'] ?? 0) }
    },

    async put(bucket, key, { body, onlyNew = false, ...head }, signal) {
      const about = object(bucket, key)
      if (about instanceof Failure) return about
      const headers = { ...headersOf(head), ...(onlyNew ? { 'if-none-match': '*' } : {}) }
      // 409: another one of the same condition is just being written.
      const answer = await call({ ...about, method: 'PUT', headers, body, takes: onlyNew ? [409, 412] : [] }, signal)
      if (answer instanceof Failure) return answer
      return answer.status === 200 ? { etag: joined(answer.headers.etag) ?? '' } : 'exists'
    },

    async putMetadata(bucket, key, { onlyIf, ...head }, signal) {
      const about = object(bucket, key)
      if (about instanceof Failure) return about
      const headers = {
        ...headersOf(head),
        'x-amz-copy-source': `/${bucket}/${encodeKey(key)}`,
        'x-amz-metadata-directive': 'REPLACE',
        ...(onlyIf === undefined ? {} : { 'x-amz-copy-source-if-match': onlyIf }),
      }
      // A copy is answered with 200 before it is made, so that what goes wrong then stands in the body.
      const hidden: Ask['hidden'] = async ({ body }) => {
        const reason = await reasonOf(body)
        return reason.code === '' ? undefined : refused(about, 500, reason)
      }
      const answer = await call({ ...about, method: 'PUT', headers, hidden, takes: onlyIf === undefined ? [] : [412] }, signal)
      if (answer instanceof Failure) return answer
      return answer.status === 412 ? 'changed' : undefined
    },

    async delete(bucket, key, signal) {
      const about = object(bucket, key)
      if (about instanceof Failure) return about
      const answer = await call({ ...about, method: 'DELETE', takes: [404] }, signal)
      return answer instanceof Failure ? answer : undefined
    },

    async deleteMany(bucket, keys, signal) {
      if (keys.length === 0) return undefined // S3 calls an empty list malformed
      for (const key of keys) {
        const wrong = keyProblem(key)
        if (wrong !== undefined) return wrong
      }
      const objects = keys.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`).join('')
      const body = Buffer.from(`<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${objects}</Delete>`)
      const url = objectUrl(place, bucket, '')
      url.search = '?delete='
      const headers = { 'content-type': 'application/xml', 'content-md5': createHash('md5').update(body).digest('base64') }
      const hidden: Ask['hidden'] = async (answer) => (await import('./listing.ts')).readDeleted(bucket, answer.body)
      const answer = await call({ bucket, url, method: 'POST', headers, body, maxBytes: listingBytes, hidden }, signal)
      return answer instanceof Failure ? answer : undefined
    },

    async list(bucket, { prefix, after, max = pageKeys }, signal): Promise<Listing | Failure> {
      const url = objectUrl(place, bucket, '')
      const query = { 'list-type': '2', 'encoding-type': 'url', 'max-keys': String(max), prefix, 'continuation-token': after }
      url.search = Object.entries(query)
        .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeKey(value).replaceAll('/', '%2F')}`]))
        .join('&')
      const answer = await call({ bucket, url, method: 'GET', maxBytes: listingBytes }, signal)
      return answer instanceof Failure ? answer : (await import('./listing.ts')).readListing(bucket, answer.body)
    },

    async close() {
      await carrier.close()
    },
  }
}

/** Why the options contradict each other. */
export function halfKey({ accessKeyId, secretAccessKey, anonymous }: S3Options): Failure | undefined {
  const parameter = accessKeyId === undefined ? 'accessKeyId' : 'secretAccessKey'
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    return new Failure('setting-invalid', `${parameter}: expected beside its other half, got nothing.`, { parameter })
  if (anonymous === true && accessKeyId !== undefined)
    return new Failure('setting-invalid', 'anonymous: expected no credentials beside it.', { parameter: 'anonymous' })
  return undefined
}

/** The endpoint that the environment names. @throws `setting-invalid` */
function endpointOf(text: string | undefined): string | undefined {
  const endpoint = text === undefined ? undefined : readEndpoint(text)
  if (text === undefined || endpoint !== undefined) return endpoint
  const parameter = 'AWS_ENDPOINT_URL'
  throw new Failure('setting-invalid', `${parameter}: expected an http or https URL, got "${clip(text)}".`, { parameter })
}

/** What an answer tells of an object. */
function headOf(headers: IncomingHttpHeaders): Omit<ObjectHead, 'kind' | 'bytes'> {
  const metadata = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith('x-amz-meta-') ? [[name.slice('x-amz-meta-'.length), joined(value) ?? '']] : [],
  )
  const { etag, 'last-modified': lastModified, 'content-type': type, 'cache-control': control } = headers
  const cacheControl = joined(control)
  return {
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
    ...(type === undefined ? {} : { type }),
    ...(cacheControl === undefined ? {} : { cacheControl }),
    metadata: Object.fromEntries(metadata),
  }
}

function headersOf({ type, cacheControl, contentDisposition, metadata = {} }: PutHead): Readonly<Record<string, string>> {
  return {
    ...(type === undefined ? {} : { 'content-type': type }),
    ...(cacheControl === undefined ? {} : { 'cache-control': cacheControl }),
    ...(contentDisposition === undefined ? {} : { 'content-disposition': contentDisposition }),
    ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
  }
}
