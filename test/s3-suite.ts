import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Failure } from '../src/errors.ts'
import { openS3 } from '../src/s3/client.ts'
import type { S3, S3Object } from '../src/s3/s3.ts'

/** A service that speaks S3, with a bucket that exists and may be filled. */
export type S3Place = {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly bucket: string
  /** It does not look at the conditions of a copy, as Ceph does not. */
  readonly copiesAlways?: boolean
  close?(): Promise<void>
}

/** Keys that mean something to a URL, a signature, XML or a file system, and are plain names to S3. */
const oddKeys = [
  'plain.jpg',
  'with space.jpg',
  'a+b.jpg',
  '100%.jpg',
  '%41.jpg',
  'a%2Fb.jpg',
  'what?list-type=2&prefix=.jpg',
  'no#1.jpg',
  "it's (1)! & [2]; $3, =4 * @ ~.jpg",
  '<"quotes">.jpg',
  'ünïcödé/日本/🖼.png',
  'e\u0301 and \u00e9.jpg',
  'two//slashes///three.jpg',
  '/leading.jpg',
  'trailing/',
  'back\\slash.jpg',
  'tab\tand|pipe^`{}.jpg',
  '...dots/..hidden/a..jpg',
  `long/${'ü'.repeat(500)}`,
]

const live = new AbortController().signal
const maxBytes = 20 * 2 ** 20

/** What the client promises of any service that speaks S3: the very same against a fake and against a real one. */
export function s3Suite(name: string, open: () => Promise<S3Place>): void {
  describe(`${name} as the client of S3 finds it`, () => {
    let place: S3Place
    let s3: S3
    let bucket: string
    beforeAll(async () => {
      place = await open()
      bucket = place.bucket
      s3 = openS3(place)
    })
    afterAll(async () => {
      for (let after: string | undefined; ; ) {
        const listing = fine(await s3.list(bucket, after === undefined ? {} : { after }, live))
        await s3.deleteMany(
          bucket,
          listing.objects.map(({ key }) => key),
          live,
        )
        after = listing.next
        if (after === undefined) break
      }
      await s3.close()
      await place.close?.()
    })

    async function object(key: string): Promise<S3Object> {
      const got = fine(await s3.get(bucket, key, { maxBytes }, live))
      if (got.kind !== 'object') throw new Error('Expected an object')
      return got
    }

    it.each(oddKeys)('keeps and gives %j under its own name', async (key) => {
      const body = Buffer.from(key)
      const { etag } = fine(await put(key, body))
      expect(etag).toBe(md5(body))
      const got = await object(key)
      expect(got.bytes.toString()).toBe(key)
      expect(got.etag).toBe(etag)
      const listing = fine(await s3.list(bucket, { prefix: key }, live))
      expect(listing.objects.map((each) => each.key)).toContain(key)
      expect(listing.objects.find((each) => each.key === key)).toMatchObject({ bytes: body.length, etag })
      expect(fine(await s3.head(bucket, key, live))).toMatchObject({ kind: 'head', bytes: body.length, etag })
      expect(await s3.putMetadata(bucket, key, { metadata: { seen: 'yes' } }, live)).toBeUndefined()
      expect(await object(key)).toMatchObject({ metadata: { seen: 'yes' }, etag })
      expect(await s3.delete(bucket, key, live)).toBeUndefined()
      expect(await s3.get(bucket, key, { maxBytes }, live)).toMatchObject({ code: 'original-missing' })
    })

    it.each(['', '..', 'a/../b', './a', 'a/.', 'x'.repeat(1025), 'ü'.repeat(513), 'a\0b', '\ud800'])(
      'refuses the key %j without asking',
      async (key) => {
        for (const answer of [
          await s3.get(bucket, key, { maxBytes }, live),
          await s3.head(bucket, key, live),
          await put(key, Buffer.from('x')),
          await s3.delete(bucket, key, live),
          await s3.deleteMany(bucket, ['fine', key], live),
        ]) {
          expect(answer).toBeInstanceOf(Failure)
          expect(answer).toMatchObject({ code: 'key-malformed' })
        }
      },
    )

    it('takes a key of 1024 bytes', async () => {
      const key = 'k'.repeat(1024)
      fine(await put(key, Buffer.from('x')))
      expect((await object(key)).bytes.toString()).toBe('x')
      expect(await s3.deleteMany(bucket, [key], live)).toBeUndefined()
    })

    it.each([0, 1, 65_536, 5 * 2 ** 20])('keeps a body of %i bytes', async (length) => {
      const body = randomBytes(length)
      const { etag } = fine(await put('body', body))
      expect(etag).toBe(md5(body))
      const got = await object('body')
      expect(got.bytes.equals(body)).toBe(true)
      expect(fine(await s3.head(bucket, 'body', live)).bytes).toBe(length)
    })

    it('keeps type, age, disposition and metadata', async () => {
      const head = {
        type: 'image/avif',
        cacheControl: 'public, max-age=31536000, immutable',
        contentDisposition: 'inline; filename="a.avif"',
        metadata: { one: '1', 'two-words': 'a  b=c;d, "e"' },
      }
      fine(await s3.put(bucket, 'facts', { body: Buffer.from('x'), ...head }, live))
      const { type, cacheControl, metadata, lastModified } = await object('facts')
      expect({ type, cacheControl }).toEqual({ type: head.type, cacheControl: head.cacheControl })
      expect(metadata.one).toBe('1')
      expect(metadata['two-words']).toMatch(/^a {1,2}b=c;d, "e"$/)
      expect(Math.abs(Date.parse(lastModified ?? '') - Date.now())).toBeLessThan(60_000)
      expect(fine(await s3.head(bucket, 'facts', live))).toMatchObject({ type, cacheControl, metadata })
    })

    it('replaces metadata and leaves the bytes', async () => {
      const body = randomBytes(3000)
      fine(await s3.put(bucket, 'renewed', { body, type: 'image/png', metadata: { old: '1' } }, live))
      expect(await s3.putMetadata(bucket, 'renewed', { type: 'image/webp', metadata: { fresh: '2' } }, live)).toBeUndefined()
      const got = await object('renewed')
      expect(got).toMatchObject({ type: 'image/webp', metadata: { fresh: '2' }, etag: md5(body) })
      expect(got.metadata).not.toHaveProperty('old')
      expect(got.bytes.equals(body)).toBe(true)
      if (place.copiesAlways !== true) {
        expect(await s3.putMetadata(bucket, 'renewed', { metadata: { n: '3' }, onlyIf: '"other"' }, live)).toBe('changed')
        expect(await object('renewed')).toMatchObject({ metadata: { fresh: '2' } })
      }
      expect(await s3.putMetadata(bucket, 'renewed', { metadata: { n: '4' }, onlyIf: md5(body) }, live)).toBeUndefined()
      expect(await object('renewed')).toMatchObject({ metadata: { n: '4' } })
      expect(await s3.putMetadata(bucket, 'never-there', { metadata: {} }, live)).toMatchObject({ code: 'original-missing' })
    })

    it('gives a range', async () => {
      fine(await put('range', Buffer.from('0123456789')))
      const part = async (first: number, last: number) => {
        const got = fine(await s3.get(bucket, 'range', { range: [first, last], maxBytes }, live))
        return got.kind === 'object' ? got.bytes.toString() : got.kind
      }
      expect(await part(0, 0)).toBe('0')
      expect(await part(2, 5)).toBe('2345')
      expect(await part(8, 100)).toBe('89')
      expect(await s3.get(bucket, 'range', { range: [10, 20], maxBytes }, live)).toMatchObject({ code: 'origin-failed' })
    })

    it('says that nothing has changed, by etag and by date', async () => {
      fine(await put('same', Buffer.from('one')))
      const { etag = '', lastModified = '' } = await object('same')
      expect(await s3.get(bucket, 'same', { known: { etag }, maxBytes }, live)).toMatchObject({ kind: 'unchanged', etag })
      expect(await s3.get(bucket, 'same', { known: { etag, lastModified }, maxBytes }, live)).toMatchObject({ kind: 'unchanged' })
      expect(await s3.get(bucket, 'same', { known: { lastModified }, maxBytes }, live)).toMatchObject({ kind: 'unchanged', lastModified })
      expect(await s3.get(bucket, 'same', { known: { etag: '"other"' }, maxBytes }, live)).toMatchObject({ kind: 'object' })
      fine(await put('same', Buffer.from('two')))
      expect(await s3.get(bucket, 'same', { known: { etag, lastModified }, maxBytes }, live)).toMatchObject({ kind: 'object' })
    })

    it('writes only what is new, where that is asked', async () => {
      await s3.delete(bucket, 'new', live)
      const first = fine(await s3.put(bucket, 'new', { body: Buffer.from('1'), onlyNew: true }, live))
      expect(first).toMatchObject({ etag: md5(Buffer.from('1')) })
      expect(await s3.put(bucket, 'new', { body: Buffer.from('2'), onlyNew: true }, live)).toBe('exists')
      expect((await object('new')).bytes.toString()).toBe('1')
      fine(await put('new', Buffer.from('3')))
      expect((await object('new')).bytes.toString()).toBe('3')
    })

    it('reads no further than the limit', async () => {
      fine(await put('large', Buffer.alloc(1000)))
      expect(await s3.get(bucket, 'large', { maxBytes: 999 }, live)).toMatchObject({ code: 'original-too-large' })
      expect(fine(await s3.get(bucket, 'large', { maxBytes: 1000 }, live)).kind).toBe('object')
    })

    it('lists in pages, in order, below a prefix', async () => {
      const keys = Array.from({ length: 25 }, (_, n) => `pages/${String(n).padStart(2, '0')} + ü&.jpg`)
      await Promise.all(keys.map((key) => put(key, Buffer.from(key))))
      fine(await put('pagesize', Buffer.from('beside')))
      const found: string[] = []
      let pages = 0
      for (let after: string | undefined; ; pages++) {
        const listing = fine(await s3.list(bucket, { prefix: 'pages/', max: 10, ...(after === undefined ? {} : { after }) }, live))
        expect(listing.objects.length).toBeLessThanOrEqual(10)
        found.push(...listing.objects.map(({ key }) => key))
        after = listing.next
        if (after === undefined) break
      }
      expect(found).toEqual(keys)
      expect(pages).toBe(2)
      expect(fine(await s3.list(bucket, { prefix: 'nothing/here' }, live))).toEqual({ objects: [] })
    })

    it('removes many at once, those that are not there too', async () => {
      const keys = oddKeys.filter((key) => !/[\t]/.test(key)).map((key) => `many/${key}`)
      await Promise.all(keys.map((key) => put(key, Buffer.from('x'))))
      expect(await s3.deleteMany(bucket, [...keys, 'many/never there'], live)).toBeUndefined()
      expect(fine(await s3.list(bucket, { prefix: 'many/' }, live)).objects).toEqual([])
      expect(await s3.deleteMany(bucket, [], live)).toBeUndefined()
    })

    it('has no objection to removing what is not there', async () => {
      expect(await s3.delete(bucket, 'never there', live)).toBeUndefined()
    })

    it('tells a missing object and a missing bucket', async () => {
      expect(await s3.get(bucket, 'missing', { maxBytes }, live)).toMatchObject({ code: 'original-missing' })
      expect(await s3.head(bucket, 'missing', live)).toMatchObject({ code: 'original-missing' })
      const other = await s3.list('tintype-no-such-bucket', {}, live)
      expect(other).toBeInstanceOf(Failure)
      expect(['original-missing', 'source-forbidden']).toContain((other as Failure).code)
    })

    it('is refused with a wrong secret, and without any', async () => {
      const wrong = openS3({ ...place, secretAccessKey: `${place.secretAccessKey.slice(0, -1)}!` })
      const nobody = openS3({ ...place, accessKeyId: undefined, secretAccessKey: undefined, anonymous: true })
      fine(await put('private', Buffer.from('x')))
      for (const client of [wrong, nobody]) {
        expect(await client.get(bucket, 'private', { maxBytes }, live)).toMatchObject({ code: 'source-forbidden' })
        expect(await client.put(bucket, 'private', { body: Buffer.from('y') }, live)).toMatchObject({ code: 'source-forbidden' })
        await client.close()
      }
      expect((await object('private')).bytes.toString()).toBe('x')
    })

    it('asks for many at once', async () => {
      const keys = Array.from({ length: 60 }, (_, n) => `crowd/${n}`)
      await Promise.all(keys.map((key) => put(key, Buffer.from(key))))
      const all = await Promise.all(keys.map(object))
      expect(all.map(({ bytes }) => bytes.toString())).toEqual(keys)
    })

    function put(key: string, body: Buffer): ReturnType<S3['put']> {
      return s3.put(bucket, key, { body, type: 'application/octet-stream' }, live)
    }
  })
}

const md5 = (body: Buffer): string => `"${createHash('md5').update(body).digest('hex')}"`

/** What is no failure, and not `exists`. */
function fine<T>(answer: T | Failure | 'exists'): T {
  if (answer instanceof Failure || answer === 'exists')
    throw new Error(`Expected an answer, got ${JSON.stringify(answer)}`, { cause: answer })
  return answer
}
