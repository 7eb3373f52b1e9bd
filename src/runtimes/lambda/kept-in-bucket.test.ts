import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type BucketStage, type Instance, openBucketStage } from '../../../test/aws/bucket-stage.ts'
import { latch, until } from '../../../test/service/stage.ts'
import { Failure } from '../../errors.ts'
import { signNative } from '../../sign.ts'
import { foldedPath } from './folded.ts'

let stage: BucketStage
let one: Instance
beforeEach(async () => {
  stage = await openBucketStage()
  one = await stage.instance()
  one.source.put('a.jpg', 'the original', { etag: '"1"', lastModified: 'Mon, 01 Jan 2024 00:00:00 GMT' })
  one.source.put('b.jpg', 'another', { etag: '"b"' })
})
afterEach(() => stage.close())

const md5 = (body: Buffer | undefined): string =>
  `"${createHash('md5')
    .update(body ?? '')
    .digest('hex')}"`
const hour = { maxAgeSeconds: 3600 }

describe('a folded ask', () => {
  it('is answered, and kept under its path as it was answered, with its index', async () => {
    const target = '/i/a.jpg?w=100'
    const { status, headers, body, kept } = await one.folded(target, 'avif')
    expect([status, kept]).toEqual([200, 'kept'])
    const path = foldedPath(target, 'avif').slice(1)
    const name = one.service.nameOf('a.jpg') as string
    expect(stage.keys().toSorted()).toEqual([`.by-original/${name}/${path}`, path])
    const object = stage.fake.objects.get(`results/${path}`)
    expect(object?.body.equals(body ?? Buffer.alloc(0))).toBe(true)
    expect(object?.etag).toBe(headers.etag)
    expect(object?.headers).toMatchObject({
      'content-type': 'image/avif',
      'cache-control': headers['cache-control'],
      'content-disposition': headers['content-disposition'],
    })
    expect(object?.metadata).toMatchObject({ target })
    expect(headers['content-type']).toBe('image/avif')
  })

  it('has the ETag that S3 gives, and nothing that S3 would not say', async () => {
    const { headers, body } = await one.folded('/i/a.jpg', 'avif')
    expect(headers.etag).toBe(md5(body))
    expect(headers).not.toHaveProperty('last-modified')
    expect(headers).not.toHaveProperty('vary')
  })

  it('is kept with an index under every original that is in it', async () => {
    await one.folded('/i/a.jpg?mark=b.jpg')
    const names = ['a.jpg', 'b.jpg'].map((key) => one.service.nameOf(key))
    for (const name of names) expect(stage.keys().filter((key) => key.startsWith(`.by-original/${name}/`))).toHaveLength(1)
  })

  it('is answered with 304 to who has the bytes, and kept all the same', async () => {
    const target = '/i/a.jpg?w=9'
    const { etag = '' } = (await one.folded(target)).headers
    for (const none of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await one.folded(target, 'none', { headers: { 'if-none-match': none } })
      expect([again.status, again.body, again.headers.etag, again.kept]).toEqual([304, undefined, etag, 'kept'])
      expect(again.headers).not.toHaveProperty('content-length')
    }
    // The service's own tag is nobody's: no answer has shown it.
    const other = await one.folded(target, 'none', {
      headers: { 'if-none-match': '"other"', 'if-modified-since': 'Mon, 01 Jan 2030 00:00:00 GMT' },
    })
    expect(other.status).toBe(200)
  })

  it('has the headers of GET for HEAD, and no body', async () => {
    const target = '/i/a.jpg?w=9'
    const get = await one.folded(target)
    const head = await one.folded(target, 'none', { method: 'HEAD' })
    expect(head.body).toBeUndefined()
    for (const name of ['etag', 'content-length', 'content-type', 'cache-control']) expect(head.headers[name]).toBe(get.headers[name])
  })

  it('is refused where the path is that of something else', async () => {
    const signal = new AbortController().signal
    const headers = { 'x-tintype-target': '/i/b.jpg' }
    const paths = [
      foldedPath('/i/a.jpg', 'none'),
      foldedPath('/i/b.jpg', 'webp.w641'),
      '/i/b.jpg',
      foldedPath('/i/b.jpg', 'none').replace(/.$/, 'x'),
    ]
    for (const target of paths) {
      const { answer } = await one.keeper({ method: 'GET', target, headers, signal })
      expect([target, answer.status, answer.body?.toString()]).toEqual([target, 400, expect.stringContaining('request-malformed')])
    }
    const right = foldedPath('/i/b.jpg', 'none')
    expect((await one.keeper({ method: 'DELETE', target: right, headers, signal })).answer.status).toBe(400)
    expect(one.source.asked).toEqual([])
    expect(stage.keys()).toEqual([])
  })
})

describe('not kept is', () => {
  const kept = async (target: string): Promise<readonly unknown[]> => {
    const { status, kept } = await one.folded(target)
    return [status, kept, stage.keys()]
  }

  it.each([
    ['what failed', '/i/none.jpg', 404],
    ['what asks wrongly', '/i/a.jpg?w=x', 400],
    ['what is no picture', '/i/a.jpg?f=json', 200],
    ['a page', '/formats', 200],
    ['a picture in place of another', '/i/none.jpg?default=b.jpg', 200],
  ])('%s', async (_what, target, status) => expect(await kept(target)).toEqual([status, 'not-to-be-kept', []]))

  it('what the origin lets nobody keep, or only when it is asked again', async () => {
    one.source.put('a.jpg', 'x', { freshness: { noStore: true } })
    expect(await kept('/i/a.jpg')).toEqual([200, 'not-to-be-kept', []])
  })

  it('what stands in while its origin fails', async () => {
    one.source.put('a.jpg', 'x', { etag: '"1"', freshness: hour })
    await one.ask('/i/a.jpg')
    stage.fake.objects.clear()
    one.clock.seconds += 3601
    one.source.failing = new Failure('origin-unreachable', 'It is gone.')
    for (let round = 0; round < 2; round++) expect(await kept('/i/a.jpg')).toEqual([200, 'not-to-be-kept', []])
  })

  it('what expires', async () => {
    await stage.close()
    const key = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b'
    stage = await openBucketStage({ keys: [key] })
    one = await stage.instance()
    one.source.put('a.jpg', 'x')
    const expires = one.clock.seconds + 100
    for (const query of ['', '?v=1'])
      expect(await kept(signNative(`/i/a.jpg${query}`, key, { expires }))).toEqual([200, 'not-to-be-kept', []])
    expect((await one.folded(signNative('/i/a.jpg', key))).kept).toBe('kept')
    expect((await one.folded('/i/a.jpg')).status).toBe(403)
  })

  it('what is asked the plain way', async () => {
    const { answer } = await one.keeper({ method: 'GET', target: '/i/a.jpg', headers: {}, signal: new AbortController().signal })
    expect([answer.status, answer.headers.vary, stage.keys()]).toEqual([200, 'Accept', []])
  })
})

it('answers when the bucket does not, and says so in one line', async () => {
  stage.fake.account = { ...stage.fake.account, secretAccessKey: 'changed' }
  const { status, kept } = await one.folded('/i/a.jpg')
  expect([status, kept]).toEqual([200, 'failed'])
  expect(stage.lines).toHaveLength(1)
  expect(JSON.parse(stage.lines[0] ?? '')).toMatchObject({ level: 'warn', path: foldedPath('/i/a.jpg', 'none') })
})

describe('after a purge', () => {
  const purge = async (key: string, by = one): Promise<number> => {
    const name = by.service.nameOf(key) as string
    const { removed, mark } = (await by.keeper.bucket?.purge(name, 'new', new AbortController().signal)) ?? { removed: -1, mark: undefined }
    await by.service.forget(name, new AbortController().signal)
    if (mark !== undefined) by.keeper.known.learn(name, mark)
    return removed
  }

  it('the bucket has nothing of the original, and all of the others', async () => {
    await Promise.all(['/i/a.jpg', '/i/a.jpg?w=5', '/i/b.jpg?mark=a.jpg', '/i/b.jpg'].map((target) => one.folded(target)))
    expect(await purge('a.jpg')).toBe(3)
    expect(stage.keys().filter((key) => key.startsWith('i/'))).toEqual([foldedPath('/i/b.jpg', 'none').slice(1)])
  })

  it('an instance that has the original in its memory forgets it, with the first ask', async () => {
    const two = await stage.instance()
    two.source.put('a.jpg', 'old', { freshness: hour })
    const old = await two.folded('/i/a.jpg')
    await purge('a.jpg')
    two.source.put('a.jpg', 'new', { freshness: hour })
    const fresh = await two.folded('/i/a.jpg')
    expect(fresh.headers.etag).not.toBe(old.headers.etag)
    expect(fresh.kept).toBe('kept')
    // And once is enough.
    const renderings = two.renderer.rendered
    await two.folded('/i/a.jpg')
    expect(two.renderer.rendered).toBe(renderings)
  })

  it('a missing original is not remembered as missing', async () => {
    const two = await stage.instance()
    expect((await two.folded('/i/late.jpg')).status).toBe(404)
    two.source.put('late.jpg', 'there')
    await purge('late.jpg')
    expect((await two.folded('/i/late.jpg')).status).toBe(200)
  })

  it('an instance that never saw the original renders once, though the original was purged long ago', async () => {
    await purge('a.jpg')
    for (const [name, object] of stage.fake.objects)
      stage.fake.objects.set(name, { ...object, lastModified: new Date(Date.now() - 60_000) })
    const two = await stage.instance()
    two.source.put('a.jpg', 'new')
    expect((await two.folded('/i/a.jpg')).kept).toBe('kept')
    expect(two.renderer.rendered).toBe(1)
  })

  it('what was made of the old original meanwhile does not stay, whenever the purge came', async () => {
    const wait = latch()
    const two = await stage.instance()
    two.source.put('a.jpg', 'old')
    two.renderer.before = wait.promise
    const late = two.folded('/i/a.jpg')
    await until(() => two.renderer.rendered === 1)
    await purge('a.jpg')
    wait.open()
    expect((await late).kept).toBe('purged')
    expect(stage.keys().filter((key) => !key.startsWith('.purged/'))).toEqual([])
  })

  it('nothing old stays however puts and purges fall together', async () => {
    for (let round = 0; round < 30; round++) {
      const two = await stage.instance()
      two.source.put('a.jpg', `old ${round}`)
      const late = two.folded(`/i/a.jpg?v=${round}`)
      await new Promise((resolve) => setTimeout(resolve, round / 2))
      one.source.put('a.jpg', `new ${round}`)
      await purge('a.jpg')
      await late
      const stays = stage.keys().filter((key) => !key.startsWith('.purged/'))
      expect([round, stays]).toEqual([round, []])
    }
  })
})
