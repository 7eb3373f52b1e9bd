import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { fakeNetwork } from '../../test/fake-network.ts'
import { type Origin, openOrigin } from '../../test/origin.ts'
import type { Failure } from '../errors.ts'
import { openBlocks } from '../outbound/address.ts'
import { type Outbound, type OutboundAsk, type OutboundLimits, type OutboundParts, openOutbound } from './fetch.ts'

const live = new AbortController().signal
const ample: OutboundLimits = {
  ...{ maxBytes: 100_000, redirects: 3, retries: 1, minBytesPerSecond: 512 },
  ...{ dnsSeconds: 10, connectSeconds: 10, firstByteSeconds: 10, bodySeconds: 10, totalSeconds: 20 },
}
const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

async function originThat(answer: (request: IncomingMessage, response: ServerResponse, origin: Origin) => void): Promise<Origin> {
  const origin: Origin = await openOrigin((request, response) => answer(request, response, origin))
  opened.push(origin)
  return origin
}
function outbound(limits: Partial<OutboundLimits> = {}, parts: OutboundParts = {}, open = ['127.0.0.0/8']): Outbound {
  const made = openOutbound({ limits: { ...ample, ...limits }, open: openBlocks(open), userAgent: 'tintype/test' }, parts)
  opened.push(made)
  return made
}
const fetchFrom = (url: string, limits: Partial<OutboundLimits> = {}, ask: Partial<OutboundAsk> = {}, signal = live) =>
  outbound(limits).fetch({ url, ...ask }, signal)
const closed = (origin: Origin) => expect.poll(() => origin.sockets.size, { timeout: 1500 }).toBe(0)

describe('what is asked', () => {
  it('names itself, asks for no coding, and sends nothing else', async () => {
    const origin = await originThat((_, response) => response.end('picture'))
    expect(await fetchFrom(`${origin.url}/a%20b?c=1#d`)).toMatchObject({ kind: 'original', bytes: Buffer.from('picture') })
    const [request] = origin.requests
    expect(request?.url).toBe('/a%20b?c=1')
    expect(Object.keys(request?.headers ?? {}).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent'])
    expect(request?.headers).toMatchObject({ 'user-agent': 'tintype/test', 'accept-encoding': 'identity' })
  })

  it('pays no heed to proxies in the environment', async () => {
    const proxy = await originThat((_, response) => response.end('proxy'))
    const origin = await originThat((_, response) => response.end('origin'))
    const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'] as const
    const before = names.map((name) => process.env[name])
    for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : proxy.url
    const got = await fetchFrom(origin.url)
    names.forEach((name, i) => {
      if (before[i] === undefined) delete process.env[name]
      else process.env[name] = before[i]
    })
    expect(got).toMatchObject({ bytes: Buffer.from('origin') })
    expect(proxy.requests).toHaveLength(0)
  })

  it('asks conditionally, and takes 304 for unchanged', async () => {
    const origin = await originThat((request, response) => {
      const same = request.headers['if-none-match'] === '"1"'
      response.writeHead(same ? 304 : 200, { etag: '"1"', 'cache-control': 'max-age=60' }).end(same ? undefined : 'picture')
    })
    const known = { etag: '"1"', lastModified: 'Sun, 06 Nov 1994 08:49:37 GMT' }
    expect(await fetchFrom(origin.url, {}, { known })).toEqual({ kind: 'unchanged', validators: known, freshness: { maxAgeSeconds: 60 } })
    expect(origin.requests[0]?.headers['if-modified-since']).toBe(known.lastModified)
    expect(await fetchFrom(origin.url)).toMatchObject({ kind: 'original', validators: { etag: '"1"' } })
  })

  it('keeps connections for the next request', async () => {
    const ports = new Set<number | undefined>()
    const origin = await originThat((request, response) => {
      ports.add(request.socket.remotePort)
      response.writeHead(request.url === '/no' ? 404 : 200).end('picture')
    })
    const out = outbound()
    for (const path of ['/a', '/no', '/b']) {
      await out.fetch({ url: origin.url + path }, live)
      // The body of a 404 is not waited for, but read to its end.
      await new Promise((later) => setTimeout(later, 20))
    }
    expect(ports.size).toBe(1)
  })
})

describe('statuses', () => {
  it.each([
    [203, undefined],
    [204, 'origin-failed'],
    [206, 'origin-failed'],
    [304, 'origin-failed'],
    [401, 'origin-failed'],
    [403, 'origin-failed'],
    [404, 'original-missing'],
    [410, 'original-missing'],
    [418, 'origin-failed'],
    [500, 'origin-failed'],
  ])('%i gives %s', async (status, code) => {
    const origin = await originThat((_, response) => response.writeHead(status).end())
    const got = (await fetchFrom(origin.url)) as Failure
    expect(got.code).toBe(code)
    if (code !== undefined) expect(got.message).toContain(String(status))
    expect(origin.requests).toHaveLength(1)
  })
})

describe('redirects', () => {
  const to = (location: string) => originThat((_, response) => response.writeHead(302, { location }).end())

  it('follows them', async () => {
    const origin = await originThat((request, response) => {
      if (request.url === '/c') response.end('picture')
      else response.writeHead(request.url === '/a' ? 301 : 308, { location: request.url === '/a' ? 'b' : '/c' }).end()
    })
    expect(await fetchFrom(`${origin.url}/a`)).toMatchObject({ bytes: Buffer.from('picture') })
  })

  it('stops at the limit: a redirect to itself is asked for four times', async () => {
    const origin = await to('/')
    expect(await fetchFrom(origin.url)).toMatchObject({ code: 'origin-redirects' })
    expect(origin.requests).toHaveLength(4)
  })

  it.each([
    ['http://169.254.169.254/latest/meta-data/', 'address-forbidden'],
    ['http://[::ffff:a9fe:a9fe]/', 'address-forbidden'],
    ['//0x0a000001/', 'address-forbidden'],
    ['http://127.0.0.1:25/', 'address-forbidden'],
    ['file:///etc/passwd', 'origin-redirects'],
    ['http://user:pass@127.0.0.1/', 'origin-redirects'],
  ])('does not go to %s', async (location, code) => {
    const origin = await to(location)
    expect(await fetchFrom(origin.url)).toMatchObject({ code })
    expect(origin.requests).toHaveLength(1)
  })

  it('does not go nowhere', async () => {
    const origin = await originThat((_, response) => response.writeHead(302).end())
    expect(await fetchFrom(origin.url)).toMatchObject({ code: 'origin-redirects' })
  })

  it('does not go from https to http', async () => {
    const origin = await originThat((request, response) => response.writeHead(302, { location: `http://${request.headers.host}/b` }).end())
    const network = fakeNetwork({ 'a.example': [['93.184.215.14']] }, origin.port)
    expect(await outbound({}, network).fetch({ url: 'https://a.example/' }, live)).toMatchObject({ code: 'origin-redirects' })
    expect(origin.requests).toHaveLength(1)
  })

  it('puts every hop to the question', async () => {
    const origin = await to('/elsewhere')
    const asked: string[] = []
    const refuse = (url: URL): undefined => {
      asked.push(url.pathname)
    }
    await fetchFrom(origin.url, { redirects: 1 }, { refuse })
    expect(asked).toEqual(['/', '/elsewhere'])
  })

  it('sends credentials to their own origin alone, and not after a detour', async () => {
    const seen: string[] = []
    const origin = await originThat((request, response) => {
      seen.push(`${request.headers.host}${request.url} ${request.headers.authorization} ${request.headers.cookie}`)
      const next: Record<string, string> = { '/1': '/2', '/2': 'http://b.example/3', '/3': 'http://a.example/4' }
      const location = next[request.url ?? '']
      if (location === undefined) response.end('picture')
      else response.writeHead(302, { location }).end()
    })
    const network = fakeNetwork({ 'a.example': [['93.184.215.14']], 'b.example': [['93.184.215.15']] }, origin.port)
    const headers = [
      ['Authorization', 'secret'],
      ['Cookie', 'secret'],
    ] as const
    const got = await outbound({}, network).fetch({ url: 'http://a.example/1', credentials: { origin: 'http://a.example', headers } }, live)
    expect(got).toMatchObject({ kind: 'original' })
    expect(seen).toEqual([
      'a.example/1 secret secret',
      'a.example/2 secret secret',
      'b.example/3 undefined undefined',
      'a.example/4 undefined undefined',
    ])
  })
})

describe('names', () => {
  it('are resolved once for a connection: a second answer is never heard (DNS rebinding)', async () => {
    const origin = await originThat((_, response) => response.end('picture'))
    const network = fakeNetwork({ 'rebind.example': [['93.184.215.14'], ['127.0.0.1']] }, origin.port)
    const out = outbound({}, network, [])
    expect(await out.fetch({ url: 'http://rebind.example/' }, live)).toMatchObject({ kind: 'original' })
    expect([network.lookups, network.dialled]).toEqual([['rebind.example'], ['93.184.215.14']])
  })

  it('are refused when their second answer is bad and a new connection is needed', async () => {
    const origin = await originThat((_, response) => response.writeHead(200, { connection: 'close' }).end('picture'))
    const network = fakeNetwork({ 'rebind.example': [['93.184.215.14'], ['127.0.0.1']] }, origin.port)
    const out = outbound({}, network, [])
    await out.fetch({ url: 'http://rebind.example/' }, live)
    expect(await out.fetch({ url: 'http://rebind.example/' }, live)).toMatchObject({ code: 'address-forbidden' })
    expect(origin.requests).toHaveLength(1)
  })

  it('that do not exist are unreachable, and the message names no address', async () => {
    const got = await outbound({}, fakeNetwork({}, 1)).fetch({ url: 'http://none.example/' }, live)
    expect(got).toMatchObject({ code: 'origin-unreachable', message: 'The host none.example could not be reached.' })
  })
})

describe('retries', () => {
  /** Fails the first times, then answers. */
  const flaky = (times: number, fail: (response: ServerResponse) => void) =>
    originThat((_, response, origin) => {
      if (origin.requests.length > times) response.end('picture')
      else fail(response)
    })

  it.each([502, 503, 504])('tries again after status %i', async (status) => {
    const origin = await flaky(1, (response) => response.writeHead(status).end())
    expect(await fetchFrom(origin.url)).toMatchObject({ kind: 'original' })
    expect(origin.requests).toHaveLength(2)
  })

  it('tries again after a reset', async () => {
    const origin = await flaky(1, (response) => response.socket?.resetAndDestroy())
    expect(await fetchFrom(origin.url)).toMatchObject({ kind: 'original' })
  })

  it('tries as often as it may, and not when told to wait', async () => {
    const origin = await flaky(9, (response) => response.writeHead(503).end())
    expect(await fetchFrom(origin.url, { retries: 2 })).toMatchObject({ code: 'origin-failed' })
    expect(origin.requests).toHaveLength(3)
    const waiting = await flaky(9, (response) => response.writeHead(503, { 'retry-after': '60' }).end())
    await fetchFrom(waiting.url)
    expect(waiting.requests).toHaveLength(1)
  })

  it('does not try again when time is up', async () => {
    const origin = await flaky(99, (response) => response.writeHead(503).end())
    expect(await fetchFrom(origin.url, { retries: 99, totalSeconds: 0.3 })).toMatchObject({ code: 'source-timeout' })
  })
})

describe('time', () => {
  it('does not wait for a silent origin', async () => {
    const origin = await originThat(() => {})
    expect(await fetchFrom(origin.url, { firstByteSeconds: 0.2 })).toMatchObject({ code: 'source-timeout' })
    expect(origin.requests).toHaveLength(1)
    await closed(origin)
  })

  /** One byte every so often, for ever. */
  const drip = (every: number) =>
    originThat((_, response) => {
      const timer = setInterval(() => response.write('.'), every)
      response.on('close', () => clearInterval(timer))
    })

  it('gives a body so much time in all', async () => {
    const origin = await drip(50)
    expect(await fetchFrom(origin.url, { bodySeconds: 0.4 })).toMatchObject({
      code: 'source-timeout',
      message: expect.stringContaining('0.4 s'),
    })
    await closed(origin)
  })

  it('wants a least speed', async () => {
    const origin = await drip(100)
    const got = await fetchFrom(origin.url, { bodySeconds: 60, totalSeconds: 60 })
    expect(got).toMatchObject({ code: 'source-timeout', message: expect.stringContaining('slowly') })
    await closed(origin)
  })

  it('ends where the whole time ends', async () => {
    const origin = await originThat(() => {})
    expect(await fetchFrom(origin.url, { firstByteSeconds: 60, totalSeconds: 0.1 })).toMatchObject({ code: 'source-timeout' })
    await closed(origin)
  })
})

describe('bytes', () => {
  it('stops an endless body at the limit', async () => {
    const chunk = Buffer.alloc(16_384)
    const origin = await originThat((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) {}
      }
      response.on('drain', more)
      more()
    })
    expect(await fetchFrom(origin.url)).toMatchObject({ code: 'original-too-large' })
    expect(origin.requests).toHaveLength(1)
    await closed(origin)
  })

  it('refuses a stated length above the limit before the body comes', async () => {
    const origin = await originThat((_, response) => response.writeHead(200, { 'content-length': 100_001 }).flushHeaders())
    expect(await fetchFrom(origin.url)).toMatchObject({ code: 'original-too-large' })
    await closed(origin)
  })

  it('refuses a body that is shorter than it says, or is cut off', async () => {
    const short = await originThat((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('short')
      setTimeout(() => response.socket?.end(), 20)
    })
    expect(await fetchFrom(short.url)).toMatchObject({ code: 'origin-failed' })
    const cut = await originThat((_, response) => {
      response.write('chunk')
      setTimeout(() => response.socket?.destroy(), 20)
    })
    expect(await fetchFrom(cut.url)).toMatchObject({ code: 'origin-failed' })
    expect(cut.requests).toHaveLength(1)
  })

  it('takes no byte above the stated length', async () => {
    const origin = await originThat((_, response) => response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcdef'))
    expect(await fetchFrom(origin.url)).not.toMatchObject({ bytes: Buffer.from('abcdef') })
  })

  it('refuses what is no HTTP', async () => {
    const origin = await originThat((_, response) => response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n'))
    expect((await fetchFrom(origin.url)) as Failure).toMatchObject({ status: 502 })
  })
})

describe('codings', () => {
  const sent = (encoding: string, bytes: Buffer) =>
    originThat((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes))
  const picture = randomBytes(50_000)

  it.each([
    ['identity', picture],
    ['gzip', gzipSync(picture)],
    ['X-GZIP', gzipSync(picture)],
    ['deflate', deflateSync(picture)],
    ['deflate', deflateRawSync(picture)],
    ['br', brotliCompressSync(picture)],
    ['identity, gzip', gzipSync(picture)],
  ])('takes one layer that was not asked for: %s', async (encoding, bytes) => {
    const origin = await sent(encoding, bytes)
    const got = await fetchFrom(origin.url)
    expect('kind' in got && got.kind === 'original' && got.bytes.equals(picture)).toBe(true)
  })

  it.each([
    ['gzip, gzip', 'original-too-large'],
    ['br, gzip', 'original-too-large'],
    [Array(10).fill('gzip').join(', '), 'original-too-large'],
    ['zstd', 'origin-failed'],
    ['compress', 'origin-failed'],
  ])('refuses %s: %s', async (encoding, code) => {
    const origin = await sent(encoding, gzipSync(gzipSync(picture)))
    expect(await fetchFrom(origin.url)).toMatchObject({ code })
  })

  it.each([
    ['gzip', gzipSync(Buffer.alloc(50_000_000))],
    ['deflate', deflateSync(Buffer.alloc(50_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(50_000_000))],
  ])('stops a bomb in %s at the limit', async (encoding, bytes) => {
    expect(bytes.length).toBeLessThan(100_000)
    const origin = await sent(encoding, bytes)
    const before = process.memoryUsage().arrayBuffers
    expect(await fetchFrom(origin.url)).toMatchObject({ code: 'original-too-large' })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16_000_000)
  })

  it('counts what comes over the wire too: members without content never end', async () => {
    const member = gzipSync(Buffer.alloc(0))
    const origin = await sent('gzip', Buffer.concat(Array(10_000).fill(member)))
    expect(await fetchFrom(origin.url)).toMatchObject({ code: 'original-too-large' })
  })

  it.each([['cut', gzipSync(picture).subarray(0, 30_000)] as const, ['wrong', picture] as const])(
    'refuses a coded body that is %s',
    async (_, bytes) => {
      const origin = await sent('gzip', bytes)
      expect(await fetchFrom(origin.url)).toMatchObject({ code: 'origin-failed' })
    },
  )
})

describe('a caller who leaves', () => {
  it.each([
    ['before the head', (_: ServerResponse) => {}],
    ['within the body', (response: ServerResponse) => response.writeHead(200).write('some')],
  ])('%s is rid of the fetch at once, and the socket is closed', async (_, answer) => {
    const leaving = new AbortController()
    const reason = new Error('gone')
    const origin = await originThat((__, response) => {
      answer(response)
      setTimeout(() => leaving.abort(reason), 50)
    })
    const began = performance.now()
    await expect(fetchFrom(origin.url, { firstByteSeconds: 60, bodySeconds: 60 }, {}, leaving.signal)).rejects.toBe(reason)
    expect(performance.now() - began).toBeLessThan(1000)
    await closed(origin)
  })

  it('while a name is resolved is rid of it too, and nothing is asked later', async () => {
    const origin = await originThat((_, response) => response.end('picture'))
    let answer: (addresses: string[]) => void = () => {}
    const resolve = () =>
      new Promise<string[]>((answered) => {
        answer = answered
      })
    const leaving = new AbortController()
    const waiting = outbound({}, { resolve }).fetch({ url: `http://slow.test:${origin.port}/` }, leaving.signal)
    await new Promise((later) => setTimeout(later, 20))
    leaving.abort('gone')
    await expect(waiting).rejects.toBe('gone')
    answer(['127.0.0.1'])
    await new Promise((later) => setTimeout(later, 100))
    expect(origin.requests).toHaveLength(0)
    await closed(origin)
  })

  it('between two tries is not kept', async () => {
    const leaving = new AbortController()
    const origin = await originThat((_, response) => {
      response.writeHead(503).end()
      setTimeout(() => leaving.abort('gone'), 10)
    })
    await expect(fetchFrom(origin.url, { retries: 99 }, {}, leaving.signal)).rejects.toBe('gone')
  })
})
