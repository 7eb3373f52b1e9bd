import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSettings } from '../src/config/read.ts'
import { startProblem } from '../src/config/start.ts'
import { readThumborPath } from '../src/dialects/thumbor-path.ts'
import { Failure, type FailureCode, failures } from '../src/errors.ts'
import { sharpProblem } from '../src/pixels/sharp-version.ts'
import { clientFailure } from '../src/runtimes/client-error.ts'
import { bufferedResult } from '../src/runtimes/lambda/buffered.ts'
import { exchangeOf } from '../src/runtimes/lambda/callers.ts'
import { openBlocked } from '../src/service/blocked.ts'
import { openHttp } from '../src/sources/http.ts'
import type { Source } from '../src/sources/source.ts'
import { fakeNetwork } from './fake-network.ts'
import { call, fakePool } from './fake-pool.ts'
import { httpDefaults } from './http-defaults.ts'
import { type Origin, openOrigin } from './origin.ts'
import { animation, green, plain, quadrants, red, renderer, tried } from './pictures.ts'
import { FakeSource } from './service/fake-source.ts'
import { besides, bodyOf, key, latch, openStage, settle, token } from './service/stage.ts'

/** What makes a failure: a request to a service, or a part of one that is asked by itself. The code of what comes. */
type Case = () => Promise<string | undefined>

let jpeg: Buffer
let gif: Buffer
let origin: Origin
beforeAll(async () => {
  jpeg = await quadrants(200, 100).jpeg().toBuffer()
  gif = await animation('gif', [plain(4, 4, red), plain(4, 4, green)])
  origin = await openOrigin((request, response) => {
    if (request.url === '/slow') return
    if (request.url === '/cut') request.socket.destroy()
    else if (request.url === '/large') response.end(Buffer.alloc(2000))
    else if (request.url === '/turn') response.writeHead(302, { location: '/turn' }).end()
    else response.writeHead(500).end()
  })
})
afterAll(() => origin.close())

/** A request to a service with real pixels; its answer must have the status of its code. */
const ask =
  (target: string, wishes: Parameters<typeof openStage>[0] = {}, headers: Record<string, string> = {}, method = 'GET'): Case =>
  async () => {
    const { ask, source } = await openStage({ renderer: await renderer(), ...wishes })
    source.put('cat.jpg', jpeg)
    source.put('cat.gif', gif)
    source.put('text.jpg', 'no picture')
    source.put('cut.jpg', jpeg.subarray(0, 400))
    return told(await ask(target, headers, { method }))
  }

function told({ status, text }: { status: number; text: string }): string {
  const { code } = JSON.parse(text) as { code: FailureCode }
  expect(status).toBe(failures[code].status)
  return code
}

/** An original on the web of a service; every host is the origin above. */
const fetched =
  (url: string, options: Partial<typeof httpDefaults> = {}, allowed = true): Case =>
  async () => {
    const network = fakeNetwork({ 'a.example': [['93.184.215.14']] }, origin.port)
    const settings = { ...httpDefaults, retries: 0, ...options }
    const web: Source = openHttp(settings, { maxBytes: 1000 }, allowed ? network : {})
    const stage = await openStage({ urlSource: web })
    const code = told(await stage.ask(`/i/${encodeURIComponent(url)}`))
    await web.close()
    return code
  }

/** An upload to a service with real pixels. */
const uploaded =
  (bytes: () => Buffer, upload: Parameters<typeof besides>[0]): Case =>
  async () => {
    const { ask } = await openStage({ renderer: await renderer(), parts: { beside: besides(upload) } })
    return told(await ask('/thumbor/image', {}, { method: 'POST', body: bodyOf(bytes()) }))
  }

const blockedBy = (settings: Partial<Parameters<typeof openBlocked>[0]>) => openBlocked({ keys: [], put: false, ...settings }, () => {})

const pooled =
  (name: string, given: Parameters<typeof call>[2] = {}, times = 1): Case =>
  async () => {
    const pool = await fakePool()
    let end: Buffer | string = ''
    for (let time = 0; time < times; time++) end = await call(pool, name, given)
    return String(end)
  }

const configured =
  (inputs: Parameters<typeof readSettings>[0]): Case =>
  async () => {
    const read = readSettings(inputs)
    return read.kind === 'failures' ? read.failures[0]?.code : startProblem(read.settings)?.code
  }

const cases: Partial<Record<FailureCode, Case>> = {
  'parameter-unknown': ask('/i/cat.jpg?widht=3'),
  'parameter-invalid': ask('/i/cat.jpg?w=wide'),
  'parameter-repeated': ask('/i/cat.jpg?w=3&width=4'),
  'parameter-conflict': ask('/i/cat.jpg?f=original&w=3'),
  'preset-unknown': ask('/i/cat.jpg?preset=none'),
  'url-malformed': ask('/i/%ff'),
  'key-missing': ask('/i'),
  'hash-missing': async () => {
    const read = readThumborPath('/cat.jpg')
    return read instanceof Failure ? read.code : undefined
  },
  'key-malformed': ask('/i/%00'),
  'region-outside': ask('/i/cat.jpg?crop=500,500,10,10'),
  'page-outside': ask('/i/cat.jpg?page=7'),
  'format-off': ask('/i/cat.jpg?f=avif', { limits: { writeFormats: ['jpeg', 'webp'] } }),
  'original-format-off': ask('/i/cat.jpg?w=20', { limits: { readFormats: ['png'] } }),
  'output-too-large': ask('/i/cat.jpg?w=500&enlarge=1', { limits: { outputSide: 400 } }),
  'method-not-allowed': ask('/i/cat.jpg', {}, {}, 'POST'),
  'upload-too-large': uploaded(() => jpeg, { maxBytes: 100 }),
  'upload-too-small': uploaded(() => jpeg, { minWidth: 300 }),
  'url-too-long': ask(`/i/${'a'.repeat(9000)}`),
  'not-found': ask('/nowhere'),
  'request-malformed': async () => clientFailure(Object.assign(new Error(), { code: 'HPE_INVALID_METHOD' })).code,
  'request-slow': async () => clientFailure(Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })).code,
  'headers-too-large': async () => clientFailure(Object.assign(new Error(), { code: 'HPE_HEADER_OVERFLOW' })).code,

  'signature-missing': ask('/i/cat.jpg', { access: { keys: [key] } }),
  'signature-wrong': ask('/i/cat.jpg?s=AAAA', { access: { keys: [key] } }),
  'signature-unused': ask('/i/cat.jpg?s=AAAA'),
  'url-expired': async () => {
    const { createHmac } = await import('node:crypto')
    const s = createHmac('sha256', key).update('cat.jpg?expires=1').digest('base64url')
    return ask(`/i/cat.jpg?expires=1&s=${s}`, { access: { keys: [key] } })()
  },
  'expires-unsigned': ask('/i/cat.jpg?expires=1'),
  'presets-only': ask('/i/cat.jpg?w=3', { access: { presetsOnly: true } }),
  'source-unknown': ask('/i/nobody:cat.jpg'),
  'source-forbidden': ask('/i/https://a.example/cat.jpg'),
  'address-forbidden': fetched('http://127.0.0.1/cat.jpg', {}, false),
  'original-refused': async () => ask('/i/cat.jpg', { parts: { blocked: await blockedBy({ keys: ['cat'] }) } })(),
  'block-full': async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'tintype-block-')), 'list')
    await writeFile(file, 'x\n'.repeat(5000))
    const blocked = await blockedBy({ file, put: true })
    const put = ask('/thumbor/blacklist?y', { parts: { blocked, beside: besides(undefined) } }, {}, 'PUT')
    return put().finally(() => blocked?.close())
  },
  'token-wrong': ask('/i/cat.jpg', { access: { purgeToken: token } }, { authorization: 'Bearer other' }, 'DELETE'),
  'rate-limited': async () => {
    const stage = await openStage({ rate: { perSecond: 1, burst: 1 } })
    await stage.ask('/', {}, { client: '192.0.2.1' })
    return told(await stage.ask('/', {}, { client: '192.0.2.1' }))
  },

  'original-missing': ask('/i/none.jpg'),
  'original-too-large': fetched('http://a.example/large'),
  'origin-failed': fetched('http://a.example/'),
  'origin-unreachable': fetched('http://a.example/cut'),
  'origin-redirects': fetched('http://a.example/turn'),
  'source-timeout': fetched('http://a.example/slow', { timeoutSeconds: 0.1 }),

  'original-not-image': ask('/i/text.jpg'),
  'original-damaged': ask('/i/cut.jpg?f=png'),
  'original-too-many-pixels': ask('/i/cat.jpg', { limits: { sourcePixels: 10_000 } }),
  'original-too-many-frames': ask('/i/cat.gif?f=gif', { limits: { frames: 1 } }),
  'original-too-costly': pooled('hang', { originals: [Buffer.from('bad')], limits: { renderSeconds: 0.1 } }, 3),

  'patch-invalid': async () => {
    const made = await tried('frame(key=p)|', [jpeg, jpeg])
    return made instanceof Failure ? made.code : undefined
  },

  'render-timeout': pooled('hang', { limits: { renderSeconds: 0.1 } }),
  'render-crashed': pooled('crash', { originals: [Buffer.from('bad')] }),
  overloaded: async () => {
    const { ask, source, renderer } = await openStage({ queue: { length: 0 } })
    source.put('cat.jpg', 'one')
    const gate = latch()
    renderer.before = gate.promise
    const working = [ask('/i/cat.jpg?w=1'), ask('/i/cat.jpg?w=2')]
    await settle()
    const code = told(await ask('/i/cat.jpg?w=3'))
    gate.open()
    await Promise.all(working)
    return code
  },
  'shutting-down': async () => {
    const pool = await fakePool()
    await pool.close()
    return String(await call(pool, 'echo'))
  },
  'request-timeout': async () => {
    const { ask, source } = await openStage({ limits: { requestSeconds: 0.05 } })
    source.before = new Promise(() => {})
    return told(await ask('/i/cat.jpg'))
  },
  'answer-too-large': async () => {
    const exchange = exchangeOf({ requestContext: { elb: {} }, httpMethod: 'GET', path: '/' })
    const answer = { status: 200, headers: { 'content-type': 'image/png' }, body: Buffer.alloc(1_000_000) }
    const result = exchange && (bufferedResult(exchange, answer) as { readonly statusCode: number; readonly body: string })
    return told({ status: result?.statusCode ?? 0, text: result?.body ?? '' })
  },
  'client-gone': async () => {
    const { ask } = await openStage()
    return told(await ask('/i/cat.jpg', {}, { signal: AbortSignal.abort() }))
  },

  'setting-unknown': configured({ env: { TINTYPE_LIMIT_SOURCE_PIXLES: '1' } }),
  'setting-invalid': configured({ env: { TINTYPE_LIMIT_SOURCE_PIXELS: 'many' } }),
  'start-unsafe': configured({ env: { TINTYPE_SERVER_HOST: '0.0.0.0', TINTYPE_SOURCE_HTTP_ANY: 'yes' } }),
  'sharp-too-old': async () => sharpProblem('0.35.3')?.code,
  internal: async () => {
    const source = new FakeSource()
    source.failing = new TypeError('a fault')
    return ask('/i/cat.jpg', { source })()
  },
}

describe('every code', () => {
  test('has a case here, and none is left over', () => expect(Object.keys(cases).sort()).toEqual(Object.keys(failures).sort()))

  test.each(Object.entries(cases))('%s', async (code, make) => expect(await make()).toBe(code))

  test.each(Object.entries(failures))('%s has a status and a hint', (_code, { status, hint }) => {
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
    expect(hint).toMatch(/^\S.*[.!]$/)
  })
})
