import fc from 'fast-check'
import { describe, test } from 'vitest'
import { readSettings } from '../../src/config/read.ts'
import { exchangeOf } from '../../src/runtimes/lambda/callers.ts'
import { foldedPath, unfold } from '../../src/runtimes/lambda/folded.ts'
import { keysOfObject } from '../../src/runtimes/lambda/originals-in-buckets.ts'
import { parsed, workOf } from '../../src/runtimes/lambda/work.ts'
import { eachBounded } from './bounded.ts'
import { textsLike } from './texts.ts'

/** Events: their form is Amazon's, all that stands in it a stranger's. */

const text = textsLike(
  ['/i/cat.jpg', 'w=300&f=webp', 'GET', 'prod', '203.0.113.1, 10.0.0.1', '/avif-webp.w640.0123456789012345678901234567890123456789'],
  ['/', '%', '%2F', '?', '&', '=', '+', '{proxy+}', '{', '}', ',', '\u2028', '\ud800', '..', '__proto__'],
  8000,
)
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const name = fc.oneof(fc.constantFrom('host', 'x-forwarded-for', 'Accept', 'accept', '__proto__', 'cookie'), fc.string({ maxLength: 20 }))
const values = maybe(fc.dictionary(name, fc.oneof(text, fc.constant(null)), { maxKeys: 5 }))
const lists = maybe(fc.dictionary(name, maybe(fc.array(text, { maxLength: 3 })), { maxKeys: 5 }))

const requests = { values, lists, text }
const rest = fc.record({
  version: fc.constantFrom(undefined, '1.0'),
  httpMethod: text,
  path: text,
  resource: maybe(text),
  pathParameters: values,
  headers: values,
  multiValueHeaders: lists,
  queryStringParameters: values,
  multiValueQueryStringParameters: lists,
  requestContext: fc.oneof(
    fc.record({
      stage: text,
      domainName: fc.constantFrom('a.execute-api.eu-west-1.amazonaws.com', 'img.example.com'),
      identity: maybe(fc.record({ sourceIp: text })),
    }),
    fc.record({ elb: fc.constant({ targetGroupArn: 'arn' }) }),
  ),
})
const http = fc.record({
  version: fc.constant('2.0'),
  rawPath: text,
  rawQueryString: maybe(text),
  cookies: maybe(fc.array(text, { maxLength: 3 })),
  headers: values,
  requestContext: fc.record({
    domainName: fc.constantFrom('x.lambda-url.eu-west-1.on.aws', 'y'),
    stage: text,
    http: fc.record({ method: text, sourceIp: text }),
  }),
})
const edge = fc.record({
  Records: fc.constant(0).chain(() =>
    fc.tuple(
      fc.record({
        cf: fc.record({
          config: fc.record({ eventType: fc.constantFrom('origin-request', 'viewer-request', 'x') }),
          request: fc.record({
            clientIp: text,
            method: text,
            uri: text,
            querystring: text,
            headers: maybe(fc.dictionary(name, fc.array(fc.record({ value: text }), { maxLength: 2 }))),
          }),
        }),
      }),
    ),
  ),
})
const notification = fc.record({
  Records: fc.array(
    fc.record({
      eventSource: fc.constant('aws:s3'),
      eventName: fc.constantFrom('ObjectCreated:Put', 'ObjectRemoved:Delete', 'x'),
      s3: fc.oneof(fc.jsonValue(), fc.record({ bucket: fc.record({ name: text }), object: fc.record({ key: text, eTag: text }) })),
    }),
    { maxLength: 3 },
  ),
})
const bridge = fc.record({
  source: fc.constant('aws.s3'),
  'detail-type': fc.constantFrom('Object Created', 'Object Deleted'),
  detail: fc.oneof(fc.jsonValue(), fc.record({ bucket: fc.record({ name: text }), object: fc.record({ key: text, etag: text }) })),
})
const direct = fc.record({
  operation: fc.constantFrom('purge', 'prerender'),
  key: fc.oneof(text, fc.jsonValue()),
  keys: fc.oneof(fc.array(text), fc.jsonValue()),
  presets: fc.jsonValue(),
  force: fc.jsonValue(),
})

const answer = { status: 200, headers: { 'content-type': 'text/plain' }, cookies: [], body: Buffer.from('a') }
const read = readSettings({ env: { TINTYPE_SOURCE_S3_BUCKET: 'bucket' } })
if (read.kind === 'failures') throw read.failures[0]

describe('events', () => {
  test.each([
    ['REST API and load balancer', rest],
    ['HTTP API and Function URL', http],
    ['the edge', edge],
  ] as const)('%s', (_, arbitrary) => {
    eachBounded(arbitrary as fc.Arbitrary<Record<string, unknown>>, (event) => exchangeOf(event)?.result(answer))
  })

  test.each([
    ['a notification', notification],
    ['EventBridge', bridge],
    ['a direct call', direct],
    ['anything', fc.jsonValue()],
  ] as const)('%s', (_, arbitrary) => {
    eachBounded(arbitrary as fc.Arbitrary<unknown>, workOf)
    eachBounded(
      (arbitrary as fc.Arbitrary<unknown>).map((event) => JSON.stringify(event)),
      (body) => workOf(parsed(body)),
    )
    eachBounded(
      (arbitrary as fc.Arbitrary<unknown>).map((event) => ({ Type: 'Notification', Message: JSON.stringify(event) })),
      workOf,
    )
  })

  test.each([
    ['a message', parsed],
    ['a folded path', (target: string) => foldedPath(target, 'avif-webp.w640')],
    [
      'an unfolded one',
      (target: string) => unfold({ method: 'GET', target, headers: { 'x-tintype-target': target }, signal: new AbortController().signal }),
    ],
    ['a key of an object', (object: string) => keysOfObject(read.settings, 'bucket', object)],
  ])('%s', (_, parse) => {
    eachBounded(requests.text, parse)
  })
})
