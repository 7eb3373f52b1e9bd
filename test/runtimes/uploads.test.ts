import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { quadrants } from '../pictures.ts'
import { openServer, refusedStart, type Server } from '../safety/server.ts'
import { readAnswer } from './raw-http.ts'

const token = 'upload-5521-kdls-9937'
const bearer = { authorization: `Bearer ${token}` }
let folder: string
let kept: string
let jpeg: Buffer
let png: Buffer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tintype-uploads-'))
  jpeg = await quadrants(200, 100).jpeg().toBuffer()
  png = await quadrants(80, 40).png().toBuffer()
})
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))

const opened: Server[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.stop()
})

/** The real server, with a new folder for what it is given. */
async function open(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
  kept = await mkdtemp(join(folder, 'kept-'))
  const server = await openServer({
    TINTYPE_UPLOAD_ENABLED: 'yes',
    TINTYPE_UPLOAD_PUT: 'yes',
    TINTYPE_UPLOAD_DELETE: 'yes',
    TINTYPE_UPLOAD_TOKEN: token,
    TINTYPE_SOURCES: `uploads=file:${kept}`,
    ...settings,
  })
  opened.push(server)
  return server
}

const bytesOf = (bytes: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)
const send = (server: Server, method: string, target: string, body?: Buffer | FormData, headers: Record<string, string> = bearer) =>
  fetch(`${server.url}${target}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: body instanceof Buffer ? bytesOf(body) : body }),
  })
const codeOf = async (answer: Response): Promise<unknown[]> => [answer.status, ((await answer.json()) as { code: string }).code]
const files = async (): Promise<string[]> => (await readdir(kept)).filter((name) => !name.startsWith('.'))

/** All that comes back for bytes that are written one piece after the other. */
function slowly(port: number, pieces: readonly (string | Buffer)[], pause: number): Promise<Buffer> {
  return new Promise((resolve) => {
    const got: Buffer[] = []
    const socket = connect(port, '127.0.0.1', async () => {
      for (const piece of pieces) {
        if (socket.destroyed) return
        socket.write(piece)
        await wait(pause)
      }
    })
    socket.on('error', () => {})
    socket.on('data', (piece) => got.push(piece))
    socket.on('close', () => resolve(Buffer.concat(got)))
  })
}

describe('uploads to the real server', () => {
  test('live from their POST to their DELETE', async () => {
    const server = await open()
    const posted = await send(server, 'POST', '/thumbor/image', jpeg, { ...bearer, slug: 'cat.jpg', 'content-type': 'image/jpeg' })
    expect(posted.status).toBe(201)
    const location = posted.headers.get('location') ?? ''
    expect(location).toMatch(/^\/thumbor\/image\/[0-9a-f]{32}\/cat\.jpg$/)
    const id = location.split('/')[3] ?? ''
    expect(await files()).toEqual([id])
    const got = await send(server, 'GET', location, undefined, {})
    expect([got.status, Buffer.from(await got.arrayBuffer())]).toEqual([200, jpeg])
    const small = await server.get(`/i/uploads:${id}?w=50&f=png`)
    expect((await sharp(small.body).metadata()).width).toBe(50)
    expect((await send(server, 'PUT', location, png)).status).toBe(204)
    const again = await server.get(`/i/uploads:${id}?w=50&f=png`)
    expect([again.status, again.body.equals(small.body)]).toEqual([200, false])
    expect((await send(server, 'HEAD', location, undefined, {})).headers.get('content-type')).toBe('image/png')
    expect((await send(server, 'DELETE', location)).status).toBe(204)
    expect(await codeOf(await send(server, 'DELETE', location))).toEqual([404, 'original-missing'])
    expect(await codeOf(await send(server, 'GET', location))).toEqual([404, 'original-missing'])
    expect((await server.get(`/i/uploads:${id}?w=50&f=png`)).status).toBe(404)
    expect(await files()).toEqual([])
    expect((await server.get('/thumbor/healthcheck')).body.toString()).toBe('WORKING')
    expect((await server.get('/metrics')).body.toString()).toMatch(
      /tintype_requests_total\{status="2xx",cache="none",dialect="none",format="jpeg"/,
    )
  })

  test('come in a form', async () => {
    const server = await open()
    const form = new FormData()
    form.append('media', new Blob([bytesOf(png)], { type: 'image/png' }), 'ä b.png')
    const posted = await send(server, 'POST', '/thumbor/image', form)
    expect([posted.status, posted.headers.get('location')]).toEqual([201, expect.stringMatching(/\/%C3%A4%20b\.png$/)])
    expect(await readFile(join(kept, (await files())[0] ?? ''))).toEqual(png)
  })

  test('are refused where they are none, too large, too small, or not allowed', async () => {
    const server = await open({ TINTYPE_UPLOAD_MAX_BYTES: '100000', TINTYPE_UPLOAD_MIN_WIDTH: '100', TINTYPE_UPLOAD_PUT: 'no' })
    const post = (body: Buffer, headers = bearer) => send(server, 'POST', '/thumbor/image', body, headers).then(codeOf)
    expect(await post(Buffer.from('no picture'))).toEqual([415, 'original-not-image'])
    expect(await post(png)).toEqual([412, 'upload-too-small'])
    expect(await post(Buffer.concat([jpeg, Buffer.alloc(100_000)]))).toEqual([412, 'upload-too-large'])
    // Far more than a connection holds while nobody reads: the answer must arrive all the same.
    expect(await post(Buffer.alloc(30_000_000, 'x'))).toEqual([412, 'upload-too-large'])
    expect(await post(jpeg, { authorization: 'Bearer other-token-of-someone' })).toEqual([403, 'token-wrong'])
    expect(await post(Buffer.alloc(30_000_000, 'x'), { authorization: 'none' })).toEqual([403, 'token-wrong'])
    const unknown = `/thumbor/image/${'0'.repeat(32)}`
    expect(await codeOf(await send(server, 'PUT', unknown, jpeg))).toEqual([405, 'method-not-allowed'])
    expect(await codeOf(await send(server, 'DELETE', unknown))).toEqual([404, 'original-missing'])
    expect(await files()).toEqual([])
  })

  test('that come slowly are taken, and given up when they take too long', { timeout: 30_000 }, async () => {
    const server = await open({ TINTYPE_UPLOAD_SECONDS: '2' })
    const head = `POST /thumbor/image HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${jpeg.length}\r\nConnection: close\r\n\r\n`
    const size = Math.ceil(jpeg.length / 5)
    const pieces = Array.from({ length: 5 }, (_, index) => jpeg.subarray(index * size, (index + 1) * size))
    expect(readAnswer(await slowly(server.port, [head, ...pieces], 200)).status).toBe(201)
    const began = performance.now()
    const late = readAnswer(await slowly(server.port, [head, ...Array.from({ length: 60 }, () => 'x')], 100))
    expect([late.status, JSON.parse(late.body.toString()).code]).toEqual([408, 'request-slow'])
    expect(performance.now() - began).toBeLessThan(5500)
    expect(await files()).toHaveLength(1)
    expect((await send(server, 'POST', '/thumbor/image', jpeg)).status).toBe(201) // its place is free again
  })

  test('come many at once', async () => {
    const server = await open({ TINTYPE_QUEUE_WAIT_SECONDS: '20' })
    const pictures = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        quadrants(40 + index, 30)
          .png()
          .toBuffer(),
      ),
    )
    const answers = await Promise.all(pictures.map((bytes) => send(server, 'POST', '/thumbor/image', bytes)))
    expect(answers.map(({ status }) => status)).toEqual(pictures.map(() => 201))
    for (const [index, { headers }] of answers.entries()) {
      const got = await send(server, 'GET', headers.get('location') ?? '', undefined, {})
      expect(Buffer.from(await got.arrayBuffer()).equals(pictures[index] as Buffer)).toBe(true)
    }
  })

  test('are whole or not there when the server is killed in their midst', { timeout: 60_000 }, async () => {
    const noise = {
      create: { width: 1000, height: 1000, channels: 3, background: 'black', noise: { type: 'gaussian', mean: 128, sigma: 60 } },
    } as const
    const large = await sharp(noise).png({ compressionLevel: 0 }).toBuffer()
    const right = createHash('sha1').update(large).digest('hex')
    const server = await open()
    const taken: string[] = []
    const uploading = Array.from({ length: 6 }, async () => {
      for (;;) {
        const answer = await send(server, 'POST', '/thumbor/image', large).catch(() => undefined)
        if (answer === undefined) return
        if (answer.status === 201) taken.push((answer.headers.get('location') ?? '').split('/')[3] ?? '')
      }
    })
    while (taken.length < 8) await wait(5)
    await server.stop('SIGKILL')
    await Promise.all(uploading)
    const left = await files()
    expect(left).toEqual(expect.arrayContaining(taken))
    for (const name of left)
      expect(
        createHash('sha1')
          .update(await readFile(join(kept, name)))
          .digest('hex'),
      ).toBe(right)
  })

  test('are known to all who serve at the port, and so is what is blocked', { timeout: 60_000 }, async () => {
    const list = join(folder, `list-${randomBytes(4).toString('hex')}`)
    const server = await open({ TINTYPE_SERVER_LISTENERS: '2', TINTYPE_BLOCK_FILE: list, TINTYPE_BLOCK_PUT: 'yes' })
    const location = (await send(server, 'POST', '/thumbor/image', jpeg)).headers.get('location') ?? ''
    const id = location.split('/')[3]
    // Each on a connection of its own, so that both are asked.
    const statuses = async () =>
      new Set(await Promise.all(Array.from({ length: 16 }, async () => (await server.get(`/i/uploads:${id}?w=60&f=png`)).status)))
    const sizes = async () => new Set(await Promise.all(Array.from({ length: 16 }, async () => (await server.get(location)).body.length)))
    expect([...(await statuses())]).toEqual([200])
    expect((await send(server, 'PUT', location, png)).status).toBe(204)
    expect([...(await sizes())]).toEqual([png.length])
    expect((await send(server, 'PUT', `/thumbor/blacklist?uploads:${id}`)).status).toBe(200)
    await wait(2500)
    expect([...(await statuses())]).toEqual([400])
    expect((await send(server, 'GET', '/thumbor/blacklist')).status).toBe(200)
    expect(await readFile(list, 'utf8')).toBe(`uploads:${id}\n`)
    expect(await codeOf(await send(server, 'GET', '/thumbor/blacklist', undefined, {}))).toEqual([403, 'token-wrong'])
  })
})

describe('the start', () => {
  const given = { TINTYPE_UPLOAD_ENABLED: 'yes' }
  test.each([
    ['without a place for uploads', given, /upload\.source: expected the name of a source/],
    [
      'with a place that cannot be written to',
      { ...given, TINTYPE_SOURCES: 'uploads=https://h.example/' },
      /of kind file or s3; "uploads" is of kind http/,
    ],
    [
      'at a public address, without a token',
      { ...given, TINTYPE_SOURCES: 'uploads=file:/tmp', TINTYPE_SERVER_HOST: '0.0.0.0' },
      /TINTYPE_UPLOAD_TOKEN[\s\S]*TINTYPE_UPLOAD_OPEN=yes/,
    ],
    [
      'with a token that anyone guesses',
      { ...given, TINTYPE_SOURCES: 'uploads=file:/tmp', TINTYPE_UPLOAD_TOKEN: 'my-secret-token-key' },
      /nobody can guess/,
    ],
    ['with lines for no file', { TINTYPE_BLOCK_PUT: 'yes', TINTYPE_SOURCE_FILE_ROOT: '/tmp' }, /block\.file/],
  ])('%s is refused', async (_, settings, said) => {
    const { code, log } = await refusedStart(settings)
    expect(code).toBeGreaterThan(0)
    expect(log).toMatch(said)
  })
})
