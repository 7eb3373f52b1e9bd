import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { corpus } from '../corpus.ts'
import { openOrigin } from '../origin.ts'
import { cutShort, endless, gives, openScriptedOrigin, redirects, type ScriptedOrigin, silent, slowly, status } from './origin.ts'
import { type Got, openServer, refusedStart, type Server } from './server.ts'

/** Origins that are slow, lie, never end or break off: the real server with its defaults, and an origin that does as a test says. */

const megabyte = 1_000_000
const hostile = corpus('hostile')
let picture: Buffer
let origin: ScriptedOrigin
/** One with the defaults, the one that a test is about, and that again where it lives for one test alone. */
let common: Server
let server: Server
let passing: Server | undefined

const codeOf = ({ body }: Got): string => JSON.parse(body.toString()).code
const kept = (): readonly string[] => {
  const folder = join(server.cache, 'results')
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /[0-9a-f]{16}/.test(path)) : []
}
beforeAll(async () => {
  picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#369' } })
    .png()
    .toBuffer()
  origin = await openScriptedOrigin({ '/fine.png': gives(picture) })
  common = await openServer(origin.settings())
})
beforeEach(() => {
  server = common
})
afterEach(async () => {
  await passing?.stop()
  passing = undefined
})
afterAll(async () => {
  await common.stop()
  await origin.close()
})

/** Where the defaults will not do. */
const open = async (settings: Readonly<Record<string, string>>): Promise<void> => {
  server = passing = await openServer({ ...origin.settings(), ...settings })
}

describe('credentials', () => {
  const secret = 'Bearer kq81ZZp077mwf3A9'
  const heads = { TINTYPE_SOURCE_HTTP_HEADERS: `Authorization: ${secret}\nCookie: session=f3A9kq81ZZp0` }
  const mine = { authorization: 'Bearer of-the-client-0123', cookie: 'of-the-client=0123', 'x-api-key': 'of-the-client-4567' }

  it('check 5: go to the origin that they are for, and not on to another one by a redirect, nor back', async () => {
    const other = await openScriptedOrigin()
    try {
      server = passing = await openServer({ ...origin.settings(other), ...heads })
      origin.script('/away.png', redirects(`${other.url}/back.png`))
      other.script('/back.png', redirects(`${origin.url}/home.png`))
      origin.script('/home.png', gives(picture))
      expect((await server.get('/i/away.png?w=10', mine)).status).toBe(200)
      const [first] = origin.requests.filter(({ url }) => url === '/away.png')
      const [last] = origin.requests.filter(({ url }) => url === '/home.png')
      expect(first?.headers).toMatchObject({ authorization: secret, cookie: 'session=f3A9kq81ZZp0' })
      const [between] = other.requests
      for (const request of [between, last]) {
        expect(request).toBeDefined()
        expect(Object.keys(request?.headers ?? {})).not.toEqual(expect.arrayContaining(['authorization']))
        expect(request?.headers.cookie).toBeUndefined()
        expect(request?.headers.authorization).toBeUndefined()
        expect(request?.headers.referer).toBeUndefined()
      }
    } finally {
      await other.close()
    }
  })

  it('check 5: of a client go nowhere', async () => {
    expect((await server.get('/i/fine.png?w=9', mine)).status).toBe(200)
    expect(JSON.stringify(origin.requests.map(({ headers }) => headers))).not.toContain('of-the-client')
  })
})

describe('time', () => {
  it('check 6: an origin that says nothing is given up after 5 s, and its connection closed', async () => {
    origin.script('/silent.png', silent)
    const got = await server.get('/i/silent.png')
    expect([got.status, codeOf(got)]).toEqual([504, 'source-timeout'])
    expect(Math.abs((await origin.lasted('/silent.png')) - 5000)).toBeLessThan(500)
  })

  it('check 7: an origin that sends a byte a second is given up after 8 s, and its connection closed', async () => {
    origin.script('/drip.png', slowly('.', 1000))
    const got = await server.get('/i/drip.png')
    expect([got.status, codeOf(got)]).toEqual([504, 'source-timeout'])
    expect(Math.abs((await origin.lasted('/drip.png')) - 8000)).toBeLessThan(800)
  })

  it('check 7: who gives bodies more time than that still does not wait for a drip', async () => {
    await open({ TINTYPE_SOURCE_HTTP_BODY_SECONDS: '60', TINTYPE_SOURCE_HTTP_TIMEOUT_SECONDS: '60', TINTYPE_LIMIT_REQUEST_SECONDS: '60' })
    origin.script('/steady.png', slowly('.'.repeat(300), 100))
    origin.script('/trickle.png', slowly('.', 100))
    const leaving = new AbortController()
    const enough = server.get('/i/steady.png', {}, { signal: leaving.signal }).catch(() => 'still waiting')
    const got = await server.get('/i/trickle.png')
    leaving.abort()
    expect(await enough).toBe('still waiting')
    expect([got.status, codeOf(got)]).toEqual([504, 'source-timeout'])
    expect(Math.abs((await origin.lasted('/trickle.png')) - 10_000)).toBeLessThan(1000)
  })

  it('check 6: all stages together have one budget', async () => {
    await open({ TINTYPE_SOURCE_HTTP_TIMEOUT_SECONDS: '3' })
    await server.get('/i/fine.png?w=8')
    origin.script('/a.png', (response) => setTimeout(() => redirects('/b.png')(response, {} as never), 1200))
    origin.script('/b.png', (response) => setTimeout(() => redirects('/c.png')(response, {} as never), 1200))
    origin.script('/c.png', slowly('.'.repeat(5000), 100))
    const got = await server.get('/i/a.png')
    expect([got.status, codeOf(got)]).toEqual([504, 'source-timeout'])
    expect(await origin.lasted('/c.png')).toBeLessThan(1500) // of the three seconds, the redirects took two and a half
  })
})

describe('bytes', () => {
  let own: Server
  beforeAll(async () => {
    own = await openServer({ ...origin.settings(), TINTYPE_CACHE_FAILED_SECONDS: '0' })
  })
  beforeEach(() => {
    server = own
  })
  afterAll(() => own.stop())

  /** How far the memory of the server's own process, and of all, rose while something was done. */
  async function rise(work: () => Promise<Got>): Promise<{ got: Got; risen: number }> {
    await server.get('/i/fine.png?w=10') // what is loaded with the first fetch does not count
    const before = await server.rss()
    let top = before.all
    const timer = setInterval(async () => {
      top = Math.max(top, (await server.rss()).all)
    }, 20)
    const got = await work()
    clearInterval(timer)
    return { got, risen: Math.max(top, (await server.rss()).all) - before.all }
  }

  it('check 8: a body without end is read up to the limit and no further', async () => {
    origin.script('/endless.png', endless)
    const before = origin.written()
    const { got, risen } = await rise(() => server.get('/i/endless.png'))
    expect([got.status, codeOf(got)]).toEqual([413, 'original-too-large'])
    await origin.lasted('/endless.png')
    const written = origin.written() - before
    expect(written).toBeGreaterThan(20 * megabyte)
    expect(written).toBeLessThan(21 * megabyte)
    expect(risen).toBeLessThan(64 * megabyte)
  })

  it('check 8: a body that is said to be too long is not read at all', async () => {
    origin.script('/long.png', (response) => {
      response.writeHead(200, { 'content-length': 21 * megabyte }).write(Buffer.alloc(1000))
    })
    const got = await server.get('/i/long.png')
    expect([got.status, codeOf(got)]).toEqual([413, 'original-too-large'])
    expect(await origin.lasted('/long.png')).toBeLessThan(1000)
  })

  it('check 9: a body shorter than it is said to be is a failure, of which nothing is kept', async () => {
    const before = kept()
    origin.script('/short.png', cutShort(picture.subarray(0, 50), 100))
    const got = await server.get('/i/short.png?w=10')
    expect([got.status, codeOf(got), got.headers['cache-control']]).toEqual([502, 'origin-failed', 'no-store'])
    expect(kept()).toEqual(before)
    const asked = origin.hits('/short.png')
    origin.script('/short.png', gives(picture))
    const whole = await server.get('/i/short.png?w=10')
    expect([whole.status, origin.hits('/short.png')]).toEqual([200, asked + 1])
    expect(whole.headers['cache-status']).toContain('fwd=miss')
  })

  const bomb = Buffer.alloc(100 * megabyte)
  const layers = (count: number): Buffer => {
    let body = Buffer.alloc(10 * megabyte)
    for (let layer = 0; layer < count; layer++) body = gzipSync(body)
    return body
  }
  it.each([
    ['gzip', () => gzipSync(bomb)],
    ['br', () => brotliCompressSync(bomb, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
    ['ten layers of gzip', () => layers(10)],
  ] as const)('check 10: a bomb in %s does no harm', async (coding, body) => {
    const encoding = coding === 'ten layers of gzip' ? Array(10).fill('gzip').join(', ') : coding
    origin.script('/bomb.png', gives(body(), { 'content-type': 'image/png', 'content-encoding': encoding }))
    const { got, risen } = await rise(() => server.get('/i/bomb.png'))
    expect([413, 502]).toContain(got.status)
    expect(risen).toBeLessThan(64 * megabyte)
  })

  it.skipIf(hostile === undefined).each([
    ['http-gzip-bomb-100m.gz', 'gzip'],
    ['http-brotli-bomb-1g.br', 'br'],
    ['http-gzip-nested.gz', Array(10).fill('gzip').join(', ')],
  ])('check 10: %s of the corpus does no harm', async (file, encoding) => {
    const body = readFileSync(join(hostile?.folder ?? '', file))
    origin.script('/bomb.png', gives(body, { 'content-type': 'image/png', 'content-encoding': encoding }))
    const { got, risen } = await rise(() => server.get('/i/bomb.png'))
    expect([413, 502]).toContain(got.status)
    expect(risen).toBeLessThan(64 * megabyte)
  })

  it('check 10: no coding is asked for; one layer is understood, and of that only what is known', async () => {
    const coded = (encoding: string, body: Buffer, path: string): void => origin.script(path, gives(body, { 'content-encoding': encoding }))
    coded('gzip', gzipSync(picture), '/gzip.png')
    coded('identity, br', brotliCompressSync(picture), '/br.png')
    coded('gzip, gzip', gzipSync(gzipSync(picture)), '/twice.png')
    coded('compress', picture, '/unknown.png')
    const statuses = []
    for (const path of ['gzip', 'br', 'twice', 'unknown']) statuses.push((await server.get(`/i/${path}.png?w=10`)).status)
    expect(statuses).toEqual([200, 200, 413, 502])
    for (const { headers } of origin.requests) expect(headers['accept-encoding']).toBe('identity')
  })

  it('check 11: a page that calls itself a picture is refused, and nothing of it comes back', async () => {
    const page = `<!doctype html><title>Sign in</title><p>tell-nobody-4711</p>${'<br>'.repeat(2000)}`
    origin.script('/page.jpg', gives(page, { 'content-type': 'image/jpeg', 'set-cookie': 'a=b', 'x-powered-by': 'tell-nobody-4712' }))
    const got = await server.get('/i/page.jpg?w=10')
    expect([got.status, got.headers['cache-control']]).toEqual([415, 'no-store'])
    expect(got.body.length).toBeLessThanOrEqual(1000)
    expect(`${got.body}${JSON.stringify(got.headers)}`).not.toMatch(/tell-nobody|Sign in|doctype|set-cookie/i)
  })
})

describe('what an operator opens', () => {
  it('check 1: a block of addresses is open to the hosts that are named, and to no other', async () => {
    const other = await openOrigin((_, response) => response.end(picture))
    try {
      expect((await server.get('/i/fine.png?w=10')).status).toBe(200)
      expect((await server.get(`/i?url=${encodeURIComponent(`${other.url}/a.png`)}`)).status).toBe(403)
      origin.script('/away.png', redirects(`${other.url}/a.png`))
      expect((await server.get('/i/away.png')).status).toBe(403)
      expect(other.requests).toHaveLength(0)
    } finally {
      await other.close()
    }
  })

  it('check 1: no block is open where any host may be asked for', async () => {
    const { code, log } = await refusedStart({ TINTYPE_SOURCE_HTTP_ANY: 'yes', TINTYPE_SOURCE_HTTP_ADDRESSES: '10.0.0.0/8' })
    expect([code, log]).toEqual([2, expect.stringContaining('source.http.addresses: expected')])
  })

  it('check 1: no proxy of the environment is used', async () => {
    const proxy = await openScriptedOrigin()
    try {
      const words = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'all_proxy'].map((name) => [name, proxy.url])
      await open({ ...Object.fromEntries(words), NODE_USE_ENV_PROXY: '1' })
      expect((await server.get('/i/fine.png?w=10')).status).toBe(200)
      expect([proxy.requests.length, proxy.sockets.size]).toEqual([0, 0])
    } finally {
      await proxy.close()
    }
  })
})

describe('what was good before', () => {
  const brief = { TINTYPE_CACHE_MIN_SECONDS: '0' }
  const wait = (ms: number): Promise<void> => new Promise((later) => setTimeout(later, ms))
  const good = (): void => origin.script('/cat.png', gives(picture, { 'cache-control': 'max-age=1', etag: '"1"' }))

  it.each([
    ['answers 500', status(500)],
    ['answers 503', status(503)],
    ['hangs up', ((response) => response.destroy()) as Parameters<ScriptedOrigin['script']>[1]],
  ] as const)('check 38: serves on while the origin %s, for a short time at once', async (_, failing) => {
    await open({ ...brief, TINTYPE_CACHE_STALE_SECONDS: '0', TINTYPE_CACHE_FAILED_SECONDS: '0' })
    good()
    const before = await server.get('/i/cat.png?w=10')
    await wait(1100)
    origin.script('/cat.png', failing)
    const stale = await server.get('/i/cat.png?w=10')
    expect([stale.status, stale.headers['cache-control']]).toEqual([200, 'public, max-age=30'])
    expect(stale.body.equals(before.body)).toBe(true)
    // Another size of it can still be made of the original that was kept.
    expect((await server.get('/i/cat.png?w=11')).status).toBe(200)
  })

  it('check 38: serves on while the origin is down, by the defaults too', async () => {
    const mortal = await openScriptedOrigin({ '/cat.png': gives(picture, { 'cache-control': 'max-age=1' }) })
    server = passing = await openServer({ ...mortal.settings(), ...brief })
    const before = await server.get('/i/cat.png?w=10')
    await wait(1100)
    await mortal.close()
    for (const _ of [1, 2, 3]) {
      const stale = await server.get('/i/cat.png?w=10')
      expect(stale.status).toBe(200)
      expect(Number(/max-age=(\d+)/.exec(stale.headers['cache-control'] ?? '')?.[1])).toBeLessThanOrEqual(30)
      expect(stale.body.equals(before.body)).toBe(true)
      await wait(100)
    }
  })

  it.each([404, 410])('check 38: does not serve on once the origin says %i, also when it fails after that', async (gone) => {
    await open({ ...brief, TINTYPE_CACHE_STALE_SECONDS: '0', TINTYPE_CACHE_MISSING_SECONDS: '0', TINTYPE_CACHE_FAILED_SECONDS: '0' })
    good()
    expect((await server.get('/i/cat.png?w=10')).status).toBe(200)
    await wait(1100)
    origin.script('/cat.png', status(gone))
    expect((await server.get('/i/cat.png?w=10')).status).toBe(404)
    origin.script('/cat.png', status(500))
    expect((await server.get('/i/cat.png?w=10')).status).toBe(502)
  })

  it('check 38: where stale results are renewed behind, a 404 ends them with the renewal', async () => {
    await open(brief)
    good()
    expect((await server.get('/i/cat.png?w=10')).status).toBe(200)
    await wait(1100)
    origin.script('/cat.png', status(404))
    expect((await server.get('/i/cat.png?w=10')).headers['cache-status']).toContain('stale')
    await wait(300)
    expect((await server.get('/i/cat.png?w=10')).status).toBe(404)
  })
})
