import { AwsV4Signer } from 'aws4fetch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Failure } from '../../src/errors.ts'
import { openS3 } from '../../src/s3/client.ts'
import { addressOf, newBucket, other, server } from './s3-server.ts'

/** That the server tells right from wrong: what passes against one that takes everything would prove nothing. */
describe('a real S3 server refuses', () => {
  const live = new AbortController().signal
  const key = 'a picture.jpg'
  const body = Buffer.from('whole')
  const { accessKeyId, secretAccessKey, region } = server
  const place = { endpoint: server.url, region, pathStyle: true, retries: 0 }
  const ours = openS3({ ...place, accessKeyId, secretAccessKey })
  let bucket = ''
  beforeAll(async () => {
    bucket = await newBucket()
    expect(await ours.put(bucket, key, { body }, live)).toMatchObject({ etag: expect.stringMatching(/^"[0-9a-f]{32}"$/) })
  })
  afterAll(() => ours.close())

  /** What another client signed for this object. */
  const signed = (options: Partial<ConstructorParameters<typeof AwsV4Signer>[0]> = {}): ReturnType<AwsV4Signer['sign']> =>
    new AwsV4Signer({ ...server, service: 's3', ...options, url: addressOf(bucket, key) }).sign()

  it('nothing that is signed well', async () => {
    const { url, headers } = await signed()
    expect(await (await fetch(url, { headers })).text()).toBe('whole')
    expect(await ours.get(bucket, key, { maxBytes: 100 }, live)).toMatchObject({ kind: 'object', bytes: body })
  })

  it.each([
    ['a wrong secret', { accessKeyId, secretAccessKey: `${secretAccessKey}x` }],
    ['a key id that nobody has', { accessKeyId: 'AKIANOBODY', secretAccessKey }],
    ['no signature', { anonymous: true }],
  ])('%s, and our client says so', async (_, who) => {
    const s3 = openS3({ ...place, ...who })
    for (const answer of [
      await s3.get(bucket, key, { maxBytes: 100 }, live),
      await s3.head(bucket, key, live),
      await s3.put(bucket, key, { body: Buffer.from('other') }, live),
      await s3.list(bucket, {}, live),
    ]) {
      expect(answer).toBeInstanceOf(Failure)
      expect(answer).toMatchObject({ code: 'source-forbidden' })
      expect((answer as Failure).message).not.toContain(secretAccessKey)
    }
    await s3.close()
    expect(await ours.get(bucket, key, { maxBytes: 100 }, live)).toMatchObject({ bytes: body })
  })

  it('a signature taken to another object, method or query', async () => {
    const { headers } = await signed()
    await other.fetch(addressOf(bucket, 'another.jpg'), { method: 'PUT', body: 'another' })
    expect((await fetch(addressOf(bucket, 'another.jpg'), { headers })).status).toBe(403)
    expect((await fetch(addressOf(bucket, key), { headers, method: 'DELETE' })).status).toBe(403)
    expect((await fetch(`${addressOf(bucket, key)}?acl`, { headers })).status).toBe(403)
    expect((await fetch(addressOf(bucket, key), { headers })).status).toBe(200)
  })

  it('a signed header that was changed', async () => {
    const { url, headers } = await signed({ headers: { 'x-amz-meta-note': 'one' }, method: 'PUT' })
    headers.set('x-amz-meta-note', 'two')
    expect((await fetch(url, { headers, method: 'PUT', body: '' })).status).toBe(403)
  })

  it('a signature of another day', async () => {
    const { url, headers } = await signed({ datetime: '20200101T000000Z' })
    expect((await fetch(url, { headers })).status).toBe(403)
  })

  it('a presigned URL that was changed or has ended', async () => {
    const { url } = await signed({ signQuery: true })
    expect((await fetch(url)).status).toBe(200)
    expect((await fetch(`${url.href}&response-content-type=text/html`)).status).toBe(403)
    const ended = await signed({ signQuery: true, datetime: '20200101T000000Z' })
    expect((await fetch(ended.url)).status).toBe(403)
  })

  it('a body that is not the signed one', async () => {
    const hash = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881' // of "x"
    const { url, headers } = await signed({ method: 'PUT', headers: { 'x-amz-content-sha256': hash } })
    expect((await fetch(url, { headers, method: 'PUT', body: 'y' })).status).toBe(400)
    expect((await fetch(url, { headers, method: 'PUT', body: 'x' })).status).toBe(200)
    expect(await ours.put(bucket, key, { body }, live)).toHaveProperty('etag')
  })

  it('to write over an object where only a new one is wanted', async () => {
    expect((await other.fetch(addressOf(bucket, key), { method: 'PUT', body: 'new', headers: { 'if-none-match': '*' } })).status).toBe(412)
    expect(await ours.put(bucket, key, { body: Buffer.from('new'), onlyNew: true }, live)).toBe('exists')
    expect(await ours.get(bucket, key, { maxBytes: 100 }, live)).toMatchObject({ bytes: body })
    expect(await ours.put(bucket, 'new.jpg', { body, onlyNew: true }, live)).toHaveProperty('etag')
  })
})
