import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { Failure } from '../../src/errors.ts'
import type { Renderer } from '../../src/pixels/renderer.ts'
import { quadrants, renderer as realRenderer, seen } from '../pictures.ts'
import { FakeSource } from './fake-source.ts'
import { openStage, type Stage, settle } from './stage.ts'

const chrome = { accept: 'image/avif,image/webp,*/*;q=0.8' }
let renderer: Renderer
let jpeg: Buffer
let png: Buffer

beforeAll(async () => {
  renderer = await realRenderer()
  jpeg = await quadrants(200, 100).jpeg().toBuffer()
  png = await quadrants(80, 80).png().toBuffer()
})

async function opened(wishes: Parameters<typeof openStage>[0] = {}): Promise<Stage> {
  const stage = await openStage({ renderer, ...wishes })
  stage.source.put('cat.jpg', jpeg)
  stage.source.put('logo.png', png)
  return stage
}

describe('f=json', () => {
  test.each([
    ['/i/cat.jpg?w=50', chrome],
    ['/i/cat.jpg?w=50', {}],
    ['/i/cat.jpg?w=90&h=90&fit=cover&f=webp', {}],
    ['/i/cat.jpg?crop=10,10,50,60&rotate=90&f=png', {}],
    ['/i/cat.jpg?h=33&mark=logo.png&f=jpeg', {}],
    ['/i/logo.png?trim=10&pad=5&f=png', {}],
  ])('of %s states the size, type and name of what then comes, and makes no picture', async (target, headers) => {
    const { ask, store } = await opened()
    const json = target.includes('&f=') ? target.replace(/&f=\w+/, '&f=json') : `${target}&f=json`
    const explained = await ask(json, headers)
    expect(explained.status).toBe(200)
    expect(explained.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' })
    await settle()
    expect(store.figures().entries).toBe(target.includes('mark') ? 2 : 1) // the copies of the originals alone
    const { result, kept, canonical } = JSON.parse(explained.text)
    const picture = await ask(target, headers)
    const { width, height } = await sharp(picture.body).metadata()
    expect([width, height]).toEqual([result.width, result.height])
    if (!target.includes('&f=')) {
      expect(picture.headers['content-type']).toBe(result.type)
      expect(await store.get(kept.original, kept.result, new AbortController().signal)).toBeDefined()
      expect(canonical).toContain('resize(width=50')
      expect(explained.headers.vary).toBe('Accept')
    }
  })
})

describe('f=original', () => {
  test('passes the very bytes on, their type read from them', async () => {
    const { ask, source, store } = await opened()
    source.put('liar.png', jpeg, { lastModified: 'Wed, 01 Jan 2025 00:00:00 GMT' })
    const answer = await ask('/i/liar.png?f=original')
    expect(answer.body?.equals(jpeg)).toBe(true)
    expect(answer.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-disposition': 'inline; filename="liar.jpg"',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    })
    expect((await ask('/i/liar.png?f=original', { 'if-none-match': answer.headers.etag ?? '' })).status).toBe(304)
    await settle()
    expect(store.figures().entries).toBe(1)
  })

  test('takes the scripts out of an SVG', async () => {
    const { ask, source } = await opened()
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="alert(1)"><script>alert(2)</script><rect width="9" height="9"/></svg>'
    source.put('drawing.svg', svg)
    const answer = await ask('/i/drawing.svg?f=original')
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'image/svg+xml'])
    expect(answer.headers['content-security-policy']).toContain('sandbox')
    expect(answer.text).toContain('<rect')
    expect(answer.text).not.toMatch(/script|onload|alert/)
    expect((await ask('/i/drawing.svg?f=original', { 'if-none-match': answer.headers.etag ?? '' })).status).toBe(304)
  })

  test('is no way to fetch what is no picture', async () => {
    const { ask, source } = await opened()
    source.put('page.html', '<html><script>alert(1)</script></html>')
    expect((await ask('/i/page.html?f=original')).status).toBe(415)
  })
})

describe('when the original cannot be had', () => {
  test('default= is another picture, for a short time', async () => {
    const { ask } = await opened()
    const instead = await ask('/i/none.jpg?default=logo.png&w=20&f=png&v=1')
    expect([instead.status, instead.headers['cache-control'], instead.headers['x-tintype-error']]).toEqual([
      200,
      'public, max-age=60',
      'original-missing',
    ])
    expect((await seen(instead.body ?? Buffer.alloc(0))).width).toBe(20)
    expect((await ask('/i/none.jpg?default=neither.png')).status).toBe(404)
  })

  test('default= stays unkept where it may not be kept', async () => {
    const { ask, source } = await opened()
    source.put('secret.png', png, { freshness: { noStore: true } })
    expect((await ask('/i/none.jpg?default=secret.png')).headers['cache-control']).toBe('no-store')
    expect((await ask('/i/none.jpg?default=logo.png&f=json')).headers['cache-control']).toBe('no-store')
  })

  test('default= is for missing originals; with onerror=default for whatever is wrong with them', async () => {
    const { ask, source } = await opened()
    source.put('text.jpg', 'no picture')
    expect((await ask('/i/text.jpg?default=logo.png')).status).toBe(415)
    expect((await ask('/i/text.jpg?default=logo.png&onerror=default')).headers['x-tintype-error']).toBe('original-not-image')
    expect((await ask('/i/text.jpg?onerror=default')).status).toBe(415)
  })

  test('onerror=transparent is a clear pixel, onerror=picture says what is wrong; both keep the status', async () => {
    const { ask } = await opened()
    const pixel = await ask('/i/none.jpg?onerror=transparent')
    expect([pixel.status, pixel.headers['content-type'], pixel.headers['x-tintype-error']]).toEqual([404, 'image/gif', 'original-missing'])
    expect((await seen(pixel.body ?? Buffer.alloc(0))).at(0, 0)[3]).toBe(0)
    const picture = await ask('/i/%3Cscript%3E&none.jpg?onerror=picture')
    expect([picture.status, picture.headers['content-type'], picture.headers['cache-control']]).toEqual([404, 'image/svg+xml', 'no-store'])
    expect(picture.text).not.toContain('<script>')
    expect((await sharp(picture.body).metadata()).width).toBe(480)
  })

  describe('onerror=redirect', () => {
    const web = new FakeSource()
    test.each([
      ['https%3A%2F%2Fa.example%2Fa%2520b.jpg%3Fx%3D1', 'https://a.example/a%20b.jpg?x=1'],
      ['https://a.example/%C3%BC.jpg', 'https://a.example/%C3%BC.jpg'],
    ])('leads to the original itself: %s', async (path, location) => {
      const { ask } = await opened({ urlSource: web })
      const answer = await ask(`/i/${path}?onerror=redirect`)
      expect([answer.status, answer.headers.location, answer.headers['cache-control']]).toEqual([302, location, 'no-store'])
    })

    test('leads nowhere that may not be fetched, and not to what has no URL', async () => {
      const { ask } = await opened()
      expect((await ask('/i/https://evil.example/a.jpg?onerror=redirect')).status).toBe(403)
      const forbidding = new FakeSource()
      forbidding.failing = new Failure('source-forbidden', 'Not this host.')
      const allowed = await opened({ urlSource: forbidding })
      expect((await allowed.ask('/i/https://evil.example/a.jpg?onerror=redirect')).status).toBe(403)
      expect((await ask('/i/none.jpg?onerror=redirect')).status).toBe(404)
    })

    test('leads nowhere that may not be fetched, whatever else fails before that is found out', async () => {
      const choosy = new FakeSource()
      choosy.refusing = (key) => (key.startsWith('https://evil.') ? new Failure('source-forbidden', 'Not this host.') : undefined)
      const { ask } = await opened({ urlSource: choosy })
      expect((await ask('/i/https://evil.example/a.jpg?onerror=redirect&mark=none.png')).status).toBe(404)
      expect((await ask('/i/https://good.example/a.jpg?onerror=redirect&mark=none.png')).status).toBe(302)
    })
  })
})

describe('names', () => {
  test.each([
    ['/i/deep/cat.jpg?f=png', 'inline; filename="cat.png"'],
    ['/i/deep/cat.jpg?f=png&dl', 'attachment; filename="cat.png"'],
    ['/i/deep/cat.jpg?f=png&dl=holiday.jpeg', 'attachment; filename="holiday.png"'],
    ['/i/deep/cat.jpg?f=png&dl=%C3%BCber', `attachment; filename="_ber.png"; filename*=UTF-8''%C3%BCber.png`],
  ])('%s is sent as %s', async (target, disposition) => {
    const { ask, source } = await opened()
    source.put('deep/cat.jpg', jpeg)
    expect((await ask(target)).headers['content-disposition']).toBe(disposition)
  })
})

test('a picture from a local folder is looked at again, and never copied', async () => {
  const local = new FakeSource(true)
  local.put('cat.jpg', await readFile('samples/rotated.jpg'), { etag: '"1"' })
  const { ask, store, clock } = await openStage({ renderer, source: local })
  const first = await ask('/i/cat.jpg?w=20')
  expect(first.headers['cache-control']).toMatch(/^public, max-age=3600,/)
  expect(store.figures().entries).toBe(1)
  clock.seconds += 2
  expect((await ask('/i/cat.jpg?w=20')).headers['cache-status']).toMatch(/fwd-status=304/)
  local.put('cat.jpg', jpeg, { etag: '"2"' })
  clock.seconds += 2
  expect((await ask('/i/cat.jpg?w=20')).text).not.toBe(first.text)
  local.originals.clear()
  clock.seconds += 2
  expect((await ask('/i/cat.jpg?w=20')).status).toBe(404)
  local.put('cat.jpg', jpeg, { etag: '"2"' })
  expect((await ask('/i/cat.jpg?w=20')).status).toBe(200)
})

describe('formats that are switched off', () => {
  const limits = { readFormats: ['jpeg'], writeFormats: ['jpeg', 'png'] } as const

  test('are no originals: no picture comes of them, no explanation, nor themselves', async () => {
    const { ask } = await opened({ limits })
    for (const query of ['w=20', 'f=json', 'f=original']) {
      const { status, text } = await ask(`/i/logo.png?${query}`)
      expect([query, status, JSON.parse(text)]).toMatchObject([query, 415, { code: 'original-format-off' }])
    }
    expect((await ask('/i/cat.jpg?w=20&mark=logo.png')).status).toBe(415)
    expect((await ask('/i/cat.jpg?f=original')).status).toBe(200)
  })

  test('are not made: asked by name they are refused, auto takes another', async () => {
    const { ask } = await opened({ limits })
    const { status, text } = await ask('/i/cat.jpg?w=20&f=webp')
    expect([status, JSON.parse(text)]).toMatchObject([400, { code: 'format-off', parameter: 'f', expected: 'one of auto, jpeg, png' }])
    expect((await ask('/i/cat.jpg?w=20', chrome)).headers['content-type']).toBe('image/jpeg')
    expect((await ask('/i/cat.jpg?w=20&trim=10&f=png')).headers['content-type']).toBe('image/png')
    expect(JSON.parse((await ask('/formats')).text)).toMatchObject({ read: ['jpeg'], write: ['jpeg', 'png'] })
  })
})
