import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { createLambda, type Lambda } from '../../src/runtimes/lambda/lambda.ts'
import { nativeAliases, signNative } from '../../src/sign.ts'
import { type FakeS3, openFakeS3 } from '../fake-s3.ts'
import { awslambda } from '../runtimes/lambda-stream.ts'
import { type CloudFront, openCloudFront } from './cloudfront.ts'
import { openEdge } from './edge.ts'

/** The whole road: CloudFront's function, the result bucket, the Lambda function, its bucket of originals; and what happens to originals. */

const account = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const key = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b'
const logo = readFileSync(new URL('../../samples/logo.png', import.meta.url))
const lines: string[] = []
let s3: FakeS3
let cloudfront: CloudFront
let events: Lambda

/** A browser of today, and one that takes nothing new. */
const modern = { accept: 'image/avif,image/webp,image/apng,*/*;q=0.8', 'user-agent': 'A' }
const old = { accept: 'image/png,image/*;q=0.8,*/*;q=0.5', 'user-agent': 'B' }

function put(name: string, body: Buffer): string {
  const etag = `"${createHash('md5').update(body).digest('hex')}"`
  s3.objects.set(`originals/${name}`, { body, headers: { 'content-type': 'image/png' }, metadata: {}, etag, lastModified: new Date() })
  return etag
}

function open(more: Record<string, string> = {}): Lambda {
  const env = {
    TINTYPE_SOURCE_S3_BUCKET: 'originals',
    TINTYPE_AWS_RESULT_BUCKET: 'results',
    TINTYPE_PRESETS: JSON.stringify({ thumb: 'w=40', card: 'w=60&f=webp' }),
    TINTYPE_AWS_PRERENDER: 'thumb,card',
    ...more,
  }
  return createLambda({ env, awslambda, write: (line) => lines.push(line) })
}

const behind = (lambda: Lambda, edge = openEdge()): CloudFront => openCloudFront(edge, { bucket: `${s3.url}/results`, account, lambda })
const results = (): readonly string[] => [...s3.objects.keys()].filter((name) => /^results\/[^.]/.test(name))

/** As it comes through EventBridge and the queue. */
function changed(name: string, etag: string, type = 'Object Created'): Promise<unknown> {
  const detail = { bucket: { name: 'originals' }, object: { key: name, etag: etag.replaceAll('"', ''), size: 1, sequencer: '0A' } }
  const body = JSON.stringify({ version: '0', source: 'aws.s3', 'detail-type': type, detail })
  return events.handler({ Records: [{ messageId: 'm', eventSource: 'aws:sqs', body }] }, { getRemainingTimeInMillis: () => 60_000 })
}

beforeAll(async () => {
  s3 = await openFakeS3({ ...account, buckets: ['originals', 'results'], missingIs403: true })
  vi.stubEnv('AWS_ACCESS_KEY_ID', account.accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', account.secretAccessKey)
  vi.stubEnv('AWS_SESSION_TOKEN', '')
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.url)
})
beforeEach(() => {
  s3.objects.clear()
  lines.length = 0
  put('cats/a b.png', logo)
  cloudfront = behind(open())
  events = open()
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await s3.close()
})

/** What a viewer sees of a picture, whoever gave it. */
const alike = ['etag', 'content-type', 'cache-control', 'content-disposition', 'content-length'] as const

it('renders for the first viewer; the second never reaches the function, and gets the very same', async () => {
  const first = await cloudfront.get('/i/cats/a%20b.png?w=50&dl=cat&utm_source=mail', modern)
  expect([first.status, first.by, first.headers['content-type']]).toEqual([200, 'lambda', 'image/avif'])
  expect(await sharp(first.body).metadata()).toMatchObject({ format: 'heif', width: 50 })

  const second = await cloudfront.get('/i/cats/a%20b.png?dl=cat&fbclid=1&w=50', { ...modern, accept: 'image/webp, image/avif' })
  expect([second.status, second.by]).toEqual([200, 'bucket'])
  expect(second.body.equals(first.body)).toBe(true)
  for (const name of alike) expect([name, second.headers[name]]).toEqual([name, first.headers[name]])
  expect(first.headers.etag).toBe(`"${createHash('md5').update(first.body).digest('hex')}"`)
  expect(first.headers['content-disposition']).toContain('cat.avif')
  expect(first.headers['cache-control']).toMatch(/^public, max-age=\d{3,}/)
})

it('validates alike at both', async () => {
  const { headers } = await cloudfront.get('/i/cats/a%20b.png?w=50', modern)
  const etag = headers.etag ?? ''
  const kept = new Map(s3.objects)
  const fromBucket = await cloudfront.get('/i/cats/a%20b.png?w=50', { ...modern, 'if-none-match': etag })
  for (const name of results()) s3.objects.delete(name)
  const fromLambda = await cloudfront.get('/i/cats/a%20b.png?w=50', { ...modern, 'if-none-match': etag })
  expect([fromBucket, fromLambda].map(({ status, by, body, headers }) => [status, by, body.length, headers.etag])).toEqual([
    [304, 'bucket', 0, etag],
    [304, 'lambda', 0, etag],
  ])
  expect([...s3.objects.keys()].toSorted()).toEqual([...kept.keys()].toSorted())
})

it('answers HEAD with the headers of GET, from both', async () => {
  const fromLambda = await cloudfront.get('/i/cats/a%20b.png?w=50', modern, 'HEAD')
  const fromBucket = await cloudfront.get('/i/cats/a%20b.png?w=50', modern, 'HEAD')
  expect([fromLambda.by, fromBucket.by, fromLambda.body.length, fromBucket.body.length]).toEqual(['lambda', 'bucket', 0, 0])
  for (const name of alike) expect([name, fromBucket.headers[name]]).toEqual([name, fromLambda.headers[name]])
})

it('gives each class of viewers what it takes, and keeps both', async () => {
  const got = []
  for (const viewer of [modern, old, modern, old]) got.push(await cloudfront.get('/i/cats/a%20b.png?w=50', viewer))
  expect(got.map(({ by, headers }) => [by, headers['content-type']])).toEqual([
    ['lambda', 'image/avif'],
    ['lambda', 'image/png'],
    ['bucket', 'image/avif'],
    ['bucket', 'image/png'],
  ])
})

it('lets hints decide where the URL says auto, and rounds them', async () => {
  const wide = await cloudfront.get('/i/cats/a%20b.png?w=auto&f=png&enlarge=1', { ...old, 'sec-ch-width': '330' })
  expect((await sharp(wide.body).metadata()).width).toBe(480)
  const other = await cloudfront.get('/i/cats/a%20b.png?w=auto&f=png&enlarge=1', { ...old, 'sec-ch-width': '470' })
  expect([other.by, other.headers.etag]).toEqual(['bucket', wide.headers.etag])
  const dense = await cloudfront.get('/i/cats/a%20b.png?w=50&dpr=auto&f=png', { ...old, 'sec-ch-dpr': '1.9' })
  expect((await sharp(dense.body).metadata()).width).toBe(100)
})

it('keeps no error, and answers at last what was missing at first', async () => {
  const missing = await cloudfront.get('/i/cats/late.png', modern)
  // Who may not list a bucket is not told what is missing from what is forbidden.
  expect([missing.status, missing.by]).toEqual([403, 'lambda'])
  expect((await cloudfront.get('/i/cats/a%20b.png?w=nothing', modern)).status).toBe(400)
  expect((await cloudfront.get('/health', modern)).body.toString()).toBe('ok\n')
  expect(results()).toEqual([])
  await changed('cats/late.png', put('cats/late.png', logo))
  expect((await cloudfront.get('/i/cats/late.png', modern)).status).toBe(200)
})

it('lets no viewer choose the target behind a path, nor put a picture under the name of another', async () => {
  await cloudfront.get('/i/cats/a%20b.png?w=50', { ...modern, 'x-tintype-target': '/i/secret.png' })
  expect(results()).toHaveLength(1)
  const forged = results()[0]?.slice('results'.length) ?? ''
  s3.objects.delete(`results${forged}`)
  const refused = await behind(open(), async (method, _target, headers = {}) => ({
    method,
    uri: forged,
    querystring: {},
    cookies: {},
    headers: Object.fromEntries(
      Object.entries({ ...headers, 'x-tintype-target': '/i/cats/a%20b.png?w=9' }).map(([name, value]) => [name, { value }]),
    ),
  })).get('/')
  expect([refused.status, JSON.parse(refused.body.toString())]).toMatchObject([400, { code: 'request-malformed' }])
  expect(results()).toEqual([])
})

it('serves signed URLs, checked at the edge and again behind it', async () => {
  const lambda = open({ TINTYPE_KEYS: key })
  const strict = behind(lambda, openEdge({ verify: true, names: nativeAliases(), keys: key }))
  const loose = behind(lambda)
  const url = signNative('/i/cats/a b.png?width=50'.replace(' ', '%20'), key, { canonical: true })
  expect((await strict.get(url, modern)).by).toBe('lambda')
  expect((await strict.get(url, modern)).by).toBe('bucket')
  const forged = url.replace('w=50', 'w=51')
  expect([(await strict.get(forged, modern)).status, (await strict.get(forged, modern)).by]).toEqual([403, 'edge'])
  expect([(await loose.get(forged, modern)).status, (await loose.get(forged, modern)).by]).toEqual([403, 'lambda'])
  // A URL that ends is not in the bucket, which knows no end.
  const ending = signNative('/i/cats/a%20b.png?w=40&v=1', key, { canonical: true, expires: Math.floor(Date.now() / 1000) + 100 })
  expect([(await strict.get(ending, modern)).by, (await strict.get(ending, modern)).by]).toEqual(['lambda', 'lambda'])
  expect(results()).toHaveLength(1)
})

it('makes presets ahead of time: the first viewer finds them', async () => {
  expect(await changed('cats/a b.png', 'v1')).toEqual({ batchItemFailures: [] })
  for (const preset of ['thumb', 'card']) {
    expect((await cloudfront.get(`/i/cats/a%20b.png?preset=${preset}`, modern)).by).toBe('bucket')
  }
})

it('shows the new original once it has changed, though the function has the old one in its memory', async () => {
  const before = await cloudfront.get('/i/cats/a%20b.png?w=50', old)
  await cloudfront.get('/i/cats/a%20b.png?w=60', old)
  const etag = put('cats/a b.png', await sharp(logo).negate({ alpha: false }).png().toBuffer())
  expect((await cloudfront.get('/i/cats/a%20b.png?w=50', old)).headers.etag).toBe(before.headers.etag)
  await changed('cats/a b.png', etag)
  const after = await cloudfront.get('/i/cats/a%20b.png?w=50', old)
  expect([after.by, after.status]).toEqual(['lambda', 200])
  expect(after.headers.etag).not.toBe(before.headers.etag)
  expect(await cloudfront.get('/i/cats/a%20b.png?w=50', old)).toMatchObject({ by: 'bucket', headers: { etag: after.headers.etag } })
  // And is gone when it is removed.
  s3.objects.delete('originals/cats/a b.png')
  await changed('cats/a b.png', '', 'Object Deleted')
  expect(await cloudfront.get('/i/cats/a%20b.png?w=50', old)).toMatchObject({ by: 'lambda', status: 403 })
  expect(results()).toEqual([])
})

it('goes on without its bucket: slower, and saying so', async () => {
  const lambda = open({ TINTYPE_AWS_RESULT_BUCKET: 'forgotten' })
  const got = await behind(lambda).get('/i/cats/a%20b.png?w=50', modern)
  expect([got.status, got.by]).toEqual([200, 'lambda'])
  expect(lines.filter((line) => line.includes('could not be put'))).toHaveLength(1)
})
