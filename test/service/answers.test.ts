import { describe, expect, test } from 'vitest'
import { type Dialect, plainDelivery } from '../../src/dialects/dialect.ts'
import { recipe } from '../../src/recipe/recipe.ts'
import { openStage } from './stage.ts'

const date = 'Wed, 01 Jan 2025 00:00:00 GMT'
const chrome = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8'

describe('HEAD', () => {
  test.each(['/i/cat.jpg?w=100', '/i/cat.jpg?f=json', '/health', '/errors', '/nowhere', '/i/none.jpg'])(
    'of %s has the headers of GET and no body',
    async (target) => {
      const { ask, source } = await openStage()
      source.put('cat.jpg', 'one')
      await ask(target)
      const [get, head] = [await ask(target), await ask(target, {}, { method: 'HEAD' })]
      expect(head.body).toBeUndefined()
      expect(head.status).toBe(get.status)
      expect(get.headers['content-length']).toBe(String(get.body?.length))
      const { 'x-request-id': _id, 'server-timing': _time, ...same } = get.headers
      const problem = get.headers['content-type'] === 'application/problem+json' // names the request in its body
      expect(head.headers).toMatchObject(problem ? { 'content-type': 'application/problem+json' } : same)
    },
  )

  test('of a cold picture has the exact length, and a hit needs no renderer', async () => {
    const { ask, source, renderer } = await openStage()
    source.put('cat.jpg', 'one')
    const head = await ask('/i/cat.jpg', {}, { method: 'HEAD' })
    const get = await ask('/i/cat.jpg')
    expect(head.headers['content-length']).toBe(String(get.body?.length))
    expect(renderer.rendered).toBe(1)
  })
})

describe('who has it already', () => {
  test('gets 304 with the headers that a cache needs', async () => {
    const { ask, source } = await openStage()
    source.put('cat.jpg', 'one', { lastModified: date })
    const { headers, text } = await ask('/i/cat.jpg')
    expect(headers['last-modified']).toBe(date)
    const etag = headers.etag ?? ''
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/)
    for (const known of [
      { 'if-none-match': etag },
      { 'if-none-match': `W/${etag}` },
      { 'if-none-match': `"other", ${etag}` },
      { 'if-none-match': '*' },
      { 'if-modified-since': date },
      { 'if-modified-since': 'Thu, 02 Jan 2025 00:00:00 GMT' },
    ]) {
      const answer = await ask('/i/cat.jpg', known as unknown as Record<string, string>)
      expect([answer.status, answer.body]).toEqual([304, undefined])
      expect(answer.headers).toMatchObject({ etag, vary: 'Accept', 'cache-control': headers['cache-control'] })
      expect(answer.headers['content-length']).toBeUndefined()
    }
    for (const known of [
      { 'if-none-match': '"other"' },
      { 'if-none-match': '"other"', 'if-modified-since': date },
      { 'if-modified-since': 'Tue, 31 Dec 2024 23:59:59 GMT' },
      { 'if-modified-since': 'yesterday' },
    ]) {
      const answer = await ask('/i/cat.jpg', known as unknown as Record<string, string>)
      expect([answer.status, answer.text]).toEqual([200, text])
    }
  })

  test('a date proves nothing where other pictures lie on top', async () => {
    const { ask, source } = await openStage()
    source.put('cat.jpg', 'one', { lastModified: date })
    source.put('logo.png', 'two')
    const marked = await ask('/i/cat.jpg?mark=logo.png', { 'if-modified-since': date })
    expect([marked.status, marked.headers['last-modified']]).toEqual([200, undefined])
  })
})

describe('negotiation', () => {
  test('varies by Accept only when it took part', async () => {
    const { ask, source } = await openStage()
    source.put('cat.jpg', 'one')
    expect((await ask('/i/cat.jpg?f=png', { accept: chrome })).headers.vary).toBeUndefined()
    const auto = await ask('/i/cat.jpg', { accept: chrome })
    expect([auto.headers.vary, auto.headers['content-type']]).toEqual(['Accept', 'image/avif'])
    expect((await ask('/i/cat.jpg?dpr=auto&w=100&f=png')).headers.vary).toBe('Sec-CH-DPR, DPR')
  })

  test('fifty kinds of Accept make at most four pictures', async () => {
    const { ask, source, renderer } = await openStage()
    source.put('cat.jpg', 'one')
    const types = [
      'image/avif',
      'image/webp',
      'image/jpeg',
      'image/*',
      '*/*',
      'text/html',
      'image/avif;q=0.5',
      'image/webp;q=0',
      'x;q=junk',
    ]
    const accepts = types.flatMap((one) => types.map((other) => `${one}, ${other};level=${one.length}`))
    for (const accept of accepts) expect((await ask('/i/cat.jpg', { accept })).status).toBe(200)
    expect(renderer.rendered).toBeLessThanOrEqual(4)
  })
})

test('what a dialect drops is said in a header, which it cannot end', async () => {
  const lenient: Dialect = {
    name: 'lenient',
    doc: '',
    spec: '',
    parse: () => ({ key: 'cat.jpg', recipe: recipe([]), delivery: plainDelivery, dropped: ['max-age()', 'ü\r\nx: y'] }),
    print: () => '',
  }
  const { ask, source } = await openStage({ parts: { dialects: [lenient] } })
  source.put('cat.jpg', 'one')
  expect((await ask('/x')).headers['x-tintype-dropped']).toBe('max-age(), ___x: y')
})

describe('versions', () => {
  test('v= makes an answer immutable and changes no pixel', async () => {
    const { ask, source, renderer } = await openStage()
    source.put('cat.jpg', 'one')
    const plain = await ask('/i/cat.jpg')
    const versioned = await ask('/i/cat.jpg?v=7')
    expect(versioned.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect([versioned.text, renderer.rendered]).toEqual([plain.text, 1])
  })
})

describe('what nobody may influence', () => {
  test('twenty kinds of headers get equal bytes, from one entry', async () => {
    const { ask, source, store, renderer } = await openStage()
    source.put('cat.jpg', 'one')
    const variants: Record<string, string>[] = [
      ...['a.example', 'b.example:81', 'evil"><script>', '[::1]'].map((host) => ({ host })),
      ...['1.1.1.1', 'a, b, c', '::1'].map((by) => ({ 'x-forwarded-for': by })),
      { 'x-forwarded-host': 'evil.example' },
      { 'x-forwarded-proto': 'gopher' },
      { 'x-forwarded-port': '1' },
      { forwarded: 'for=1.1.1.1;host=evil.example' },
      { 'x-original-url': '/i/dog.jpg' },
      { 'x-rewrite-url': '/admin' },
      { 'x-http-method-override': 'DELETE' },
      ...['a=b', 'session=1; f=png'].map((cookie) => ({ cookie })),
      ...['Basic YTpi', 'Bearer x'].map((authorization) => ({ authorization })),
      ...['curl/8', 'Mozilla/5.0 (iPhone)', ''].map((agent) => ({ 'user-agent': agent })),
      { origin: 'https://evil.example', referer: 'https://evil.example/' },
      { range: 'bytes=0-3' },
      { 'cache-control': 'no-cache', pragma: 'no-cache' },
      { 'sec-ch-width': '300', dpr: '3' },
      { 'accept-language': 'tlh', 'accept-encoding': 'br' },
    ]
    const plain = await ask('/i/cat.jpg?w=100')
    for (const headers of variants) {
      const answer = await ask('/i/cat.jpg?w=100', headers)
      expect([answer.status, answer.text]).toEqual([200, plain.text])
      const { 'x-request-id': _a, 'server-timing': _b, 'cache-status': _c, ...told } = answer.headers
      expect(plain.headers).toMatchObject(told)
    }
    expect(variants.length).toBeGreaterThanOrEqual(20)
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect([store.figures().entries, renderer.rendered]).toEqual([2, 1])
  })

  test('every answer says what it is, and to whom', async () => {
    const { ask, source } = await openStage()
    source.put('cat.jpg', 'one')
    for (const target of [
      '/i/cat.jpg',
      '/i/cat.jpg?f=json',
      '/i/none.jpg',
      '/i/cat.jpg?nonsense=1',
      '/health',
      '/ready',
      '/formats',
      '/errors',
      '/x',
    ]) {
      const { headers } = await ask(target)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'access-control-allow-origin': '*',
        'timing-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
      })
      expect(headers['x-request-id']).toMatch(/^[\w-]{8}-[0-9a-z]+$/)
      expect(headers['cache-control']).toBeDefined()
    }
    const closed = await openStage({ access: { allowOrigin: '' } })
    expect((await closed.ask('/health')).headers['access-control-allow-origin']).toBeUndefined()
  })
})

test('what a source knows by two keys is one original: made once, purged once', async () => {
  const { ask, source, service, renderer } = await openStage()
  Object.assign(source, { canonical: (key: string) => key.replace(/^long\//, '') })
  source.put('cat.jpg', 'one')
  expect(service.nameOf('long/cat.jpg')).toBe(service.nameOf('cat.jpg'))
  const [short, long] = [await ask('/i/cat.jpg'), await ask('/i/long/cat.jpg')]
  expect([long.status, long.headers.etag, renderer.rendered]).toEqual([200, short.headers.etag, 1])
  expect(await service.purge('long/cat.jpg', new AbortController().signal)).toBeGreaterThan(0)
  await ask('/i/cat.jpg')
  expect(renderer.rendered).toBe(2)
})
