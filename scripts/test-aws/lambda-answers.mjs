// What the function answers in one piece of JSON, to each who calls it.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { functionUrl, restApi } from './lambda-events.mjs'
import { same } from './same.mjs'

const vectors = fileURLToPath(new URL('../../test/vectors/aws-events', import.meta.url))

/** Answers in one piece of JSON: whoever does not stream. */
export async function inOnePiece({ api, check, start, expected }) {
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
export async function everyCaller({ api, check }) {
  const read = async (file) => JSON.parse(await readFile(join(vectors, file), 'utf8'))
  for (const file of (await readdir(vectors)).sort()) {
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
}
