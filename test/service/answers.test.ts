import { describe, expect, test } from 'vitest'
import { type Delivery, type Dialect, type Order, plainDelivery, type Words } from '../../src/dialects/dialect.ts'
import { Failure } from '../../src/errors.ts'
import { recipe } from '../../src/recipe/recipe.ts'
import { step } from '../../src/recipe/steps.ts'
import { animation, green, plain, renderer as realRenderer, red } from '../pictures.ts'
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

/** A dialect whose every target is the order that its path names. */
function lenient(given: Partial<Order>, statuses?: Dialect['statuses']): Dialect {
  return {
    name: 'lenient',
    doc: '',
    spec: '',
    parse: (target) => ({ key: target.slice(1), recipe: recipe([]), delivery: plainDelivery, ...given }),
    print: () => '',
    ...(statuses === undefined ? {} : { statuses }),
  }
}

describe('what a dialect drops', () => {
  const dropped = ['max-age()', 'ü\r\nx: y']
  const said = 'max-age(), %C3%BC%0D%0Ax:%20y'

  test('is said in a header, which it cannot end: made anew, at hand and unchanged', async () => {
    const { ask, source, service } = await openStage({ parts: { dialects: [lenient({ dropped })] } })
    source.put('cat.jpg', 'one')
    const made = await ask('/cat.jpg')
    expect(made.headers['x-tintype-dropped']).toBe(said)
    expect(service.atHand({ method: 'GET', target: '/cat.jpg', headers: {} })?.headers['x-tintype-dropped']).toBe(said)
    const unchanged = await ask('/cat.jpg', { 'if-none-match': made.headers.etag ?? '' })
    expect([unchanged.status, unchanged.headers['x-tintype-dropped']]).toEqual([304, said])
  })

  test.each([
    ['explain', 200],
    ['original', 415],
  ] as const)('is said beside answers of every kind: %s', async (kind, status) => {
    const { ask, source } = await openStage({ parts: { dialects: [lenient({ dropped, delivery: { ...plainDelivery, kind } })] } })
    source.put('cat.jpg', 'one')
    expect(await ask('/cat.jpg')).toMatchObject({ status, headers: { 'x-tintype-dropped': said } })
  })

  test.each(['error', 'picture', 'transparent'] as const)('is said beside failures: %s', async (onError) => {
    const { ask } = await openStage({ parts: { dialects: [lenient({ dropped, delivery: { ...plainDelivery, onError } })] } })
    expect(await ask('/none.jpg')).toMatchObject({ status: 404, headers: { 'x-tintype-dropped': said } })
  })

  test('is no header where nothing is', async () => {
    const { ask, source } = await openStage({ parts: { dialects: [lenient({ dropped: [] })] } })
    source.put('cat.jpg', 'one')
    expect((await ask('/cat.jpg')).headers).not.toHaveProperty('x-tintype-dropped')
  })
})

describe('the statuses of a dialect', () => {
  const statuses: Dialect['statuses'] = {
    'signature-missing': 400,
    'original-missing': 410,
    'origin-failed': ({ originStatus = 0 }) => (originStatus < 500 ? 404 : undefined),
  }

  test('stand in its answers and in the log; the codes stay', async () => {
    const { ask, log } = await openStage({ parts: { dialects: [lenient({}, statuses)] } })
    const answer = await ask('/none.jpg')
    expect(answer.status).toBe(410)
    expect(JSON.parse(answer.text)).toMatchObject({ status: 410, code: 'original-missing' })
    expect(log.at(-1)).toMatchObject({ status: 410, code: 'original-missing' })
    expect((await ask('/none.jpg', { accept: 'text/plain' })).status).toBe(410)
  })

  test.each([
    [403, 404],
    [500, 502],
  ])('may look at what the origin said: %i is %i', async (originStatus, status) => {
    const { ask, source } = await openStage({ parts: { dialects: [lenient({}, statuses)] } })
    source.failing = new Failure('origin-failed', 'No.', { originStatus })
    expect(await ask('/cat.jpg')).toMatchObject({ status })
  })

  test('count for pictures of failures, and for what is refused', async () => {
    for (const onError of ['picture', 'transparent'] as const) {
      const { ask } = await openStage({ parts: { dialects: [lenient({ delivery: { ...plainDelivery, onError } }, statuses)] } })
      expect((await ask('/none.jpg')).status).toBe(410)
    }
    const signed = await openStage({ access: { keys: ['the first key of this service'] }, parts: { dialects: [lenient({}, statuses)] } })
    expect((await signed.ask('/cat.jpg')).status).toBe(400)
  })

  test('are not those of its neighbours', async () => {
    const other: Dialect = {
      ...lenient({}),
      name: 'other',
      parse: (target) => (target.startsWith('/o/') ? lenient({}).parse(target, {} as Words) : undefined),
    }
    const { ask } = await openStage({ parts: { dialects: [other, lenient({}, statuses)] } })
    expect([(await ask('/o/none.jpg')).status, (await ask('/none.jpg')).status]).toEqual([404, 410])
  })
})

describe('an answer that says itself how long it is good', () => {
  async function headers(given: Partial<Delivery>, freshness = {}): Promise<Record<string, string | undefined>> {
    const { ask, source } = await openStage({ parts: { dialects: [lenient({ delivery: { ...plainDelivery, ...given } })] } })
    source.put('cat.jpg', 'one', { freshness })
    return (await ask('/cat.jpg')).headers
  }

  test('is kept so long, in both ways of saying it', async () => {
    expect(await headers({ maxAge: 86_400, expiresHeader: true }, { maxAgeSeconds: 100 })).toMatchObject({
      'cache-control': 'public, max-age=86400',
      expires: new Date(1_700_000_000_000 + 86_400_000).toUTCString(),
    })
    expect(await headers({ maxAge: 7 })).not.toHaveProperty('expires')
  })

  test('is asked for again each time where it says 0', async () => {
    const zero = await headers({ maxAge: 0, expiresHeader: true })
    expect(zero['cache-control']).toBe('no-cache')
    expect(zero).not.toHaveProperty('expires')
  })

  test('is not kept where its original may not be', async () => {
    expect((await headers({ maxAge: 100 }, { noStore: true }))['cache-control']).toBe('no-store')
  })
})

test('an animation whose format is kept is the same for every client', async () => {
  const kept = lenient({ recipe: recipe([step('page', { animation: true })], { format: 'keep', prefer: ['webp'] }) })
  const { ask, source } = await openStage({ renderer: await realRenderer(), parts: { dialects: [kept] } })
  source.put('cat.gif', await animation('gif', [plain(4, 4, red), plain(4, 4, green)]))
  source.put('cat.png', await plain(4, 4, red).png().toBuffer())
  const [moving, still] = [await ask('/cat.gif', { accept: 'image/webp' }), await ask('/cat.png', { accept: 'image/webp' })]
  expect(moving.headers).toMatchObject({ 'content-type': 'image/gif' })
  expect(moving.headers).not.toHaveProperty('vary')
  expect(still.headers).toMatchObject({ 'content-type': 'image/webp', vary: 'Accept' })
  expect((await ask('/cat.png')).headers).toMatchObject({ 'content-type': 'image/png', vary: 'Accept' })
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
