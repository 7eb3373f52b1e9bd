import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLambda, type Lambda } from '../../src/runtimes/lambda/lambda.ts'
import type { Got, Sent } from '../contracts/runtime.ts'
import { quadrants } from '../pictures.ts'
import { albCaller, edgeCaller, event, type FakeCaller, httpCaller, restCaller, urlCaller } from './lambda-callers.ts'
import { awslambda, FakeStream } from './lambda-stream.ts'

/** Every way in that has been seen, through to real pictures. */
const callers: readonly FakeCaller[] = [
  restCaller('apigw-rest-v1-post'),
  restCaller('apigw-rest-v1-get-browser'),
  restCaller('apigw-rest-v1-edge-no-auth'),
  restCaller('apigw-rest-v1-console-test'),
  httpCaller('apigw-http-v2-get-browser'),
  httpCaller('apigw-http-v2-no-authorizer'),
  urlCaller('function-url-post-iam'),
  urlCaller('function-url-get-browser'),
  albCaller('alb-single-value-headers'),
  albCaller('alb-multi-value-headers'),
  albCaller('alb-single-value-browser'),
  edgeCaller('cloudfront-edge-origin-request'),
  edgeCaller('cloudfront-edge-viewer-request'),
]
const edges = /^Lambda@Edge/

let folder: string
let lambda: Lambda
const lines: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tintype-lambda-'))
  const logo = new URL('../../samples/logo.png', import.meta.url)
  await mkdir(join(folder, 'pets'))
  for (const name of ['a.png', 'a b.png', 'ü.png', 'a+b.png', 'pets/cat.png', '50%.png']) await copyFile(logo, join(folder, name))
  // What no encoder makes smaller: above 6 MB once it is base64, and below as it is.
  const noise = Buffer.alloc(
    1600 * 1000 * 3,
    Buffer.from(Array.from({ length: 99_991 }, (_, at) => (at * at * 31 + (at >> 3) * 7 + at * 131) % 251)),
  )
  await writeFile(
    join(folder, 'large.png'),
    await sharp(noise, { raw: { width: 1600, height: 1000, channels: 3 } })
      .png({ compressionLevel: 0 })
      .toBuffer(),
  )
  lambda = createLambda({ env: environment(), awslambda, write: (line) => lines.push(line) })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function environment(more: Record<string, string> = {}): Record<string, string> {
  return { LAMBDA_TASK_ROOT: folder, TINTYPE_SOURCE_FILE_ROOT: folder, ...more }
}

async function whole(caller: FakeCaller, sent: Sent, by: Lambda = lambda): Promise<Got> {
  return caller.got(JSON.parse(JSON.stringify(await by.handler(caller.ask(sent)))))
}

async function streamed(caller: FakeCaller, sent: Sent, stream = new FakeStream()): Promise<Got> {
  await lambda.streaming(caller.ask(sent), stream)
  return caller.streams ? stream.got : caller.got(JSON.parse(stream.bytes.toString()))
}

const problemOf = ({ body }: Got): unknown => JSON.parse(body.toString())

describe.each(callers.map((caller) => [caller.name, caller] as const))('%s', (name, caller) => {
  describe.each([
    ['in one piece', whole],
    ['by the function that streams', streamed],
  ] as const)('%s', (_form, send) => {
    it('gives a picture', async () => {
      const got = await send(caller, { target: '/i/a.png?w=40&f=webp' })
      expect(got).toMatchObject({ status: 200, headers: { 'content-type': 'image/webp', 'x-content-type-options': 'nosniff' } })
      expect(await sharp(got.body).metadata()).toMatchObject({ format: 'webp', width: 40 })
      if (!edges.test(name)) expect(got.headers['content-length']).toBe(String(got.body.length))
    })

    it('hears what the client takes', async () => {
      const got = await send(caller, { target: '/i/a.png?w=40', headers: [['Accept', 'image/avif,image/webp']] })
      expect(got.headers).toMatchObject({ vary: 'Accept' })
      expect(got.headers['content-type']).toMatch(/^image\/(avif|webp)$/)
    })

    it('answers HEAD as GET, without the picture', async () => {
      const { headers, body } = await send(caller, { target: '/i/a.png?w=40&f=png' })
      const head = await send(caller, { method: 'HEAD', target: '/i/a.png?w=40&f=png' })
      expect(head.body.length).toBe(0)
      expect(head).toMatchObject({ status: 200, headers: { etag: headers.etag, 'content-type': 'image/png' } })
      if (!edges.test(name)) expect(head.headers['content-length']).toBe(String(body.length))
    })

    it('says 304 to who has it', async () => {
      const { headers } = await send(caller, { target: '/i/a.png?w=41&f=png' })
      const again = await send(caller, { target: '/i/a.png?w=41&f=png', headers: [['If-None-Match', headers.etag ?? '']] })
      expect(again).toMatchObject({ status: 304, headers: { etag: headers.etag } })
      expect([again.body.length, again.headers['content-length'], again.headers['content-type'] === undefined]).toEqual([
        0,
        undefined,
        false,
      ])
    })

    it('answers OPTIONS', async () => {
      const got = await send(caller, { method: 'OPTIONS', target: '/i/a.png' })
      expect(got).toMatchObject({ status: 204, headers: { allow: 'GET, HEAD, OPTIONS', 'access-control-allow-origin': '*' } })
      expect(got.body.length).toBe(0)
    })

    it('tells failures as problem details', async () => {
      const missing = await send(caller, { target: '/i/none.png?w=40', headers: [['accept', '*/*']] })
      expect(missing).toMatchObject({ status: 404, headers: { 'content-type': 'application/problem+json' } })
      expect(problemOf(missing)).toMatchObject({ code: 'original-missing' })
      const twice = await send(caller, { target: '/i/a.png?w=40&h=20&width=50', headers: [['accept', '*/*']] })
      expect([twice.status, problemOf(twice)]).toMatchObject([400, { code: 'parameter-repeated' }])
      const post = await send(caller, { method: 'POST', target: '/i/a.png', headers: [['accept', '*/*']] })
      expect([post.status, problemOf(post)]).toMatchObject([405, { code: 'method-not-allowed' }])
    })

    it('finds keys whatever is encoded in them', async () => {
      for (const path of ['a%20b.png', '%C3%BC.png', 'a+b.png', 'a%2Bb.png', 'pets/cat.png', 'pets%2Fcat.png', '50%25.png']) {
        expect([path, (await send(caller, { target: `/i/${path}?w=20` })).status]).toEqual([path, 200])
      }
      expect((await send(caller, { target: '/i?url=pets%2Fcat.png&w=20' })).status).toBe(200)
      expect((await send(caller, { target: '/i/a.png?w=40&txt=1%2B1%20%26%20%C3%BC' })).status).toBe(200)
    })
  })

  it('refuses a parameter that is given twice', async () => {
    const got = await whole(caller, { target: '/i/a.png?w=40&w=50', headers: [['accept', '*/*']] })
    // A load balancer without lists hands over one of them alone.
    expect(got.status).toBe(/alb-single/.test(name) ? 200 : 400)
  })

  it('is deaf to what stands in the body, and to headers that are not there', async () => {
    const bare = { ...caller.ask({ target: '/i/a.png?w=40' }), body: 'Test', isBase64Encoded: true }
    if (!edges.test(name)) {
      expect(
        caller.got(await lambda.handler({ ...bare, headers: null, ...(/alb-multi/.test(name) ? {} : { multiValueHeaders: null }) })).status,
      ).toBe(200)
    }
  })
})

describe('what AWS has shown, as it was', () => {
  it.each([
    ['apigw-rest-v1-post', 405],
    ['apigw-rest-v1-get-browser', 200],
    ['apigw-rest-v1-edge-no-auth', 405],
    ['apigw-rest-v1-console-test', 405],
    ['apigw-http-v2-get-browser', 404],
    ['apigw-http-v2-no-authorizer', 200],
    ['function-url-post-iam', 405],
    ['function-url-get-browser', 200],
    ['alb-single-value-headers', 200],
    ['alb-multi-value-headers', 200],
    ['alb-single-value-browser', 404],
  ])('%s is answered with %i', async (name, status) => {
    const result = (await lambda.handler(event(name))) as { readonly body: string }
    expect(result).toMatchObject({ statusCode: status, isBase64Encoded: false })
    expect(result.body).toMatch(/^<!doctype html>|"code": "(?:not-found|method-not-allowed)"|\((?:not-found|method-not-allowed), request/)
  })

  it.each(['cloudfront-edge-origin-request', 'cloudfront-edge-viewer-request'])('%s is answered', async (name) => {
    expect(await lambda.handler(event(name))).toMatchObject({ status: name.includes('viewer') ? '404' : '200', bodyEncoding: 'text' })
  })

  it.each(['cloudfront-function-viewer-response'])('%s belongs to no function of Lambda', async (name) => {
    await expect(lambda.handler(event(name))).rejects.toThrow(/^Expected a request from API Gateway.* got an object with version, context/)
  })
})

describe('what stands before the path', () => {
  const rest = restCaller('apigw-rest-v1-post')
  const target = '/i/a%20b.png?w=20'

  /** At a domain of one's own, whose mapping puts a base path before that of the API. */
  function mapped(base: string, resource: string, proxy: string): Record<string, unknown> {
    const asked = rest.ask({ target }) as { path: string; requestContext: Record<string, unknown> }
    const path = `${base}${asked.path}`
    return {
      ...asked,
      path,
      resource,
      pathParameters: { proxy },
      requestContext: { ...asked.requestContext, domainName: 'img.example.com', stage: 'production', path },
    }
  }

  it.each([
    ['/pictures', '/{proxy+}', 'i/a%20b.png'],
    ['/pictures', '/{proxy+}', 'i/a b.png'],
    ['/i', '/{proxy+}', 'i/a b.png'],
    ['/production', '/i/{proxy+}', 'a b.png'],
    ['', '/{proxy+}', 'i/a b.png'],
  ])('is left out where a domain maps %s to %s', async (base, resource, proxy) => {
    expect(rest.got(await lambda.handler(mapped(base, resource, proxy))).status).toBe(200)
  })

  it('leads to / where nothing else is asked for', async () => {
    const asked = { ...mapped('', '/', ''), path: '/pictures/', queryStringParameters: null, multiValueQueryStringParameters: null }
    expect(rest.got(await lambda.handler(asked)).headers['content-type']).toMatch(/^text\/html/)
  })

  it('is never guessed at where the two do not meet', async () => {
    expect(rest.got(await lambda.handler(mapped('/pictures', '/{proxy+}', 'other'))).status).toBe(404)
  })

  it('is the stage in an HTTP API with payload 1.0, whose path comes decoded', async () => {
    const asked = rest.ask({ target: '/i/a.png?w=20' }) as { requestContext: object }
    const version1 = (path: string, stage: string): unknown => ({
      ...asked,
      version: '1.0',
      path,
      requestContext: { ...asked.requestContext, stage },
    })
    for (const [path, stage] of [
      ['/live/i/a b.png', 'live'],
      ['/live/i/50%.png', 'live'],
      ['/i/ü.png', '$default'],
    ] as const) {
      expect([path, rest.got(await lambda.handler(version1(path, stage))).status]).toEqual([path, 200])
    }
  })
})

describe('an answer that is too large for one piece', () => {
  const target = '/i/large.png?f=original'

  it.each(callers.filter(({ streams }) => streams).map((caller) => [caller.name, caller] as const))('%s', async (_name, caller) => {
    const refused = await whole(caller, { target, headers: [['accept', '*/*']] })
    expect(refused).toMatchObject({ status: 413, headers: { 'cache-control': 'no-store', 'access-control-allow-origin': '*' } })
    expect(problemOf(refused)).toMatchObject({
      code: 'answer-too-large',
      title: expect.stringContaining('RESPONSE_STREAM'),
      request: refused.headers['x-request-id'],
    })
    const got = await streamed(caller, { target })
    expect(got).toMatchObject({ status: 200, headers: { 'content-type': 'image/png', 'content-length': String(got.body.length) } })
    expect(got.body.length).toBeGreaterThan(4_700_000)
    expect((await sharp(got.body).metadata()).width).toBe(1600)
  })

  it.each([
    [albCaller('alb-single-value-headers'), 'large.png?w=900&f=png', 'large.png?w=500&f=png'],
    [edgeCaller('cloudfront-edge-origin-request'), 'large.png?w=900&f=png', 'large.png?w=500&f=png'],
    [edgeCaller('cloudfront-edge-viewer-request'), 'large.png?w=200&f=png', 'large.png?w=60&f=png'],
  ] as const)('$name has a smaller limit', async (caller, large, small) => {
    const limit = caller.name.includes('viewer') ? 40_000 : 1_000_000
    const full = await streamed(urlCaller('function-url-get-browser'), { target: `/i/${large}` })
    expect(full.body.length).toBeGreaterThan(limit * 0.75)
    expect((await whole(caller, { target: `/i/${large}` })).status).toBe(413)
    expect((await whole(caller, { target: `/i/${small}` })).status).toBe(200)
  })

  it('may have all that Lambda takes, and not a byte more', async () => {
    const { bufferedResult } = await import('../../src/runtimes/lambda/buffered.ts')
    const { exchangeOf } = await import('../../src/runtimes/lambda/callers.ts')
    const exchange = exchangeOf(urlCaller('function-url-get-browser').ask({ target: '/' }))
    if (exchange === undefined) throw new Error('no exchange')
    const statusOf = (type: string, body: Buffer): unknown =>
      (bufferedResult(exchange, { status: 200, headers: { 'content-type': type }, body }) as { statusCode: number }).statusCode
    const around =
      JSON.stringify(
        exchange.result({
          status: 200,
          headers: { 'content-type': 'image/png', 'content-length': '4718600' },
          cookies: [],
          body: Buffer.from('x'),
        }),
      ).length - 4
    const most = Math.floor((6 * 2 ** 20 + 100 - around) / 4) * 3
    expect(statusOf('image/png', Buffer.alloc(most))).toBe(200)
    expect(statusOf('image/png', Buffer.alloc(most + 1))).toBe(413)
    // Text is handed over as it is, but quotes are not.
    expect(statusOf('text/plain', Buffer.alloc(6_000_000, 'a'))).toBe(200)
    expect(statusOf('text/plain', Buffer.alloc(6_000_000, '"'))).toBe(413)
  })
})

describe('the stream', () => {
  const url = urlCaller('function-url-get-browser')
  const ask = url.ask({ target: '/i/large.png?f=original' })

  it('is a prelude, eight NULs and raw bytes', async () => {
    const stream = new FakeStream()
    await lambda.streaming(url.ask({ target: '/i/a.png?w=40&f=png' }), stream)
    const bytes = stream.bytes
    const end = bytes.indexOf(0)
    expect(Object.keys(JSON.parse(bytes.subarray(0, end).toString()) as object)).toEqual(['statusCode', 'headers'])
    expect(bytes.subarray(end, end + 16).toString('hex')).toBe(`${'00'.repeat(8)}89504e470d0a1a0a`)
    expect(stream.writableFinished).toBe(true)
  })

  it('waits for a slow reader, and holds no more than a piece of the picture ready', async () => {
    const stream = new FakeStream({ delay: 2 })
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, stream.writableLength)
    }, 1)
    await lambda.streaming(ask, stream)
    clearInterval(watch)
    expect(stream.got.body.length).toBeGreaterThan(4_700_000)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThan(300_000)
  })

  it('does not end well when it breaks', async () => {
    const stream = new FakeStream({ failsAfter: 600_000 })
    await expect(lambda.streaming(ask, stream)).rejects.toThrow('The connection broke.')
    expect(stream.writableEnded).toBe(false)
    const message = 'The stream was closed before the answer was handed over.'
    const closing = new FakeStream({ delay: 20 })
    closing.once('drain', () => closing.destroy())
    await expect(lambda.streaming(ask, closing)).rejects.toThrow(message)
    await expect(lambda.streaming(ask, new FakeStream().destroy())).rejects.toThrow(message)
  })

  it('is JSON for who takes no prelude', async () => {
    const stream = new FakeStream()
    await lambda.streaming({ operation: 'ping' }, stream)
    expect([stream.type, stream.bytes.toString()]).toEqual(['application/json', '"pong"'])
    await expect(lambda.streaming({ operation: 'nope' }, new FakeStream())).rejects.toThrow('Unrecognized operation "nope"')
  })

  it('needs the runtime of Lambda', async () => {
    const alone = createLambda({ env: environment() })
    await expect(alone.streaming(ask, new FakeStream())).rejects.toThrow('there is no global awslambda')
  })

  it('has the shape that Node 24 on Lambda asks for', () => {
    expect([lambda.handler.length, lambda.handler.constructor.name]).toEqual([2, 'AsyncFunction'])
    expect([lambda.streaming.length, lambda.streaming.constructor.name]).toEqual([3, 'AsyncFunction'])
    expect(Reflect.get(lambda.streaming, Symbol.for('aws.lambda.runtime.handler.streaming'))).toBe('response')
  })
})

describe('an instance', () => {
  const rest = restCaller('apigw-rest-v1-get-browser')

  it('answers many at once, each its own', async () => {
    const widths = Array.from({ length: 12 }, (_, index) => 20 + index)
    const got = await Promise.all(widths.map((w, at) => (at % 2 === 0 ? whole : streamed)(rest, { target: `/i/a.png?w=${w}&f=png` })))
    expect(got.map(({ body }) => body.readUInt32BE(16))).toEqual(widths)
  })

  it('answers before its time is over', async () => {
    const context = { getRemainingTimeInMillis: () => 2 }
    const got = rest.got(await lambda.handler(rest.ask({ target: '/i/large.png?w=1500&f=avif', headers: [['accept', '*/*']] }), context))
    expect([got.status, problemOf(got)]).toMatchObject([504, { code: 'request-timeout' }])
  })

  it('ends itself when pictures that cannot be stopped have taken every place, and nobody else is at work', async () => {
    const { functionsOver } = await import('../../src/runtimes/lambda/functions.ts')
    const { openLive } = await import('../../src/runtimes/lambda/open.ts')
    const { StuckPlaces } = await import('../../src/runtimes/lambda/stuck-places.ts')
    const opened = await openLive({ env: environment(), write: () => {} })
    let [restarts, taken] = [0, 2]
    const live = { ...opened, stuck: new StuckPlaces(2, () => taken), restart: () => void restarts++ }
    const { handler } = functionsOver(async () => live, awslambda)
    const slow = rest.ask({ target: '/i/large.png?w=1400&f=avif' })
    const times = []
    for (let round = 0; round < 3; round++) {
      await handler(slow, { getRemainingTimeInMillis: () => 2 })
      times.push(restarts)
    }
    expect(times).toEqual([0, 0, 1])
    taken = 1
    await handler(rest.ask({ target: '/health' }))
    expect(restarts).toBe(1)
    await opened.composed.close()
  })

  it('does not end before what is kept is kept, and lets nobody wait for it who gets a stream', async () => {
    const { functionsOver } = await import('../../src/runtimes/lambda/functions.ts')
    const { openLive } = await import('../../src/runtimes/lambda/open.ts')
    const opened = await openLive({ env: environment(), write: () => {} })
    const told: string[] = []
    const answer = Object.assign(
      async (ask: Parameters<typeof opened.answer>[0]) => ({
        answer: (await opened.answer(ask)).answer,
        kept: new Promise<void>((resolve) => setTimeout(resolve, 300)).then(() => void told.push('kept')),
      }),
      opened.answer,
    )
    const by = functionsOver(async () => ({ ...opened, answer }), awslambda)
    const asked = rest.ask({ target: '/i/a.png?w=40' })
    await by.handler(asked)
    expect(told).toEqual(['kept'])
    const stream = new FakeStream()
    stream.once('finish', () => told.push('sent'))
    await by.streaming(asked, stream)
    expect(told).toEqual(['kept', 'sent', 'kept'])
    await opened.composed.close()
  })

  it('needs no context', async () => {
    expect((await whole(rest, { target: '/health' })).status).toBe(200)
  })

  it('logs each request at once, with who asked', async () => {
    lines.length = 0
    await whole(rest, { target: '/i/a.png?w=33' })
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { status: 200, target: '/i/a.png?w=33', client: '52.255.255.12' },
    ])
    await whole(albCaller('alb-multi-value-headers'), { target: '/i/a.png?w=33', headers: [['X-Forwarded-For', '6.6.6.6, 72.21.198.67']] })
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ client: '72.21.198.67' })
  })

  it('believes proxies that it was told to trust', async () => {
    const own: string[] = []
    const trusting = createLambda({
      env: environment({ TINTYPE_SERVER_TRUSTED_PROXIES: '130.176.0.0/16' }),
      write: (line) => own.push(line),
    })
    const asked = restCaller('apigw-rest-v1-edge-no-auth').ask({
      target: '/health',
      headers: [['X-Forwarded-For', '6.6.6.6, 15.248.3.126']],
    })
    const context = asked.requestContext as { identity: object }
    await trusting.handler({
      ...asked,
      path: '/i/a.png',
      httpMethod: 'GET',
      requestContext: { ...context, identity: { sourceIp: '130.176.209.21' } },
    })
    expect(JSON.parse(own.at(-1) ?? '')).toMatchObject({ client: '15.248.3.126' })
  })

  it('takes uploads from whoever has the token, and does not start where everybody could write', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tintype-lambda-uploads-'))
    const given = { TINTYPE_UPLOAD_ENABLED: 'yes', TINTYPE_SOURCES: `uploads=file:${folder}` }
    const open = createLambda({ env: environment(given), write: () => {} })
    await expect(open.handler(rest.ask({ target: '/health' }))).rejects.toThrow(/TINTYPE_UPLOAD_TOKEN/)
    const token = 'upload-5521-kdls-9937'
    const closed = createLambda({ env: environment({ ...given, TINTYPE_UPLOAD_TOKEN: token }), write: () => {} })
    const body = await quadrants(20, 10).png().toBuffer()
    const post = { method: 'POST', target: '/thumbor/image', body }
    expect((await whole(rest, post, closed)).status).toBe(403)
    const posted = await whole(rest, { ...post, headers: [['authorization', `Bearer ${token}`]] }, closed)
    expect(posted.status).toBe(201)
    expect((await whole(rest, { target: posted.headers.location ?? '' }, closed)).body).toEqual(body)
    await rm(folder, { recursive: true })
  })

  it('says all that is wrong with its settings, to each who asks, until it can start', async () => {
    const said: string[] = []
    const env = environment({ TINTYPE_LIMIT_SOURCE_BYTES: 'many', TINTYPE_NONSENSE: '1' })
    const broken = createLambda({ env, write: (line) => said.push(line) })
    await broken.warm()
    for (let round = 0; round < 2; round++) {
      await expect(broken.handler(rest.ask({ target: '/health' }))).rejects.toThrow(
        /TINTYPE_NONSENSE[\s\S]*TINTYPE_LIMIT_SOURCE_BYTES|TINTYPE_LIMIT_SOURCE_BYTES[\s\S]*TINTYPE_NONSENSE/,
      )
    }
    expect(JSON.parse(said[0] ?? '')).toMatchObject({
      level: 'error',
      message: expect.stringContaining('settings are wrong'),
      settings: expect.any(Array),
    })
    delete env.TINTYPE_LIMIT_SOURCE_BYTES
    delete env.TINTYPE_NONSENSE
    expect((await whole(rest, { target: '/i/a.png?w=20' }, broken)).status).toBe(200)
  })

  it('has defaults of its own, which give way to what is said', async () => {
    const { openLive } = await import('../../src/runtimes/lambda/open.ts')
    const write = (): void => {}
    const silent = await openLive({ env: environment(), write })
    expect(silent.composed.settings).toMatchObject({
      metrics: false,
      store: { kinds: ['memory'], memory: { bytes: 64 * 2 ** 20 } },
      render: { form: 'in-process' },
      log: { format: 'json', level: 'info' },
    })
    const env = environment({ TINTYPE_METRICS: 'yes', TINTYPE_STORE_MEMORY_BYTES: '2097152', TINTYPE_LOG_FORMAT: 'pretty' })
    const said = await openLive({ env, settings: { limit: { frames: 7 }, metrics: false }, write })
    expect(said.composed.settings).toMatchObject({
      metrics: true,
      store: { memory: { bytes: 2_097_152 } },
      log: { format: 'pretty' },
      limit: { frames: 7 },
    })
    await Promise.all([silent, said].map(({ composed }) => composed.close()))
  })

  it.each([[null], ['ping'], [[]], [42], [{ httpMethod: 'GET' }]])('says what it expects in place of %j', async (strange) => {
    await expect(lambda.handler(strange)).rejects.toThrow(/^Expected a request from API Gateway/)
  })
})

it('hands over as text what is text, and says so only then', async () => {
  const { bodyText } = await import('../../src/runtimes/lambda/reply.ts')
  const textOf = (type: string, body: Buffer): unknown => bodyText({ status: 200, headers: { 'content-type': type }, cookies: [], body })
  for (const type of ['text/plain; charset=utf-8', 'application/json', 'application/problem+json']) {
    expect(textOf(type, Buffer.from('ü'))).toEqual({ body: 'ü', isBase64Encoded: false })
  }
  // An SVG may come in any encoding, and so may what only says to be a text.
  expect(textOf('image/svg+xml', Buffer.from('<svg/>'))).toEqual({ body: 'PHN2Zy8+', isBase64Encoded: true })
  expect(textOf('text/plain', Buffer.from([0x66, 0xfc]))).toEqual({ body: 'Zvw=', isBase64Encoded: true })
})

describe('cookies', () => {
  it('come as a header, and leave where each caller wants them', async () => {
    const { exchangeOf } = await import('../../src/runtimes/lambda/callers.ts')
    const { replyOf } = await import('../../src/runtimes/lambda/reply.ts')
    const url = urlCaller('function-url-post-iam')
    expect(exchangeOf(url.ask({ target: '/' }))?.asked.headers.cookie).toBe('cookie1; cookie2')
    expect(exchangeOf(event('apigw-http-v2-get-browser'))?.asked.headers.cookie).toMatch(/^s_fid=.*; regStatus=pre-register$/)
    const reply = replyOf(
      { status: 200, headers: { 'Set-Cookie': 'a=b', Connection: 'close', 'Transfer-Encoding': 'chunked' }, body: Buffer.from('x') },
      'GET',
    )
    expect(reply).toMatchObject({ headers: { 'content-length': '1' }, cookies: ['a=b'] })
    expect(Object.keys(reply.headers)).toEqual(['content-length'])
    for (const caller of callers) {
      expect(caller.got(exchangeOf(caller.ask({ target: '/' }))?.result(reply)).headers['set-cookie']).toBe('a=b')
    }
  })
})
