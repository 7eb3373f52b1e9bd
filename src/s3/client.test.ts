import dns from 'node:dns'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FakeS3, openFakeS3 } from '../../test/fake-s3.ts'
import { s3Suite } from '../../test/s3-suite.ts'
import { Failure } from '../errors.ts'
import { openS3, type S3Options } from './client.ts'
import type { S3 } from './s3.ts'

const account = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const live = new AbortController().signal
const maxBytes = 1000

s3Suite('The fake', async () => {
  const fake = await openFakeS3({ ...account, region: 'eu-west-1' })
  return { ...account, endpoint: fake.url, region: 'eu-west-1', bucket: 'bucket', close: () => fake.close() }
})

describe('a client of S3', () => {
  let fake: FakeS3
  const clients: S3[] = []
  beforeEach(async () => {
    fake = await openFakeS3(account)
    fake.keep('bucket/a', Buffer.from('body of a'), { 'content-type': 'image/png' })
  })
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()))
    await fake.close()
    vi.unstubAllEnvs()
  })
  function open(options: S3Options = {}): S3 {
    const client = openS3({ ...account, region: 'us-east-1', endpoint: fake.url, ...options })
    clients.push(client)
    return client
  }
  const get = (client: S3, signal = live) => client.get('bucket', 'a', { maxBytes }, signal)

  describe('tries again what may pass', () => {
    it.each([
      { status: 503, code: 'SlowDown' },
      { status: 429, code: 'TooManyRequests' },
      { status: 500, code: 'InternalError' },
      { status: 502 },
      { status: 504 },
      { status: 400, code: 'RequestTimeout' },
      'cut' as const,
      'cut-in-body' as const,
    ])('%j', async (fault) => {
      fake.faults.push(fault, fault)
      expect(await get(open({ retries: 2 }))).toMatchObject({ kind: 'object' })
      expect(fake.requests).toHaveLength(3)
      fake.faults.push(fault, fault)
      expect(await get(open({ retries: 1 }))).toBeInstanceOf(Failure)
      expect(fake.requests).toHaveLength(5)
    })

    it('a server that is not there', async () => {
      const nobody = createServer()
      await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve))
      const { port } = nobody.address() as AddressInfo
      await new Promise((resolve) => nobody.close(resolve))
      const client = open({ endpoint: `http://127.0.0.1:${port}`, retries: 2 })
      const message = `The host 127.0.0.1:${port} could not be reached.`
      expect(await get(client)).toMatchObject({ code: 'origin-unreachable', message })
    })

    it('with pauses that grow, each by chance', async () => {
      const pauses: number[] = []
      const spy = vi.spyOn(Math, 'random').mockImplementation(() => {
        pauses.push(performance.now())
        return 0.5
      })
      for (let n = 0; n < 4; n++) fake.faults.push({ status: 503 })
      await get(open({ retries: 4 }))
      spy.mockRestore()
      const [first = 0, second = 0, third = 0, fourth = 0] = pauses
      // Half of 100, 200, 400 ms, and the time of a request.
      expect(second - first).toBeGreaterThanOrEqual(49)
      expect(third - second).toBeGreaterThanOrEqual(99)
      expect(fourth - third).toBeGreaterThanOrEqual(199)
      expect(fourth - first).toBeLessThan(2000)
    })

    it('every write too, its body whole', async () => {
      fake.faults.push('cut', { status: 503, code: 'SlowDown' })
      expect(await open().put('bucket', 'b', { body: Buffer.from('body of b') }, live)).toMatchObject({ etag: expect.any(String) })
      expect(fake.objects.get('bucket/b')?.body.toString()).toBe('body of b')
    })

    it('an error in an answer of 200', async () => {
      const error = { status: 200, code: 'SlowDown' }
      fake.faults.push(error)
      expect(await open().putMetadata('bucket', 'a', { metadata: { x: '1' } }, live)).toBeUndefined()
      expect(fake.objects.get('bucket/a')?.metadata).toEqual({ x: '1' })
      fake.faults.push(error, error, error)
      expect(await open().putMetadata('bucket', 'a', { metadata: { x: '2' } }, live)).toMatchObject({ code: 'origin-failed' })
      fake.faults.push(error, error, error)
      expect(await open().deleteMany('bucket', ['a'], live)).toMatchObject({ code: 'origin-failed' })
      fake.faults.push(error)
      expect(await open().deleteMany('bucket', ['a'], live)).toBeUndefined()
    })
  })

  it.each([
    [{ status: 400, code: 'InvalidArgument' }, 'origin-failed'],
    [{ status: 404, code: 'NoSuchKey' }, 'original-missing'],
    [{ status: 403, code: 'AccessDenied' }, 'source-forbidden'],
    [{ status: 403, code: 'InvalidObjectState' }, 'origin-failed'],
    [{ status: 405, code: 'MethodNotAllowed' }, 'origin-failed'],
    [{ status: 302, code: 'Found', headers: { location: 'http://127.0.0.1:1/' } }, 'origin-failed'],
  ] as const)('does not try %j again', async (fault, code) => {
    fake.faults.push(fault)
    expect(await get(open())).toMatchObject({ code })
    expect(fake.requests).toHaveLength(1)
  })

  it('says no more than codes: a message of S3 may name keys and accounts', async () => {
    fake.faults.push({ status: 403, code: '<b>arn:aws:iam::123456789012:user/x</b>' })
    expect(((await get(open())) as Failure).message).not.toContain('arn')
  })

  describe('in the wrong region names the right one', () => {
    it('where S3 says so', async () => {
      const client = open({ region: 'eu-west-1' })
      const got = await get(client)
      expect(got).toMatchObject({ code: 'origin-failed' })
      expect((got as Failure).message).toMatch(/lies in the region us-east-1: set that one/)
      expect(fake.requests).toHaveLength(1)
    })

    it('where S3 redirects, which is not followed', async () => {
      const headers = { location: 'http://169.254.169.254/', 'x-amz-bucket-region': 'ap-south-1' }
      fake.faults.push({ status: 301, code: 'PermanentRedirect', headers })
      expect(((await get(open())) as Failure).message).toMatch(/lies in the region ap-south-1/)
      fake.faults.push({ status: 301, code: 'PermanentRedirect', headers })
      expect(((await open().head('bucket', 'a', live)) as Failure).message).toMatch(/lies in the region ap-south-1/)
    })
  })

  describe('waits no longer', () => {
    it('than its time', async () => {
      fake.slowMs = 5000
      const began = performance.now()
      expect(await get(open({ timeoutSeconds: 0.2 }))).toMatchObject({ code: 'source-timeout' })
      expect(performance.now() - began).toBeLessThan(1500)
    })

    it('than its time, tries and pauses included', async () => {
      for (let n = 0; n < 20; n++) fake.faults.push({ status: 503 })
      const began = performance.now()
      expect(await get(open({ timeoutSeconds: 0.5, retries: 10 }))).toMatchObject({ code: 'source-timeout' })
      expect(performance.now() - began).toBeLessThan(1500)
    })

    it('than its caller', async () => {
      fake.slowMs = 5000
      const leaving = new AbortController()
      const gone = new Error('gone')
      const waiting = get(open(), leaving.signal)
      setTimeout(() => leaving.abort(gone), 50)
      await expect(waiting).rejects.toBe(gone)
      await expect(get(open(), AbortSignal.abort(gone))).rejects.toBe(gone)
    })
  })

  it('names the bucket in the host, and signs for that', async () => {
    const here: typeof dns.lookup = Object.assign(
      (_host: unknown, options: { all?: boolean }, done: (error: null, address: unknown, family?: number) => void) =>
        options.all === true ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
      dns.lookup,
    )
    const spy = vi.spyOn(dns, 'lookup').mockImplementation(here)
    const client = open({ endpoint: `http://s3.example:${fake.port}` })
    expect(await get(client)).toMatchObject({ kind: 'object' })
    expect(await client.list('bucket', {}, live)).toMatchObject({ objects: [{ key: 'a' }] })
    expect(await client.putMetadata('bucket', 'a', { metadata: { x: '1' } }, live)).toBeUndefined()
    spy.mockRestore()
    expect(fake.requests.map(({ url }) => url.split('?')[0])).toEqual(['/a', '/', '/a'])
    expect(fake.requests.every(({ headers }) => headers.host === `bucket.s3.example:${fake.port}`)).toBe(true)
  })

  it('signs by the clock of the service, where ours is wrong', async () => {
    fake.skewMs = 3_600_000
    const client = open({ retries: 0 })
    expect(await get(client)).toMatchObject({ kind: 'object' })
    expect(await get(client)).toMatchObject({ kind: 'object' })
    expect(fake.requests.map(({ status }) => status)).toEqual([403, 200, 200])
  })

  it('takes new credentials where the old have ended, once', async () => {
    fake.account = { ...fake.account, sessionToken: 'second' }
    const found = ['first', 'second', 'third']
    const find = async () => ({ ...account, sessionToken: found.shift() ?? 'last' })
    const client = open({ accessKeyId: undefined, secretAccessKey: undefined, find, retries: 0 })
    expect(await get(client)).toMatchObject({ kind: 'object' })
    expect(found).toEqual(['third'])
    fake.account = { ...fake.account, sessionToken: 'other' }
    expect(await get(client)).toMatchObject({ code: 'origin-failed' })
    expect(fake.requests.map(({ status }) => status)).toEqual([400, 200, 400, 400])
  })

  it('asks nobody without credentials', async () => {
    const find = async () => {
      throw new Error('none')
    }
    expect(await get(open({ accessKeyId: undefined, secretAccessKey: undefined, find }))).toMatchObject({ code: 'origin-failed' })
    expect(fake.requests).toEqual([])
  })

  it('finds region, endpoint and credentials in the environment', async () => {
    for (const [name, value] of [
      ['AWS_REGION', 'us-east-1'],
      ['AWS_ENDPOINT_URL_S3', fake.url],
      ['AWS_ENDPOINT_URL', 'http://127.0.0.1:1'],
      ['AWS_ACCESS_KEY_ID', account.accessKeyId],
      ['AWS_SECRET_ACCESS_KEY', account.secretAccessKey],
      ['AWS_SESSION_TOKEN', ''],
    ])
      vi.stubEnv(name as string, value)
    const client = openS3()
    clients.push(client)
    expect(await get(client)).toMatchObject({ kind: 'object', type: 'image/png' })
    vi.stubEnv('AWS_ENDPOINT_URL_S3', 'nonsense')
    expect(() => openS3()).toThrow(/AWS_ENDPOINT_URL/)
  })

  it('reads no more than a little of an error, and goes on with the connection', async () => {
    fake.faults.push({ status: 404, code: `NoSuchKey${'x'.repeat(200_000)}` })
    expect(await get(open())).toMatchObject({ code: 'original-missing' })
    expect(await get(open())).toMatchObject({ kind: 'object' })
  })

  it('takes what is no XML of S3 for a failure', async () => {
    const server = createServer((_, response) => response.end('<!DOCTYPE html><p>Welcome to the hotel'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const client = open({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    expect(await client.list('bucket', {}, live)).toMatchObject({ code: 'origin-failed' })
    expect(await client.deleteMany('bucket', ['a'], live)).toMatchObject({ code: 'origin-failed' })
    server.closeAllConnections()
    server.close()
  })
})
