// The zip, unpacked, under Node 24 and AWS's own runtime interface client, against a Runtime API of ours that keeps every byte of what is posted.
// What a picture must be is told by the library in this process, with the same sharp.
import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unzipSync } from 'fflate'
import sharp from 'sharp'
import { openChecks } from './checks.mjs'
import { functionUrl, restApi } from './lambda-events.mjs'
import { fetchRuntime } from './node24.mjs'
import { openRuntimeApi } from './runtime-api.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

export const name = 'lambda-runtime'

/**
 * @param {{ cache: string, log: (line: string) => void, signal: AbortSignal }} tools
 * @returns {Promise<{ passed: number, failed: number, skipped?: string }>}
 */
export async function run({ cache, log, signal }) {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x64'
  if (process.platform !== 'linux') return { passed: 0, failed: 0, skipped: 'the code is for Linux' }
  const runtime = await fetchRuntime({ cache, log, signal })
  if ('skipped' in runtime) return { passed: 0, failed: 0, skipped: runtime.skipped }

  const folder = await mkdtemp(join(tmpdir(), 'tintype-runtime-'))
  const api = await openRuntimeApi()
  try {
    const code = join(folder, 'task')
    await unpack(join(root, `dist-aws/tintype-lambda-${architecture}.zip`), code)
    const originals = await layOut(join(folder, 'originals'))
    const { createTintype } = await import('../../dist/index.js')
    const library = await createTintype({ source: { file: { root: originals } }, store: { kinds: ['memory'] } })
    const env = { TINTYPE_SOURCE_FILE_ROOT: originals, TINTYPE_PRESETS: JSON.stringify({ thumb: 'w=64&f=jpeg' }) }
    const start = (handler, more = {}) => api.start({ ...runtime, code, handler, env: { ...env, ...more } })
    const expected = async (target, { method = 'GET', headers = {} } = {}) => library.handle({ method, target, headers, signal })
    const { check, counts } = openChecks(log)
    const tools = { api, check, start, expected, code, log }
    await streams(tools)
    await breaks(tools)
    await inOnePiece(tools)
    await everyCaller(tools)
    await several(tools)
    await library.close()
    return counts
  } finally {
    await api.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Behind a Function URL with RESPONSE_STREAM, or a REST API with STREAM. */
async function streams({ api, check, start, expected, log }) {
  const began = performance.now()
  const worker = start('index.streaming')
  const first = await api.invoke(functionUrl('/i/photo.jpg?w=512&f=jpeg')).catch((error) => {
    log(worker.output())
    throw error
  })
  log(
    `cold: ${(performance.now() - began).toFixed(0)} ms from the start of the process to the end of the first picture, on a Node 24 with the client`,
  )

  await check('the first answer is a stream: mode, type, chunks, trailers announced', (assert) => {
    assert.equal(first.kind, 'response')
    assert.equal(first.headers['lambda-runtime-function-response-mode'], 'streaming')
    assert.equal(first.headers['content-type'], 'application/vnd.awslambda.http-integration-response')
    assert.equal(first.headers['transfer-encoding'], 'chunked')
    assert.match(first.headers.trailer ?? '', /Lambda-Runtime-Function-Error-Type/i)
    assert.deepEqual(first.trailers, {})
    assert.equal(first.complete, true)
  })
  await check('the prelude is one JSON object, eight NULs follow, then the picture itself', async (assert) => {
    const { prelude, body } = parts(first.body, assert)
    assert.deepEqual(
      Object.keys(prelude).filter((key) => !['statusCode', 'headers', 'cookies'].includes(key)),
      [],
    )
    assert.equal(prelude.statusCode, 200)
    assert.equal(prelude.headers['content-type'], 'image/jpeg')
    same(assert, body, (await expected('/i/photo.jpg?w=512&f=jpeg')).body)
    assert.equal(Number(prelude.headers['content-length']), body.length)
    assert.equal((await sharp(body).metadata()).width, 512)
  })

  const targets = {
    'a PNG, a WebP, a TIFF': ['png', 'webp', 'tiff'].map((format) => `/i/photo.jpg?w=300&f=${format}`),
    'text in each font that the zip brings': ['sans', 'sans bold', 'serif', 'mono'].map(
      (font) => `/i/photo.jpg?w=400&f=png&txt=H%C3%A4llo%20${font.length}&txt-font=${encodeURIComponent(font)}`,
    ),
    'an SVG with words': ['/i/words.svg?w=400&f=png'],
    'an animation': ['/i/animation.webp?w=80&f=gif'],
    'a key with a space, a plus and an umlaut': ['/i/odd%20n%2Bme%20%C3%A4.jpg?w=64&f=jpeg'],
  }
  for (const [what, wanted] of Object.entries(targets)) {
    await check(`${what}: the bytes that the library makes`, async (assert) => {
      for (const target of wanted) {
        const answer = await expected(target)
        assert.equal(answer.status, 200, `${target}: ${answer.body}`)
        const { prelude, body } = parts((await api.invoke(functionUrl(target))).body, assert)
        assert.equal(prelude.statusCode, 200, target)
        same(assert, body, answer.body, target)
      }
    })
  }
  await check('an AVIF', async (assert) => {
    // Its encoder's bytes depend on how many threads it has, and those on the environment.
    const { prelude, body } = parts((await api.invoke(functionUrl('/i/photo.jpg?w=200&f=avif'))).body, assert)
    assert.equal(prelude.headers['content-type'], 'image/avif')
    const { width, height, compression } = await sharp(body).metadata()
    assert.deepEqual({ width, height, compression }, { width: 200, height: 133, compression: 'av1' })
  })
  await check('a body of more than 12 MB comes whole', async (assert) => {
    const target = '/i/noise.png?w=2060&f=png'
    const posted = await api.invoke(functionUrl(target))
    const { prelude, body } = parts(posted.body, assert)
    assert.equal(prelude.statusCode, 200)
    assert.ok(body.length > 12e6, `${body.length} bytes`)
    same(assert, body, (await expected(target)).body)
    assert.deepEqual(posted.trailers, {})
    log(`       ${(body.length / 1e6).toFixed(1)} MB in ${posted.milliseconds.toFixed(0)} ms`)
  })
  await check('304 for the ETag that was given, with no body', async (assert) => {
    const { etag } = parts(first.body, assert).prelude.headers
    const { prelude, body } = parts(
      (await api.invoke(functionUrl('/i/photo.jpg?w=512&f=jpeg', { headers: { 'if-none-match': etag } }))).body,
      assert,
    )
    assert.equal(prelude.statusCode, 304)
    assert.equal(prelude.headers.etag, etag)
    assert.equal(body.length, 0)
  })
  await check('HEAD has the headers of GET, and no body', async (assert) => {
    const { prelude, body } = parts((await api.invoke(functionUrl('/i/photo.jpg?w=512&f=jpeg', { method: 'HEAD' }))).body, assert)
    const got = parts(first.body, assert).prelude.headers
    assert.equal(prelude.statusCode, 200)
    for (const header of ['content-type', 'content-length', 'etag', 'cache-control'])
      assert.equal(prelude.headers[header], got[header], header)
    assert.equal(body.length, 0)
  })
  await check('an error before the first byte is an answer of its own: status, code, JSON', async (assert) => {
    for (const [target, status] of [
      ['/i/not-there.jpg', 404],
      ['/i/photo.jpg?w=wide', 400],
      ['/i/broken.jpg?w=10', 422],
    ]) {
      const posted = await api.invoke(functionUrl(target))
      const { prelude, body } = parts(posted.body, assert)
      assert.equal(prelude.statusCode, status, target)
      assert.equal(typeof JSON.parse(body.toString()).code, 'string')
      assert.deepEqual(posted.trailers, {})
    }
  })
  await check('a REST API with STREAM gets the same picture', async (assert) => {
    const { body } = parts((await api.invoke(restApi('/i/photo.jpg?w=512&f=jpeg'))).body, assert)
    same(assert, body, parts(first.body, assert).body)
  })
  const warm = []
  for (let index = 0; index < 20; index++) warm.push((await api.invoke(functionUrl(`/i/photo.jpg?w=${200 + index}&f=jpeg`))).milliseconds)
  const hits = []
  for (let index = 0; index < 20; index++) hits.push((await api.invoke(functionUrl('/i/photo.jpg?w=200&f=jpeg'))).milliseconds)
  log(`warm: ${median(warm).toFixed(0)} ms a picture, ${median(hits).toFixed(1)} ms one that is in memory (medians of 20)`)
  await api.stopWorkers()
}

/** Where the way breaks, or the function cannot start. */
async function breaks({ api, check, start, code }) {
  // The way is broken from within the runtime's own stream, behind the first piece of the picture.
  await writeFile(
    join(code, 'broken-way.mjs'),
    `const { HttpResponseStream } = awslambda
    const { from } = HttpResponseStream
    HttpResponseStream.from = (...given) => {
      const stream = from.apply(HttpResponseStream, given)
      const write = stream.write.bind(stream)
      let pieces = 0
      stream.write = (...args) => {
        if (pieces++ > 0) throw new RangeError('the way broke')
        return write(...args)
      }
      return stream
    }
    export const { streaming } = await import('./index.mjs')\n`,
  )
  start('broken-way.streaming')
  await check('an error after the first byte is told in the trailers, and the picture is not whole', async (assert) => {
    const posted = await api.invoke(functionUrl('/i/noise.png?w=1000&f=png'))
    const { prelude, body } = parts(posted.body, assert)
    assert.equal(prelude.statusCode, 200)
    assert.ok(body.length > 0 && body.length < Number(prelude.headers['content-length']))
    assert.match(posted.trailers['lambda-runtime-function-error-type'] ?? '', /RangeError/)
    const told = JSON.parse(Buffer.from(posted.trailers['lambda-runtime-function-error-body'] ?? '', 'base64').toString())
    assert.equal(told.errorMessage, 'the way broke')
    assert.equal(told.errorType, 'RangeError')
  })
  await check('the instance answers again after that', async (assert) => {
    const { prelude } = parts((await api.invoke(functionUrl('/i/photo.jpg?w=20&f=jpeg'))).body, assert)
    assert.equal(prelude.statusCode, 200)
  })
  await api.stopWorkers()

  const worker = start('index.streaming', { TINTYPE_LIMIT_OUTPUT_PIXELS: 'many' })
  await check('settings that are wrong: the invocation fails, and says which setting it is', async (assert) => {
    const posted = await api.invoke(functionUrl('/i/photo.jpg'))
    const told =
      posted.kind === 'error'
        ? posted.body.toString()
        : Buffer.from(posted.trailers['lambda-runtime-function-error-body'] ?? '', 'base64').toString()
    assert.match(told, /TINTYPE_LIMIT_OUTPUT_PIXELS/)
    assert.match(worker.output(), /its settings are wrong/)
    assert.deepEqual(api.initErrors, [])
  })
  await api.stopWorkers()
}

/** Answers in one piece of JSON: whoever does not stream. */
async function inOnePiece({ api, check, start, expected }) {
  start('index.handler')
  const target = '/i/photo.jpg?w=512&f=webp'
  for (const [caller, event] of Object.entries({ 'a REST API': restApi, 'a Function URL': functionUrl })) {
    await check(`${caller}, buffered: the picture in base64`, async (assert) => {
      const posted = await api.invoke(event(target))
      assert.equal(posted.kind, 'response')
      assert.equal(posted.headers['lambda-runtime-function-response-mode'], undefined)
      const answer = JSON.parse(posted.body.toString())
      assert.equal(answer.statusCode, 200)
      assert.equal(answer.isBase64Encoded, true)
      assert.equal(answer.headers['content-type'], 'image/webp')
      same(assert, Buffer.from(answer.body, 'base64'), (await expected(target)).body)
    })
  }
  await check('an answer over the limit of Lambda is a 413 that names the way out, not a failure of the function', async (assert) => {
    const posted = await api.invoke(restApi('/i/noise.png?w=2060&f=png'))
    assert.equal(posted.kind, 'response')
    const answer = JSON.parse(posted.body.toString())
    assert.equal(answer.statusCode, 413)
    const { code } = JSON.parse(answer.isBase64Encoded ? Buffer.from(answer.body, 'base64').toString() : answer.body)
    assert.equal(code, 'answer-too-large')
    assert.match(answer.body, /stream/i)
  })
  await check('304 and HEAD carry no body', async (assert) => {
    const { headers } = JSON.parse((await api.invoke(restApi(target))).body.toString())
    const unchanged = JSON.parse((await api.invoke(restApi(target, { headers: { 'If-None-Match': headers.etag } }))).body.toString())
    assert.deepEqual([unchanged.statusCode, unchanged.body], [304, ''])
    const head = JSON.parse((await api.invoke(restApi(target, { method: 'HEAD' }))).body.toString())
    assert.deepEqual([head.statusCode, head.body, head.headers['content-length']], [200, '', headers['content-length']])
  })
}

/** The events that AWS itself shows: none may end in an error of the function where the caller waits for an answer. */
async function everyCaller({ api, check, code }) {
  const folder = join(root, 'test/vectors/aws-events')
  const read = async (file) => JSON.parse(await readFile(join(folder, file), 'utf8'))
  for (const file of (await readdir(folder)).sort()) {
    if (/^(?:apigw|function-url|alb)-/.test(file)) {
      await check(`${file} is answered`, async (assert) => {
        const posted = await api.invoke(await read(file))
        assert.equal(posted.kind, 'response', posted.body.toString())
        const answer = JSON.parse(posted.body.toString())
        assert.ok(Number.isInteger(answer.statusCode) && answer.statusCode < 500, `${answer.statusCode}`)
        assert.equal(typeof answer.body, 'string')
        if (file.startsWith('alb-')) assert.match(answer.statusDescription, /^\d{3} \w/)
        if (file === 'alb-multi-value-headers.json') assert.ok(answer.multiValueHeaders !== undefined && answer.headers === undefined)
      })
    }
    if (/^cloudfront-edge-/.test(file)) {
      await check(`${file} is answered`, async (assert) => {
        const answer = JSON.parse((await api.invoke(await read(file))).body.toString())
        assert.match(answer.status, /^[234]\d\d$/)
        assert.ok(
          Object.values(answer.headers).every((values) =>
            values.every(({ key, value }) => typeof key === 'string' && typeof value === 'string'),
          ),
        )
      })
    }
    if (/^sqs/.test(file)) {
      await check(`${file}: the batch says which messages failed`, async (assert) => {
        const posted = await api.invoke(await read(file))
        assert.equal(posted.kind, 'response', posted.body.toString())
        assert.ok(Array.isArray(JSON.parse(posted.body.toString()).batchItemFailures))
      })
    }
    if (/^s3-/.test(file)) {
      await check(`${file} is taken: no bucket of ours, so there is nothing to do`, async (assert) => {
        const posted = await api.invoke(await read(file))
        assert.equal(posted.kind, 'response', posted.body.toString())
      })
    }
    if (/^blueprint-/.test(file)) {
      await check(`${file}: each operation gives what it gave, or is refused clearly`, async (assert) => {
        for (const { event, error, result } of await read(file)) {
          const posted = await api.invoke(event)
          if (typeof result === 'string') assert.equal(JSON.parse(posted.body.toString()), result)
          if (error !== undefined) assert.equal(posted.kind, 'error', JSON.stringify(event).slice(0, 200))
          if (posted.kind === 'error') assert.ok(JSON.parse(posted.body.toString()).errorMessage.length > 10)
        }
      })
    }
  }
  await check('an event that is none of these fails by name', async (assert) => {
    const posted = await api.invoke({ hello: 'world' })
    assert.equal(posted.kind, 'error')
    assert.match(JSON.parse(posted.body.toString()).errorMessage, /hello/)
  })
  await check('a preset is made ahead of time by direct invocation', async (assert) => {
    const posted = await api.invoke({ operation: 'prerender', keys: ['photo.jpg'], presets: ['thumb'] })
    assert.equal(posted.kind, 'response', posted.body.toString())
  })
  await api.stopWorkers()
  await rm(join(code, 'broken-way.mjs'))
}

/** Instances beside each other, as Lambda starts them for requests that come at once. */
async function several({ api, check, start, expected }) {
  for (let index = 0; index < 3; index++) start('index.streaming')
  await check('three instances work at once, and each answers its own', async (assert) => {
    const targets = Array.from({ length: 12 }, (_, index) => `/i/photo.jpg?w=${300 + index}&f=webp`)
    api.takeMost()
    const posted = await Promise.all(targets.map((target) => api.invoke(functionUrl(target))))
    for (const [index, { body }] of posted.entries())
      same(assert, parts(body, assert).body, (await expected(targets[index])).body, targets[index])
    assert.equal(api.takeMost(), 3)
  })
  await api.stopWorkers()
}

/** Prelude and body of what was posted. */
function parts(bytes, assert) {
  const end = bytes.indexOf(0)
  assert.ok(end > 0 && end < 16_384, 'the delimiter comes early')
  assert.deepEqual(bytes.subarray(end, end + 8), Buffer.alloc(8))
  return { prelude: JSON.parse(bytes.subarray(0, end).toString()), body: bytes.subarray(end + 8) }
}

function same(assert, got, wanted, message = '') {
  const sum = (bytes) =>
    `${bytes?.length} bytes, ${createHash('sha256')
      .update(bytes ?? '')
      .digest('hex')
      .slice(0, 16)}`
  assert.equal(sum(got), sum(wanted), message)
}

async function unpack(zip, folder) {
  for (const [path, bytes] of Object.entries(unzipSync(await readFile(zip)))) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), bytes)
  }
}

/** Originals of every kind that is asked for. */
async function layOut(folder) {
  await mkdir(folder)
  const samples = join(root, 'samples')
  await copyFile(join(samples, 'landscape.jpg'), join(folder, 'photo.jpg'))
  await copyFile(join(samples, 'portrait.jpg'), join(folder, 'odd n+me ä.jpg'))
  await copyFile(join(samples, 'animation.webp'), join(folder, 'animation.webp'))
  await writeFile(join(folder, 'broken.jpg'), (await readFile(join(samples, 'landscape.jpg'))).subarray(0, 4000))
  const words = '<text x="10" y="60" font-family="serif" font-size="40">Ägypten</text>'
  await writeFile(join(folder, 'words.svg'), `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100">${words}</svg>`)
  const side = 2100
  const noise = Buffer.alloc(side * side * 3)
  let seed = 1
  for (let at = 0; at < noise.length; at++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    noise[at] = seed >>> 24
  }
  await sharp(noise, { raw: { width: side, height: side, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toFile(join(folder, 'noise.png'))
  return folder
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}
