import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gives, openScriptedOrigin, type ScriptedOrigin } from './origin.ts'
import { type Got, openServer, type Server } from './server.ts'

let origin: ScriptedOrigin
let server: Server

beforeAll(async () => {
  const picture = await readFile('samples/landscape.jpg')
  const headers = { 'content-type': 'image/jpeg', 'cache-control': 'max-age=600', etag: '"1"' }
  origin = await openScriptedOrigin({
    '/a.jpg': gives(picture, headers),
    '/b.jpg': gives(picture, headers),
    '/c.jpg': gives(picture, headers),
  })
  server = await openServer(origin.settings())
  for (let round = 0; round < 50; round++) await server.get('/i/c.jpg?w=wide') // what is measured is a server that runs
})

afterAll(async () => {
  await server?.stop()
  await origin?.close()
})

/** What the stores hold of all results and copies. */
async function entries(): Promise<number> {
  const { body } = await server.get('/metrics')
  return Number(/^tintype_store_entries (\d+)/m.exec(body.toString())?.[1])
}

/** Entries once nothing is being written any more. */
async function settledEntries(): Promise<number> {
  let [last, now] = [-1, await entries()]
  while (last !== now) {
    await new Promise((resolve) => setTimeout(resolve, 300))
    ;[last, now] = [now, await entries()]
  }
  return now
}

describe('a width that is none', () => {
  it.each([
    'w=99999',
    'w=-1',
    'w=NaN',
    'w=1e3',
    'w=1.5',
    'w=',
    'w=%D9%A3',
    'w=100&w=200',
    'w=0x10',
    'w=%20100',
    'w=100%00',
    'w=Infinity',
    'w',
  ])('check 29: %s is 400 in under 5 ms, and nothing is fetched', async (query) => {
    const before = origin.requests.length
    const answers = []
    for (let round = 0; round < 25; round++) answers.push(await server.get(`/i/c.jpg?${query}`))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]))
    expect(JSON.parse(answers[0]?.body.toString() ?? '').code).toMatch(/^(?:parameter|url)-/)
    // The connection and a busy machine are not what is measured: the best of many is.
    expect(Math.min(...answers.map(({ ms }) => ms))).toBeLessThan(5)
    expect(origin.requests.length).toBe(before)
  })

  it('check 29: raw digits of another script are 400 too', async () => {
    const answer = await server.raw('GET /i/c.jpg?w=\xd9\xa3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(origin.hits('/c.jpg')).toBe(0)
  })
})

it('check 31: twenty kinds of headers that are nobody’s business get equal bytes from one entry', async () => {
  const first = await server.get('/i/a.jpg?w=60&f=jpeg')
  const before = await settledEntries()
  const names = ['host', 'x-forwarded-host', 'x-forwarded-proto', 'cookie', 'authorization', 'user-agent']
  const values = [
    'a.example',
    'evil.example:8080',
    'http',
    'session=1',
    'Bearer abc',
    'curl/8',
    'x'.repeat(200),
    '127.0.0.1',
    '"><script>',
    '0',
  ]
  /** What is left of its time shrinks every second, whatever is asked. */
  const lasting = (got: Got): string | undefined => got.headers['cache-control']?.replace(/max-age=59\d/, 'max-age=59x')
  for (let round = 0; round < 20; round++) {
    const headers = Object.fromEntries(names.map((name, index) => [name, `${values[(round + index) % values.length]}`]))
    const more = {
      'x-forwarded-for': '10.0.0.1',
      forwarded: 'for=10.0.0.1;host=evil',
      'x-original-url': '/i/b.jpg',
      'x-http-method-override': 'DELETE',
    }
    const got = await server.get('/i/a.jpg?w=60&f=jpeg', { ...headers, ...more, range: 'bytes=0-9', 'accept-language': 'tlh' })
    expect([got.status, got.headers['cache-status']]).toEqual([200, expect.stringContaining('tintype; hit')])
    expect(got.body.equals(first.body)).toBe(true)
    expect([got.headers.etag, lasting(got)]).toEqual([first.headers.etag, lasting(first)])
    expect(JSON.stringify(got.headers)).not.toMatch(/evil|script/)
  }
  expect(await settledEntries()).toBe(before)
  expect(origin.hits('/a.jpg')).toBe(1)
  for (const asked of origin.requests)
    expect(Object.keys(asked.headers).sort()).toEqual([...['accept', 'accept-encoding', 'connection', 'host', 'user-agent']])
})

it('check 32: a negotiated format makes three entries at most and always varies by Accept; junk adds none', async () => {
  const accepts = ['image/avif', 'image/webp', undefined]
  const tags = new Set<string | undefined>()
  for (const accept of accepts) {
    const headers: Record<string, string> = accept === undefined ? {} : { accept }
    const got = await server.get('/i/b.jpg?w=60&f=auto', headers)
    expect([accept, got.status, got.headers.vary]).toEqual([accept, 200, 'Accept'])
    tags.add(got.headers.etag)
    const again = await server.get('/i/b.jpg?w=60&f=auto', { ...headers, 'if-none-match': got.headers.etag ?? '' })
    expect([accept, again.status, again.headers.vary, again.body.length]).toEqual([accept, 304, 'Accept', 0])
  }
  expect(tags.size).toBe(3)
  const before = await settledEntries()
  const junk = [
    '',
    '*/*',
    ';;;',
    'image/avif;q=x',
    'image/*',
    'text/html,image/webp;q=0',
    'IMAGE/AVIF',
    'a'.repeat(4000),
    ','.repeat(2000),
    '\t',
  ]
  for (let round = 0; round < 50; round++) {
    const accept = junk[round] ?? `image/x-${round};q=0.${round}, x/${'y'.repeat(round)}`
    const got = await server.get('/i/b.jpg?w=60&f=auto', { accept })
    expect([round, got.status, got.headers.vary]).toEqual([round, 200, 'Accept'])
    expect(tags.has(got.headers.etag)).toBe(true)
  }
  expect(await settledEntries()).toBe(before)
})
