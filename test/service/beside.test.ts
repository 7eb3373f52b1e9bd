import { beforeAll, describe, expect, test } from 'vitest'
import { Failure } from '../../src/errors.ts'
import type { Renderer } from '../../src/pixels/renderer.ts'
import { openBlocked } from '../../src/service/blocked.ts'
import { quadrants, renderer as realRenderer } from '../pictures.ts'
import { besides, bodyOf, latch, openStage, type Stage, settle, token } from './stage.ts'

let renderer: Renderer
let jpeg: Buffer
let png: Buffer
beforeAll(async () => {
  renderer = await realRenderer()
  jpeg = await quadrants(200, 100).jpeg().toBuffer()
  png = await quadrants(80, 40).png().toBuffer()
})

const opened = (
  upload: Parameters<typeof besides>[0] = {},
  more: Parameters<typeof openStage>[0] = {},
  permit?: Parameters<typeof besides>[1],
) => openStage({ renderer, ...more, parts: { ...more.parts, beside: besides(upload, permit) } })

type Headers = Record<string, string>
const send = ({ ask }: Stage, method: string, target: string, bytes: Buffer, headers: Headers = {}) =>
  ask(target, headers, { method, body: bodyOf(bytes) })
const post = (stage: Stage, bytes: Buffer, headers?: Headers) => send(stage, 'POST', '/thumbor/image', bytes, headers)
const codeOf = ({ status, text }: { status: number; text: string }): [number, string] => [status, JSON.parse(text).code]
const unknown = `/thumbor/image/${'0'.repeat(32)}`

async function form(...fields: readonly (readonly [string, Buffer, string?])[]): Promise<[Buffer, Headers]> {
  const data = new FormData()
  for (const [name, bytes, filename] of fields) data.append(name, new Blob([new Uint8Array(bytes)]), filename)
  const sent = new Request('http://h/', { method: 'POST', body: data })
  return [Buffer.from(await sent.arrayBuffer()), { 'content-type': sent.headers.get('content-type') ?? '' }]
}

describe('an upload', () => {
  test.each([
    ['without a name', {}, 'image.jpg'],
    ['with a name', { slug: 'my cat.jpeg' }, 'my%20cat.jpeg'],
    ['with an encoded name without an ending', { slug: 'k%C3%A4tzchen' }, 'k%C3%A4tzchen.jpg'],
    ['with a name that leads elsewhere', { slug: '../../etc/pass"wd?\r\n' }, '_.._etc_pass_wd___.jpg'],
    ['with a name of nothing but dots', { slug: '...' }, 'image.jpg'],
  ])('%s is kept under a random id, and is an original like any other', async (_, headers, name) => {
    const stage = await opened()
    const answer = await post(stage, jpeg, headers)
    expect([answer.status, answer.text]).toEqual([201, ''])
    const [, id = '', path] = /^\/thumbor\/image\/([0-9a-f]{32})\/(.*)$/.exec(answer.headers.location ?? '') ?? []
    expect(path).toBe(name)
    expect(stage.source.originals.get(id)?.bytes).toEqual(jpeg)
    expect((await stage.ask(`/i/photos:${id}?w=50`)).status).toBe(200)
    for (const target of [answer.headers.location ?? '', `/thumbor/image/${id}`, `/thumbor/image/${id}/`, `/thumbor/image/${id}/x/y?z`]) {
      const got = await stage.ask(target)
      expect([target, got.status, got.body]).toEqual([target, 200, jpeg])
      expect(got.headers).toMatchObject({ 'content-type': 'image/jpeg', 'x-content-type-options': 'nosniff' })
      expect(got.headers['cache-control']).toMatch(/public, max-age=/)
      const again = await stage.ask(target, { 'if-none-match': got.headers.etag ?? '' })
      expect(again.status).toBe(304)
      const head = await stage.ask(target, {}, { method: 'HEAD' })
      expect([head.status, head.headers['content-length'], head.text]).toEqual([200, String(jpeg.length), ''])
    }
  })

  test('as the field of a form is kept, with the name of its file', async () => {
    const stage = await opened()
    const [body, headers] = await form(['note', Buffer.from('x')], ['media', png, 'from disk.png'])
    const answer = await post(stage, body, headers)
    expect([answer.status, answer.headers.location]).toEqual([201, expect.stringMatching(/\/from%20disk\.png$/)])
    expect([...stage.source.originals.values()][0]?.bytes).toEqual(png)
  })

  test.each([
    ['is no picture', () => Buffer.from('hello'), {}, [415, 'original-not-image']],
    ['is nothing', () => Buffer.alloc(0), {}, [415, 'original-not-image']],
    ['only begins like one', () => Buffer.concat([jpeg.subarray(0, 10), Buffer.alloc(500)]), {}, [415, 'original-not-image']],
    ['is too heavy', () => jpeg, { maxBytes: 500 }, [412, 'upload-too-large']],
    ['is too narrow', () => jpeg, { minWidth: 201 }, [412, 'upload-too-small']],
    ['is too low', () => jpeg, { minHeight: 101 }, [412, 'upload-too-small']],
  ])('that %s is refused, and nothing is kept', async (_, bytes, settings, wanted) => {
    const stage = await opened(settings)
    expect(codeOf(await post(stage, bytes()))).toEqual(wanted)
    expect(codeOf(await post(stage, ...(await form(['media', bytes()]))))).toEqual(wanted)
    expect(stage.source.originals.size).toBe(0)
    expect(stage.log.at(-1)).toMatchObject({ status: wanted[0], code: wanted[1], method: 'POST' })
  })

  test('is measured as it is seen: one that lies on its side has its width for a height', async () => {
    const turned = await quadrants(200, 100).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    expect((await post(await opened({ minWidth: 100, minHeight: 200 }), turned)).status).toBe(201)
    expect(codeOf(await post(await opened({ minWidth: 200 }), turned))).toEqual([412, 'upload-too-small'])
  })

  test('is never larger than an original may be', async () => {
    const stage = await opened({ maxBytes: 1e9 }, { limits: { sourceBytes: 500 } })
    expect(codeOf(await post(stage, jpeg))).toEqual([412, 'upload-too-large'])
  })

  test('of a format that is switched off is refused', async () => {
    expect(codeOf(await post(await opened({}, { limits: { readFormats: ['png'] } }), jpeg))).toEqual([415, 'original-format-off'])
  })

  test('in a form that is none, or without the field, is refused', async () => {
    const stage = await opened()
    const [body, headers] = await form(['other', png])
    expect(codeOf(await post(stage, body, headers))).toEqual([400, 'request-malformed'])
    expect(codeOf(await post(stage, png, { 'content-type': 'multipart/form-data' }))).toEqual([400, 'request-malformed'])
  })

  test('of an SVG is given back without what it would run', async () => {
    const stage = await opened()
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="alert(1)"><script>alert(2)</script></svg>'
    const { headers } = await post(stage, Buffer.from(svg))
    expect(headers.location).toMatch(/\/image\.svg$/)
    const got = await stage.ask(headers.location ?? '')
    expect(got.headers).toMatchObject({ 'content-type': 'image/svg+xml', 'content-security-policy': expect.stringContaining('sandbox') })
    expect(got.text).not.toMatch(/alert/)
  })

  test('that cannot be kept says so', async () => {
    const stage = await opened()
    stage.source.unwritable = new Failure('origin-failed', 'The disk is full.')
    expect(codeOf(await post(stage, jpeg))).toEqual([502, 'origin-failed'])
  })

  test('whose body does not come in time is given up', async () => {
    const stage = await opened({ seconds: 0.05 })
    const answer = await stage.ask(
      '/thumbor/image',
      {},
      {
        method: 'POST',
        body: (_most, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      },
    )
    expect(codeOf(answer)).toEqual([408, 'request-slow'])
  })

  test('waits for its turn, and is refused where too many wait', async () => {
    const stage = await opened({ atOnce: 1 }, { queue: { length: 1 } })
    const gate = latch()
    const slow = (): Promise<Buffer> => gate.promise.then(() => jpeg)
    const two = [1, 2].map(() => stage.ask('/thumbor/image', {}, { method: 'POST', body: slow }))
    await settle()
    expect(codeOf(await post(stage, jpeg))).toEqual([503, 'overloaded'])
    gate.open()
    expect((await Promise.all(two)).map(({ status }) => status)).toEqual([201, 201])
    expect(new Set((await Promise.all(two)).map(({ headers }) => headers.location)).size).toBe(2)
  })

  test('is replaced and removed, and nothing of it comes back', async () => {
    const stage = await opened()
    const { headers } = await post(stage, jpeg)
    const location = headers.location ?? ''
    const id = location.split('/')[3]
    const before = await stage.ask(`/i/photos:${id}?w=50&f=png`)
    expect((await stage.ask(`/i/photos:${id}?w=50&f=png`)).headers['cache-status']).toMatch(/hit/)
    const put = await send(stage, 'PUT', location, png)
    expect([put.status, put.text]).toEqual([204, ''])
    expect((await stage.ask(location)).body).toEqual(png)
    const after = await stage.ask(`/i/photos:${id}?w=50&f=png`)
    expect([after.status, after.headers['cache-status']]).toEqual([200, expect.stringMatching(/fwd=miss/)])
    expect(after.body).not.toEqual(before.body)
    expect(codeOf(await send(stage, 'PUT', location, Buffer.from('x')))).toEqual([415, 'original-not-image'])
    expect((await stage.ask(location)).body).toEqual(png)
    expect((await send(stage, 'DELETE', location, Buffer.alloc(0))).status).toBe(204)
    for (const target of [location, `/i/photos:${id}?w=50&f=png`])
      expect(codeOf(await stage.ask(target))).toEqual([404, 'original-missing'])
  })

  test.each([
    ['GET', unknown],
    ['PUT', unknown],
    ['DELETE', unknown],
    ['GET', '/thumbor/image/cat.jpg'],
    ['PUT', `/thumbor/image/${'A'.repeat(32)}/x`],
    ['DELETE', '/thumbor/image/..%2fcat.jpg'],
  ])('that is not there is 404: %s %s', async (method, target) => {
    const stage = await opened()
    stage.source.put('cat.jpg', jpeg)
    expect(codeOf(await send(stage, method, target, png))).toEqual([404, 'original-missing'])
    expect(stage.source.originals.size).toBe(1)
  })
})

describe('methods', () => {
  test.each([
    [{}, 'GET', '/thumbor/image', 'POST, OPTIONS'],
    [{}, 'POST', unknown, 'GET, HEAD, PUT, DELETE, OPTIONS'],
    [{ put: false }, 'PUT', unknown, 'GET, HEAD, DELETE, OPTIONS'],
    [{ delete: false }, 'DELETE', unknown, 'GET, HEAD, PUT, OPTIONS'],
    [{}, 'POST', '/thumbor/healthcheck', 'GET, HEAD, OPTIONS'],
  ])('with %j: %s %s is 405, and Allow says what is not', async (settings, method, target, allow) => {
    const stage = await opened(settings)
    const answer = await send(stage, method, target, png)
    expect([...codeOf(answer), answer.headers.allow]).toEqual([405, 'method-not-allowed', allow])
    const options = await stage.ask(target, {}, { method: 'OPTIONS' })
    expect(options).toMatchObject({ status: 204, headers: { allow, 'access-control-allow-methods': allow } })
    expect(options.headers['access-control-allow-headers']).toMatch(/Authorization/)
  })

  test('are none where nothing is taken', async () => {
    const off = await openStage({ renderer, parts: { beside: besides(undefined) } })
    expect(codeOf(await post(off, jpeg))).toEqual([405, 'method-not-allowed'])
    expect(codeOf(await off.ask(unknown))).toEqual([400, 'signature-unused']) // a picture as any other, with `image` for its hash
    const without = await openStage({ renderer })
    expect(codeOf(await without.ask('/thumbor/healthcheck'))).toEqual([400, 'hash-missing'])
  })

  test('belong to the mount, at the root too, and to no path beside it', async () => {
    const root = await openStage({ renderer, parts: { beside: { ...besides({}), bases: ['/a', ''] } } })
    expect((await send(root, 'POST', '/image', jpeg)).headers.location).toMatch(/^\/image\//)
    expect((await send(root, 'POST', '/a/image', jpeg)).headers.location).toMatch(/^\/a\/image\//)
    for (const path of ['/healthcheck', '/healthcheck/', '/a/healthcheck', '/healthcheck?x'])
      expect((await root.ask(path)).text).toBe('WORKING')
    for (const path of ['/healthchecks', '/b/healthcheck', '/ahealthcheck', '/images', '/imageX/y'])
      expect((await root.ask(path)).status).toBe(404)
  })
})

describe('writing', () => {
  const tokens = { token, open: false }
  test.each([
    ['with the token', tokens, { authorization: `Bearer ${token}` }, 201],
    ['without it', tokens, {}, 403],
    ['with another', tokens, { authorization: 'Bearer other' }, 403],
    ['where no token is set', { open: false }, {}, 403],
    ['where no token is set, with an empty one', { open: false }, { authorization: 'Bearer ' }, 403],
    ['at the machine', { open: false, local: true }, {}, 201],
    ['at the machine, from a page of its own', { open: false, local: true }, { 'sec-fetch-site': 'same-origin' }, 201],
    ['at the machine, from a page of its own, which says so', { open: false, local: true }, { origin: 'http://localhost:8080' }, 201],
    ['at the machine, from a page whose name leads here', { open: false, local: true }, { origin: 'http://evil.example:8080' }, 403],
    [
      'at the machine, from a page whose name begins like it',
      { open: false, local: true },
      { origin: 'http://localhost.evil.example' },
      403,
    ],
    ['at the machine, from a page of another', { open: false, local: true }, { 'sec-fetch-site': 'cross-site' }, 403],
    ['where everybody may', { open: true }, { 'sec-fetch-site': 'cross-site' }, 201],
  ])('%s', async (_, permit, headers, status) => {
    const blocked = await openBlocked({ keys: ['nothing'], put: false }, () => {})
    const stage = await opened({}, { parts: { blocked } }, permit)
    stage.source.put('0'.repeat(32), png)
    let asked = false
    const body: ReturnType<typeof bodyOf> = async (most, signal) => {
      asked = true
      return bodyOf(jpeg)(most, signal)
    }
    expect((await stage.ask('/thumbor/image', headers, { method: 'POST', body })).status).toBe(status)
    expect(asked).toBe(status === 201) // of who may not write nothing is read
    const done = status === 201 ? 204 : 403
    expect((await send(stage, 'PUT', unknown, jpeg, headers)).status).toBe(done)
    expect((await stage.ask('/thumbor/blacklist', headers)).status).toBe(status === 201 ? 200 : 403)
    expect((await stage.ask(unknown)).status).toBe(200)
    expect((await send(stage, 'DELETE', unknown, jpeg, headers)).status).toBe(done)
  })
})

describe('what is blocked', () => {
  async function blocking(...keys: string[]): Promise<Stage> {
    const blocked = await openBlocked({ keys, put: false }, () => {})
    const stage = await opened({}, { parts: { blocked } })
    stage.source.put('pets/cat.jpg', jpeg)
    stage.source.put('logo.png', png)
    return stage
  }

  test.each([
    ['/i/pets/cat.jpg?w=50', 'cat'],
    ['/i/pets%2Fc%61t.jpg?w=50', 'pets/cat'],
    ['/i/photos:pets/cat.jpg?w=50', 'pets/cat'],
    ['/i/logo.png?mark=pets/cat.jpg&w=60', 'pets/cat'],
    ['/i/pets/cat.jpg?f=original', 'pets'],
    ['/i/pets/cat.jpg?f=json', 'pets'],
  ])('%s is refused for %s', async (target, line) => {
    expect((await (await blocking('dog')).ask(target)).status).toBe(200)
    expect(codeOf(await (await blocking(line)).ask(target))).toEqual([400, 'original-refused'])
  })

  test('stands in for no other', async () => {
    const target = '/i/none.png?default=pets/cat.jpg'
    expect((await (await blocking('dog')).ask(target)).status).toBe(200)
    expect(codeOf(await (await blocking('cat')).ask(target))).toEqual([404, 'original-missing'])
  })

  test('is refused although it lies at hand, and is shown again when it is taken off', async () => {
    const lines: string[] = []
    const blocked = {
      refuses: (names: readonly string[]) => lines.some((line) => names.some((name) => name.includes(line))),
      text: '',
      grows: false,
      add: async () => undefined,
      close: async () => {},
    }
    const stage = await opened({}, { parts: { blocked } })
    stage.source.put('cat.jpg', jpeg)
    const target = '/i/cat.jpg?w=50'
    await stage.ask(target)
    expect(stage.service.atHand({ method: 'GET', target, headers: {} })?.status).toBe(200)
    lines.push('cat')
    expect(stage.service.atHand({ method: 'GET', target, headers: {} })).toBeUndefined()
    expect(codeOf(await stage.ask(target))).toEqual([400, 'original-refused'])
    lines.pop()
    expect((await stage.ask(target)).status).toBe(200)
  })

  test('is an upload as well', async () => {
    const stage = await blocking('0000000000')
    stage.source.put('0'.repeat(32), png)
    expect(codeOf(await stage.ask(unknown))).toEqual([400, 'original-refused'])
  })

  test('leads nobody to its origin', async () => {
    const blocked = await openBlocked({ keys: ['cat'], put: false }, () => {})
    const stage = await openStage({ renderer, parts: { blocked } })
    const web = await openStage({ renderer, urlSource: stage.source, parts: { blocked } })
    const answer = await web.ask(`/i/${encodeURIComponent('https://h.example/cat.jpg')}?w=5&onerror=redirect`)
    expect(codeOf(answer)).toEqual([400, 'original-refused'])
  })
})

describe('healthcheck', () => {
  test('says that the service works, and is never refused for asking too often', async () => {
    const stage = await opened({}, { rate: { perSecond: 0.01, burst: 1 } })
    for (let round = 0; round < 5; round++) {
      const answer = await stage.ask('/thumbor/healthcheck', {}, { client: '192.0.2.1' })
      expect(answer).toMatchObject({ status: 200, text: 'WORKING', headers: { 'cache-control': 'no-cache' } })
    }
    const head = await stage.ask('/thumbor/healthcheck/', {}, { method: 'HEAD' })
    expect([head.status, head.text]).toEqual([200, ''])
  })

  test('uploads count like anything else', async () => {
    const stage = await opened({}, { rate: { perSecond: 0.01, burst: 1 } })
    const again = () => stage.ask('/thumbor/image', {}, { method: 'POST', client: '192.0.2.1', body: bodyOf(jpeg) })
    expect([(await again()).status, (await again()).status]).toEqual([201, 429])
  })
})
