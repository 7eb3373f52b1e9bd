import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sourceContract } from '../../test/contracts/source.ts'
import { type FakeS3, openFakeS3 } from '../../test/fake-s3.ts'
import { Failure } from '../errors.ts'
import { s3 } from './s3.ts'
import type { Source } from './source.ts'

const account = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const live = new AbortController().signal
let fake: FakeS3

const put: FakeS3['keep'] = (name, body, headers) => fake.keep(name, body, headers)

function open(options: Partial<Parameters<typeof s3.open>[0]> = {}, maxBytes = 100_000): Source {
  const given = { ...account, endpoint: fake.url, bucket: 'bucket', prefix: '', buckets: [], anonymous: false, region: 'us-east-1' }
  return s3.open({ ...given, timeoutSeconds: 5, connectSeconds: 1, retries: 1, ...options }, { maxBytes })
}

sourceContract(
  's3',
  {
    async open(maxBytes) {
      fake = await openFakeS3(account)
      return open({ prefix: 'in/' }, maxBytes)
    },
    put: async (key, bytes) => put(`bucket/in/${key}`, bytes),
    putOutside: async (name, bytes) => put(`bucket/${name}`, bytes),
    outside: async (name) => fake.objects.get(`bucket/${name}`)?.body,
    clear: () => fake.close(),
  },
  s3.writes,
)

describe('originals in buckets', () => {
  let source: Source
  beforeEach(async () => {
    fake = await openFakeS3({ ...account, buckets: ['bucket', 'second', 'third'], publicBuckets: ['open'] })
    source = open({ prefix: 'in/', buckets: ['second'] })
    for (const name of ['bucket/in/a.jpg', 'bucket/b.jpg', 'second/a.jpg', 'second/in/b.jpg', 'third/a.jpg', 'open/a.jpg'])
      put(name, Buffer.from(name))
  })
  afterEach(async () => {
    await source.close()
    await fake.close()
  })

  it.each([
    ['a.jpg', 'bucket/in/a.jpg'],
    ['//bucket/in/a.jpg', 'bucket/in/a.jpg'],
    ['//second/a.jpg', 'second/a.jpg'],
    ['//second/in/b.jpg', 'second/in/b.jpg'],
  ])('%s is %s', async (key, name) => {
    expect(await source.get(key, undefined, live)).toMatchObject({ kind: 'original', bytes: Buffer.from(name) })
  })

  it.each([
    ['//third/a.jpg', 'source-forbidden'], // not on the list, though these credentials could read it
    ['//bucket/b.jpg', 'source-forbidden'], // above the prefix
    ['//secon/a.jpg', 'source-forbidden'],
    ['//second.evil/a.jpg', 'source-forbidden'],
    ['///a.jpg', 'source-forbidden'],
    ['//second/', 'key-malformed'],
    ['//second/../third/a.jpg', 'key-malformed'],
    ['//second', 'key-malformed'],
    ['b.jpg', 'original-missing'],
  ])('%s is refused with %s', async (key, code) => {
    expect(await source.get(key, undefined, live)).toMatchObject({ code })
  })

  it.each([
    ['a.jpg', 'a.jpg'],
    ['//bucket/in/a.jpg', 'a.jpg'],
    ['//bucket/in/', '//bucket/in/'],
    ['//bucket/in///a.jpg', '//bucket/in///a.jpg'],
    ['//bucket/b.jpg', '//bucket/b.jpg'],
    ['//second/in/a.jpg', '//second/in/a.jpg'],
  ])('knows one original by one key: %s', (key, canonical) => {
    expect(source.canonical?.(key)).toBe(canonical)
  })

  it('asks nothing of a bucket that is not on the list', async () => {
    await source.get('//third/a.jpg', undefined, live)
    expect(fake.requests).toEqual([])
  })

  it('takes how long an original stays good from its Cache-Control', async () => {
    put('bucket/in/fresh.jpg', Buffer.from('x'), { 'cache-control': 'public, max-age=60, immutable' })
    put('bucket/in/private.jpg', Buffer.from('x'), { 'cache-control': 'private' })
    const fresh = await source.get('fresh.jpg', undefined, live)
    expect(fresh).toMatchObject({ freshness: { maxAgeSeconds: 60, immutable: true } })
    expect(await source.get('private.jpg', undefined, live)).toMatchObject({ freshness: { noStore: true } })
    expect(await source.get('a.jpg', undefined, live)).toMatchObject({ freshness: {} })
    const { validators } = fresh as Extract<typeof fresh, { kind: 'original' }>
    expect(await source.get('fresh.jpg', validators, live)).toMatchObject({ kind: 'unchanged', freshness: { maxAgeSeconds: 60 } })
  })

  it('says both where S3 does not tell a missing original from a forbidden one', async () => {
    const mute = await openFakeS3({ ...account, missingIs403: true })
    const other = open({ endpoint: mute.url })
    const got = await other.get('none.jpg', undefined, live)
    expect(got).toMatchObject({ code: 'source-forbidden' })
    expect((got as Failure).message).toMatch(/not there, or may not be read.*s3:ListBucket/)
    await other.close()
    await mute.close()
  })

  it('reads a bucket that is open to all without credentials', async () => {
    const anyone = s3.open(
      {
        anonymous: true,
        endpoint: fake.url,
        bucket: 'open',
        prefix: '',
        buckets: ['bucket'],
        timeoutSeconds: 5,
        connectSeconds: 1,
        retries: 0,
      },
      { maxBytes: 1000 },
    )
    expect(await anyone.get('a.jpg', undefined, live)).toMatchObject({ bytes: Buffer.from('open/a.jpg') })
    expect(await anyone.get('//bucket/in/a.jpg', undefined, live)).toMatchObject({ code: 'source-forbidden' })
    expect(fake.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true)
    await anyone.close()
  })

  it('is checked by its bucket, which need not be one that may be listed', async () => {
    expect(await source.check(live)).toEqual({ ok: true, message: 'The bucket bucket answers.' })
    fake.faults.push({ status: 403, code: 'AccessDenied' })
    expect(await source.check(live)).toMatchObject({ ok: true, message: expect.stringContaining('may not be listed') })
    const wrong = open({ secretAccessKey: 'x'.repeat(40) })
    expect(await wrong.check(live)).toMatchObject({ ok: false, message: expect.stringContaining('SignatureDoesNotMatch') })
    await wrong.close()
    const nowhere = open({ bucket: 'nowhere' })
    expect(await nowhere.check(live)).toMatchObject({ ok: false, message: expect.stringContaining('no bucket nowhere') })
    await nowhere.close()
  })

  it('does not open without a bucket, or with half a key', () => {
    const parts = { maxBytes: 1 }
    const rest = { prefix: '', buckets: [], anonymous: false, timeoutSeconds: 1, connectSeconds: 1, retries: 0 }
    expect(() => s3.open(rest, parts)).toThrow(Failure)
    expect(() => s3.open({ ...rest, bucket: 'b', accessKeyId: 'x' }, parts)).toThrow(/secretAccessKey/)
    expect(() => s3.open({ ...rest, bucket: 'b', secretAccessKey: 'x' }, parts)).toThrow(/accessKeyId/)
    expect(() => s3.open({ ...rest, bucket: 'b', ...account, anonymous: true }, parts)).toThrow(/anonymous/)
  })
})
