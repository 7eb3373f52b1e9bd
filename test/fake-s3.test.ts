import { createHash } from 'node:crypto'
import { AwsV4Signer } from 'aws4fetch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { denialOf } from './fake-s3/sigv4.ts'
import { type FakeS3, openFakeS3 } from './fake-s3.ts'

const account = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const place = { ...account, region: 'us-east-1', service: 's3' }
let fake: FakeS3

beforeAll(async () => {
  fake = await openFakeS3({ ...account, sessionToken: 'token' })
  fake.keep('bucket/a b', Buffer.from('body'))
})
afterAll(() => fake.close())

type Change = {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** What is signed with. */
  readonly with?: Readonly<Record<string, string | boolean>>
  /** After signing. */
  readonly after?: (headers: Headers, url: URL) => void
  readonly send?: { readonly method?: string; readonly body?: string }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Signs, lets the change be made, sends; status and code of the answer. */
async function send({
  method = 'GET',
  path = '/bucket/a%20b',
  headers = {},
  body,
  after,
  send: sent = {},
  ...change
}: Change): Promise<string> {
  const signed = await new AwsV4Signer({
    ...{ ...place, sessionToken: 'token', method, url: `${fake.url}${path}`, allHeaders: true },
    headers: change.with?.signQuery === true ? headers : { 'x-amz-content-sha256': sha256(body ?? ''), ...headers },
    ...change.with,
  }).sign()
  after?.(signed.headers, signed.url)
  const payload = sent.body ?? body
  const answer = await fetch(signed.url, {
    method: sent.method ?? method,
    headers: signed.headers,
    ...(payload === undefined ? {} : { body: Buffer.from(payload) }),
  })
  return `${answer.status} ${/<Code>(\w+)/.exec(await answer.text())?.[1] ?? ''}`.trim()
}

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString().replace(/[:-]|\.\d{3}/g, '')
const minutes = 60_000

describe('the fake lets in', () => {
  it.each<[string, Change]>([
    ['a signed request', {}],
    ['one of 14 minutes ago', { with: { datetime: ago(14 * minutes) } }],
    ['a listing', { path: '/bucket?list-type=2&prefix=a%20b&encoding-type=url' }],
    ['a presigned URL', { with: { signQuery: true, allHeaders: false } }],
    [
      'a presigned URL of yesterday',
      { path: '/bucket/a%20b?X-Amz-Expires=604800', with: { signQuery: true, allHeaders: false, datetime: ago(1440 * minutes) } },
    ],
    ['a body', { method: 'PUT', path: '/bucket/new', headers: { 'content-type': 'text/plain' }, body: 'text' }],
    ['a header that is not signed, and need not be', { after: (headers) => headers.set('accept-language', 'de') }],
  ])('%s', async (_, change) => expect(await send(change)).toBe('200'))

  it("the example of Amazon's documentation", () => {
    const headers = {
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, ' +
        'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, ' +
        'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
      host: 'examplebucket.s3.amazonaws.com',
      range: 'bytes=0-9',
      'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'x-amz-date': '20130524T000000Z',
    }
    const who = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', region: 'us-east-1' }
    const request = { method: 'GET', path: '/test.txt', query: '', headers, body: Buffer.alloc(0) }
    const then = Date.UTC(2013, 4, 24)
    expect(denialOf(request, who, then)).toBeUndefined()
    expect(denialOf({ ...request, path: '/test2.txt' }, who, then)).toMatchObject({ code: 'SignatureDoesNotMatch' })
  })

  it('the presigned example too', () => {
    const query =
      'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404'
    const who = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', region: 'us-east-1' }
    const headers = { host: 'examplebucket.s3.amazonaws.com' }
    const request = { method: 'GET', path: '/test.txt', query, headers, body: Buffer.alloc(0) }
    const then = Date.UTC(2013, 4, 24)
    expect(denialOf(request, who, then)).toBeUndefined()
    expect(denialOf(request, who, then + 86_401_000)).toMatchObject({ code: 'AccessDenied' })
    expect(denialOf({ ...request, method: 'HEAD' }, who, then)).toMatchObject({ code: 'SignatureDoesNotMatch' })
  })
})

describe('the fake refuses', () => {
  it.each<[string, Change, string]>([
    ['a wrong secret', { with: { secretAccessKey: 'other' } }, '403 SignatureDoesNotMatch'],
    ['an unknown key', { with: { accessKeyId: 'OTHER' } }, '403 InvalidAccessKeyId'],
    ['another region', { with: { region: 'eu-west-1' } }, '400 AuthorizationHeaderMalformed'],
    ['another service', { with: { service: 'sqs' } }, '400 AuthorizationHeaderMalformed'],
    ['no session token', { after: (headers) => headers.delete('x-amz-security-token') }, '400 InvalidToken'],
    ['another session token', { with: { sessionToken: 'other' } }, '400 InvalidToken'],
    ['nothing signed', { after: (headers) => headers.delete('authorization') }, '403 AccessDenied'],
    ['another scheme', { after: (headers) => headers.set('authorization', 'Bearer x') }, '400 AuthorizationHeaderMalformed'],
    ['a request of 16 minutes ago, sent again', { with: { datetime: ago(16 * minutes) } }, '403 RequestTimeTooSkewed'],
    ['one of the future', { with: { datetime: ago(-16 * minutes) } }, '403 RequestTimeTooSkewed'],
    ['another date than was signed', { after: (headers) => headers.set('x-amz-date', ago(minutes)) }, '403 SignatureDoesNotMatch'],
    ['another path', { after: (_, url) => (url.pathname = '/bucket/other') }, '403 SignatureDoesNotMatch'],
    [
      'another query',
      { path: '/bucket?list-type=2', after: (_, url) => (url.search = '?list-type=2&prefix=x') },
      '403 SignatureDoesNotMatch',
    ],
    ['another method', { send: { method: 'DELETE' } }, '403 SignatureDoesNotMatch'],
    [
      'a tampered header',
      { headers: { range: 'bytes=0-1' }, after: (headers) => headers.set('range', 'bytes=0-2') },
      '403 SignatureDoesNotMatch',
    ],
    ['a header of its own that is not signed', { after: (headers) => headers.set('x-amz-acl', 'public-read') }, '403 AccessDenied'],
    [
      'a type that is not signed',
      { method: 'PUT', body: 'x', after: (headers) => headers.set('content-type', 'text/html') },
      '403 AccessDenied',
    ],
    ['another body', { method: 'PUT', body: 'text', send: { body: 'tex!' } }, '400 XAmzContentSHA256Mismatch'],
    ['a hash that is not of the body', { headers: { 'x-amz-content-sha256': sha256('y') } }, '400 XAmzContentSHA256Mismatch'],
    [
      'a presigned URL that has ended',
      { path: '/bucket/a%20b?X-Amz-Expires=60', with: { signQuery: true, allHeaders: false, datetime: ago(2 * minutes) } },
      '403 AccessDenied',
    ],
    [
      'a presigned URL that never ends',
      { path: '/bucket/a%20b?X-Amz-Expires=604801', with: { signQuery: true, allHeaders: false } },
      '400 AuthorizationQueryParametersError',
    ],
    [
      'a presigned URL with more in it',
      { with: { signQuery: true, allHeaders: false }, after: (_, url) => url.searchParams.set('x', '1') },
      '403 SignatureDoesNotMatch',
    ],
    ['a bucket that is not there', { path: '/other/a' }, '404 NoSuchBucket'],
    ['metadata beyond 2 kB', { method: 'PUT', body: 'x', headers: { 'x-amz-meta-a': 'x'.repeat(2048) } }, '400 MetadataTooLarge'],
    ['a body that is not of its Content-MD5', { method: 'PUT', body: 'x', headers: { 'content-md5': 'eA==' } }, '400 BadDigest'],
    ['to remove many without Content-MD5', { method: 'POST', path: '/bucket?delete=', body: '<Delete/>' }, '400 InvalidRequest'],
    ['a range behind the end', { headers: { range: 'bytes=4-9' } }, '416 InvalidRange'],
    ['a condition that does not hold', { headers: { 'if-match': '"x"' } }, '412 PreconditionFailed'],
    [
      'to write over what is there, where only new was asked',
      { method: 'PUT', body: 'x', headers: { 'if-none-match': '*' } },
      '412 PreconditionFailed',
    ],
    ['a copy onto itself that changes nothing', { method: 'PUT', headers: { 'x-amz-copy-source': '/bucket/a%20b' } }, '400 InvalidRequest'],
  ])('%s', async (_, change, answer) => expect(await send(change)).toBe(answer))
})
