// What the function answers in a stream: behind a Function URL, behind a REST API, several instances beside each other, and where the way breaks.
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { functionUrl, restApi } from './lambda-events.mjs'
import { same } from './same.mjs'

/** Behind a Function URL with RESPONSE_STREAM, or a REST API with STREAM. */
export async function streams({ api, check, start, expected, log }) {
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
export async function breaks({ api, check, start, code }) {
  const program = join(code, 'broken-way.mjs')
  // The way is broken from within the runtime's own stream, behind the first piece of the picture.
  await writeFile(
    program,
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
  await rm(program)

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

/** Instances beside each other, as Lambda starts them for requests that come at once. */
export async function several({ api, check, start, expected }) {
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

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}
