import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { entryOf, expectWhole, nameOf, storeContract } from '../../test/contracts/store.ts'
import { type FakeS3, openFakeS3 } from '../../test/fake-s3.ts'
import { s3 } from './s3.ts'
import type { Entry, Store } from './store.ts'

const account = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const live = new AbortController().signal
const a = 'a'.repeat(32)
const b = 'b'.repeat(32)
let fake: FakeS3

function open(options: Partial<Parameters<typeof s3.open>[0]> = {}): Promise<Store> {
  const given = { ...account, endpoint: fake.url, bucket: 'bucket', prefix: 'kept/', region: 'us-east-1' }
  return s3.open({ ...given, timeoutSeconds: 5, connectSeconds: 1, retries: 0, ...options })
}

describe('a bucket', () => {
  beforeAll(async () => {
    fake = await openFakeS3(account)
  })
  afterAll(() => fake.close())

  storeContract(
    's3',
    () => {
      fake.objects.clear()
      return open()
    },
    { bounded: false },
  )
})

describe('a store in a bucket', () => {
  let store: Store
  beforeEach(async () => {
    fake = await openFakeS3(account)
    store = await open()
  })
  afterEach(async () => {
    await store.close()
    await fake.close()
  })
  const sent = (method: string) => fake.requests.filter((request) => request.method === method)

  it('keeps facts as metadata, so that they are renewed without the body', async () => {
    await store.put(a, b, entryOf(1, 100_000), live)
    await store.touch(a, b, { n: 1, length: 100_000, fresh: 'ü' }, live)
    const { metadata, body } = fake.objects.get(`bucket/kept/${a}/${b}`) ?? {}
    expect(JSON.parse(Buffer.from(metadata?.tintype ?? '', 'base64url').toString())).toMatchObject({ fresh: 'ü' })
    expect(body?.length).toBe(100_000)
    expect(sent('PUT').map(({ headers }) => headers['content-length'])).toEqual(['100000', '0'])
  })

  it('keeps facts that are too long for metadata in front of the body, and renews those too', async () => {
    const long = { text: 'ü'.repeat(3000) }
    await store.put(a, b, { meta: long, body: Buffer.from('body') }, live)
    expect(fake.objects.get(`bucket/kept/${a}/${b}`)?.metadata.tintype).toMatch(/^\.\d+$/)
    expect(await store.get(a, b, live)).toEqual({ meta: long, body: Buffer.from('body') })
    await store.touch(a, b, { short: 1 }, live)
    expect(await store.get(a, b, live)).toEqual({ meta: { short: 1 }, body: Buffer.from('body') })
    await store.touch(a, b, long, live)
    expect(await store.get(a, b, live)).toEqual({ meta: long, body: Buffer.from('body') })
    expect(store.figures().faults).toBe(0)
  })

  it('does not put the facts of one body to another that came meanwhile', async () => {
    await store.put(a, nameOf(1), entryOf(2, 20), live)
    const newer = fake.objects.get(`bucket/kept/${a}/${nameOf(1)}`)
    if (newer === undefined) throw new Error('Expected an object')
    await store.put(a, b, entryOf(1, 10), live)
    fake.slowMs = 50
    const touched = store.touch(a, b, { n: 1, length: 10, touched: true }, live)
    await expect.poll(() => sent('HEAD').length).toBe(1)
    fake.objects.set(`bucket/kept/${a}/${b}`, newer) // another process puts
    await touched
    fake.slowMs = 0
    expectWhole((await store.get(a, b, live)) as Entry)
    expect(store.figures().faults).toBe(0)
  })

  it('has not what has the facts of another body, where the service does not look at the condition of a copy', async () => {
    const careless = await openFakeS3({ ...account, copiesAlways: true })
    const kept = await open({ endpoint: careless.url })
    await kept.put(a, nameOf(1), entryOf(2, 20), live)
    const newer = careless.objects.get(`bucket/kept/${a}/${nameOf(1)}`)
    if (newer === undefined) throw new Error('Expected an object')
    await kept.put(a, b, entryOf(1, 10), live)
    careless.slowMs = 50
    const touched = kept.touch(a, b, { n: 1, length: 10, touched: true }, live)
    await expect.poll(() => careless.requests.some(({ method }) => method === 'HEAD')).toBe(true)
    careless.objects.set(`bucket/kept/${a}/${b}`, newer) // another process puts
    await touched
    careless.slowMs = 0
    expect(await kept.get(a, b, live)).toBeUndefined()
    expect(kept.figures().faults).toBe(1)
    await kept.close()
    await careless.close()
  })

  it('shares its bucket with whatever else lies there', async () => {
    const other = await open({ prefix: '' })
    await store.put(a, b, entryOf(1, 10), live)
    await other.put(a, b, entryOf(2, 20), live)
    expect(await store.purge(a, live)).toBe(1)
    expectWhole((await other.get(a, b, live)) as Entry)
    await other.close()
  })

  it('waits with a purge for what is on its way, and calls off what is not', async () => {
    await store.get(a, b, live)
    fake.slowMs = 150
    const puts = Array.from({ length: 20 }, (_, n) => store.put(a, nameOf(n), entryOf(n, 10), live))
    await new Promise((resolve) => setTimeout(resolve, 60))
    fake.slowMs = 0
    expect(await store.purge(a, live)).toBe(16)
    await Promise.all(puts)
    expect(fake.objects.size).toBe(0)
    expect(sent('PUT')).toHaveLength(16)
  })

  it('purges more than a page', async () => {
    await store.put(a, b, entryOf(1, 10), live)
    const object = fake.objects.get(`bucket/kept/${a}/${b}`)
    if (object === undefined) throw new Error('Expected an object')
    for (let n = 0; n < 2300; n++) fake.objects.set(`bucket/kept/${a}/${nameOf(n)}`, object)
    expect(await store.purge(a, live)).toBe(2301)
    expect(fake.objects.size).toBe(0)
    expect(store.figures()).toMatchObject({ bytes: 0, entries: 0 })
  })

  it('counts what fails, rejects nothing, and goes on', async () => {
    for (const fault of [{ status: 500 }, { status: 403, code: 'SignatureDoesNotMatch' }, 'cut'] as const) {
      fake.faults.push(fault)
      await store.put(a, b, entryOf(1, 10), live)
    }
    expect(store.figures()).toMatchObject({ faults: 3, entries: 0 })
    await store.put(a, b, entryOf(1, 10), live)
    for (const fault of [{ status: 500 }, 'cut', 'cut-in-body'] as const) {
      fake.faults.push(fault)
      expect(await store.get(a, b, live)).toBeUndefined()
    }
    fake.faults.push({ status: 500 })
    await store.touch(a, b, {}, live)
    expect(store.figures()).toMatchObject({ faults: 7, hits: 0, misses: 3, entries: 1 })
    expectWhole((await store.get(a, b, live)) as Entry)
  })

  it('takes 403 for a miss, which it is where the bucket may not be listed', async () => {
    fake.faults.push({ status: 403, code: 'AccessDenied' })
    expect(await store.get(a, b, live)).toBeUndefined()
    expect(store.figures()).toMatchObject({ misses: 1, faults: 0 })
  })

  it('rejects a purge that could not be carried out', async () => {
    await store.put(a, b, entryOf(1, 10), live)
    for (const before of [[], [{ status: 200 }]]) {
      fake.faults.push(...before, { status: 500 })
      await expect(store.purge(a, live)).rejects.toMatchObject({ code: 'internal' })
      fake.faults.length = 0
    }
    const gone = new Error('gone')
    const leaving = new AbortController()
    const purged = store.purge(a, leaving.signal)
    leaving.abort(gone)
    await expect(purged).rejects.toBe(gone)
  })

  it('takes an object that is none of its own for a miss, and counts it', async () => {
    await store.put(a, b, entryOf(1, 10), live)
    const object = fake.objects.get(`bucket/kept/${a}/${b}`)
    if (object === undefined) throw new Error('Expected an object')
    for (const metadata of [{}, { tintype: '!' }, { tintype: '.99' }, { tintype: '.x' }, { tintype: '.2' }]) {
      fake.objects.set(`bucket/kept/${a}/${b}`, { ...object, metadata })
      expect(await store.get(a, b, live)).toBeUndefined()
    }
    expect(store.figures().faults).toBe(5)
  })

  it('does not open without a bucket', async () => {
    const rest = { prefix: '', timeoutSeconds: 1, connectSeconds: 1, retries: 0 }
    await expect(s3.open(rest)).rejects.toMatchObject({ code: 'setting-invalid' })
  })

  it('finishes what is being written when it closes', async () => {
    fake.slowMs = 30
    const put = store.put(a, b, entryOf(1, 10), live)
    await store.close()
    expect(fake.objects.size).toBe(1)
    await put
  })
})
