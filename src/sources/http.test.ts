import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { sourceContract } from '../../test/contracts/source.ts'
import { fakeNetwork } from '../../test/fake-network.ts'
import { httpDefaults } from '../../test/http-defaults.ts'
import { type Origin, openOrigin } from '../../test/origin.ts'
import type { Failure } from '../errors.ts'
import { Problem, type Values } from '../schema/field.ts'
import { sources } from './all.ts'
import { http, openHttp } from './http.ts'
import { httpOptions } from './http-options.ts'

const live = new AbortController().signal
let origin: Origin
const originals = new Map<string, Buffer>()

/** Serves the map, with validators, as a plain file server would: its path decoded once. */
function serve(request: IncomingMessage, response: ServerResponse): void {
  const bytes = originals.get(decodeURIComponent(request.url ?? ''))
  const etag = `"${createHash('sha1')
    .update(bytes ?? '')
    .digest('hex')}"`
  if (bytes === undefined) response.writeHead(404).end()
  else if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end()
  else response.writeHead(200, { etag }).end(bytes)
}

sourceContract('http', {
  async open(maxBytes) {
    origin = await openOrigin(serve)
    return http.open({ ...httpDefaults, base: `${origin.url}/originals/`, addresses: ['127.0.0.0/8'] }, { maxBytes })
  },
  put: async (key, bytes) => void originals.set(`/originals/${key}`, bytes),
  putOutside: async (name, bytes) => void originals.set(`/${name}`, bytes),
  async clear() {
    originals.clear()
    await origin.close()
  },
})

describe('http', () => {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close()
  })

  /** A source on a fake network in which every `*.example` host is one origin, which answers by path. */
  async function webOf(options: Partial<Values<typeof httpOptions>>, redirects: Readonly<Record<string, string>> = {}) {
    const web = await openOrigin((request, response) => {
      const location = redirects[`${request.headers.host}${request.url}`]
      if (location === undefined) response.end('picture')
      else response.writeHead(302, { location }).end()
    })
    const hosts = ['a.example', 'b.example', 'img.a.example', 'ba.example', 'a.example.b.example']
    const network = fakeNetwork(Object.fromEntries(hosts.map((host) => [host, [['93.184.215.14']]])), web.port)
    const source = openHttp({ ...httpDefaults, ...options }, { maxBytes: 1000 }, network)
    opened.push(web, source)
    return {
      web,
      network,
      /** The kind or the code of what comes. */
      async get(key: string): Promise<string> {
        const got = await source.get(key, undefined, live)
        return 'kind' in got ? got.kind : got.code
      },
      source,
    }
  }
  /** A list as it would be configured. */
  function allowing(text: string): Pick<Values<typeof httpOptions>, 'allow'> {
    const allow = httpOptions.allow.read(text)
    if (allow instanceof Problem) throw new Error(allow.expected)
    return { allow }
  }

  it('takes any public URL when nothing is configured, and no path', async () => {
    const { get } = await webOf({})
    expect(await get('https://a.example/x.jpg')).toBe('original')
    expect(await get('x.jpg')).toBe('key-malformed')
    expect(await get('')).toBe('key-malformed')
    expect(await get('http://127.0.0.1/x.jpg')).toBe('address-forbidden')
  })

  it('takes what the list names, and asks nothing of anyone else', async () => {
    const { get, network } = await webOf(allowing('a.example, *.a.example'))
    expect(await get('https://a.example/x.jpg')).toBe('original')
    expect(await get('https://img.a.example/x.jpg')).toBe('original')
    const asked = network.lookups.length
    for (const url of [
      'https://b.example/',
      'https://ba.example/',
      'https://a.example.b.example/',
      'https://a.example:8443/',
      'https://b.example/?a.example',
    ])
      expect(await get(url), url).toBe('source-forbidden')
    expect(network.lookups).toHaveLength(asked)
  })

  it('asks the list again at every redirect', async () => {
    const { get, web } = await webOf(allowing('a.example/photos, img.a.example'), {
      'a.example/photos/1': 'http://img.a.example/1',
      'a.example/photos/2': 'http://b.example/2',
      'a.example/photos/3': '/private/3',
      'a.example/photos/4': '/photos-private/4',
    })
    expect(await get('http://a.example/photos/1')).toBe('original')
    const before = web.requests.length
    for (const n of [2, 3, 4]) expect(await get(`http://a.example/photos/${n}`)).toBe('source-forbidden')
    expect(web.requests).toHaveLength(before + 3)
  })

  it('with a base alone stays below it', async () => {
    const { get, web } = await webOf({ base: 'https://a.example/photos/' }, { 'a.example/photos/out': 'https://a.example/private' })
    expect(await get('x y/ü.jpg')).toBe('original')
    expect(web.requests[0]?.url).toBe('/photos/x%20y/%C3%BC.jpg')
    expect(await get('https://a.example/photos/x.jpg')).toBe('original')
    for (const key of [
      'https://a.example/x.jpg',
      'https://b.example/photos/x.jpg',
      'http://a.example/photos/x.jpg',
      '../x.jpg',
      './x.jpg',
      'out',
    ])
      expect(await get(key), key).toBe('source-forbidden')
    expect(await get('\ud800.jpg')).toBe('key-malformed')
    expect(await get('/x.jpg')).toBe('original')
    expect(web.requests.at(-1)?.url).toBe('/photos//x.jpg')
  })

  it('a key that looks like a host stays a path', async () => {
    const { get, web } = await webOf({ base: 'https://a.example/photos/' })
    for (const key of ['//b.example/x.jpg', '@b.example/x.jpg', 'ftp://b.example/x.jpg']) expect(await get(key)).toBe('original')
    expect(web.requests.map(({ headers }) => headers.host)).toEqual(['a.example', 'a.example', 'a.example'])
  })

  it('does not tell by its messages where the base is, to whom has not named it', async () => {
    const source = openHttp({ ...httpDefaults, base: 'http://photos.internal:8080/' }, { maxBytes: 1000 }, { resolve: async () => [] })
    const said = async (key: string): Promise<string> => ((await source.get(key, undefined, live)) as Failure).message
    expect(await said('a.jpg')).toBe('The host (internal) could not be reached.')
    expect(await said('../a.jpg')).toBe('Originals at (internal) are not fetched, or not from that path.')
    expect(await said('http://photos.internal:8080/a.jpg')).toBe('The host photos.internal could not be reached.')
    await source.close()
  })

  it('sends its headers to the base alone', async () => {
    const { get, web } = await webOf(
      { base: 'https://a.example/', ...allowing('b.example'), headers: [['Authorization', 'Bearer x']] },
      { 'a.example/out': 'https://b.example/x' },
    )
    await get('x.jpg')
    await get('out')
    await get('https://b.example/y')
    const seen = web.requests.map(({ headers: { host, authorization } }) => [host, authorization])
    expect(seen).toEqual([
      ['a.example', 'Bearer x'],
      ['a.example', 'Bearer x'],
      ['b.example', undefined],
      ['b.example', undefined],
    ])
  })

  it('does not start with headers that nobody would get', () => {
    expect(() => http.open({ ...httpDefaults, headers: [['a', 'b']] }, { maxBytes: 1 })).toThrow('base')
  })

  it('says whether its base answers, whatever it answers', async () => {
    const { source } = await webOf({ base: 'https://a.example/' })
    expect(await source.check(live)).toEqual({ ok: true, message: 'The origin a.example answers.' })
    const { source: gone } = await webOf({ base: 'https://none.example/' })
    expect(await gone.check(live)).toMatchObject({ ok: false })
    const { source: any, web } = await webOf({})
    expect(await any.check(live)).toMatchObject({ ok: true })
    expect(web.requests).toHaveLength(0)
  })
})

describe('the options of http', () => {
  it.each<readonly [string, string | undefined]>([
    ['https://a.example', 'https://a.example/'],
    ['https://a.example/photos', 'https://a.example/photos/'],
    ...[
      'a.example',
      'ftp://a.example',
      'https://u:p@a.example',
      'https://a.example/?x',
      'https://a.example/#x',
      'https://a.example\\x',
      '',
    ].map((text) => [text, undefined] as const),
  ])('base %j is %s', (text, expected) => {
    const base = httpOptions.base.read(text)
    expect(base instanceof Problem ? undefined : base).toBe(expected)
  })

  it.each<readonly [string, string[][] | undefined]>([
    ['A: b', [['A', 'b']]],
    [
      'A: b\nC: d, e',
      [
        ['A', 'b'],
        ['C', 'd, e'],
      ],
    ],
    [
      'A: b, C: d',
      [
        ['A', 'b'],
        ['C', 'd'],
      ],
    ],
    ['Authorization: Basic dXNlcjpwYXNz', [['Authorization', 'Basic dXNlcjpwYXNz']]],
    ...['A', 'A b: c', 'Host: x', 'range: bytes=0-1', 'A: ü', 'A: \u0000'].map((text) => [text, undefined] as const),
  ])('headers %j are %j', (text, expected) => {
    const headers = httpOptions.headers.read(text)
    expect(headers instanceof Problem ? undefined : headers).toEqual(expected)
    if (!(headers instanceof Problem)) expect(httpOptions.headers.read(httpOptions.headers.print(headers))).toEqual(headers)
  })

  it('addresses are blocks', () => {
    expect(httpOptions.addresses.read('10.0.0.0/8, FD00::/8')).toEqual(['10.0.0.0/8', 'fd00::/8'])
    expect(httpOptions.addresses.read('10.0.0.0/99')).toBeInstanceOf(Problem)
  })

  it('addresses are opened to hosts that are named alone', () => {
    const addresses = ['10.0.0.0/8']
    expect(() => http.open({ ...httpDefaults, addresses }, { maxBytes: 1 })).toThrow('addresses: expected a base or an allow list')
    expect(() => http.open({ ...httpDefaults, addresses, base: 'http://10.0.0.1/' }, { maxBytes: 1 })).not.toThrow()
  })

  it('fallbacks are values that their fields read back', () => {
    for (const { options } of sources) {
      for (const field of Object.values(options)) {
        if ('fallback' in field) expect(field.read(field.print(field.fallback as never))).toEqual(field.fallback)
      }
    }
  })
})

describe('refusal', () => {
  const refusalOf = (options: Partial<Values<typeof httpOptions>>, key: string): string | undefined =>
    openHttp({ ...httpDefaults, ...options }, { maxBytes: 1000 }).refusal?.(key)?.code

  it('tells without asking anybody which keys are never fetched', () => {
    const allow = [{ host: 'good.example', below: false, port: '', path: '/' }]
    expect(refusalOf({ allow }, 'https://good.example/a.jpg')).toBeUndefined()
    expect(refusalOf({ allow }, 'https://evil.example/a.jpg')).toBe('source-forbidden')
    expect(refusalOf({}, 'https://evil.example/a.jpg')).toBeUndefined()
    expect(refusalOf({}, 'http://127.0.0.1/a.jpg')).toBe('address-forbidden')
    expect(refusalOf({}, 'https://good.example\\@evil.example/')).toBe('key-malformed')
    expect(refusalOf({ base: 'https://good.example/x/' }, '../a.jpg')).toBe('source-forbidden')
    expect(refusalOf({ base: 'https://good.example/x/' }, 'a.jpg')).toBeUndefined()
  })
})
