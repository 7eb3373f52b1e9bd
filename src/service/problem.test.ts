import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from '../errors.ts'
import { problem, problemPicture, problemPixel } from './problem.ts'

const secret = 'a secret path: /home/someone'
const failure = new Failure('overloaded', 'Too much waits.', {
  parameter: 'w',
  expected: 'a number',
  nearest: 'width',
  retryAfterSeconds: 7,
  cause: new Error(secret),
})

describe('as JSON', () => {
  test.each([undefined, '*/*', 'image/avif,image/webp,*/*', 'application/json, text/plain', 'text/html, application/problem+json'])(
    'to who accepts %s',
    (accept) => {
      const { status, headers, body } = problem(failure, accept, 'id-1')
      expect(status).toBe(503)
      expect(headers).toMatchObject({
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        'retry-after': '7',
        'x-content-type-options': 'nosniff',
        vary: 'Accept',
        'content-length': String(body?.length),
      })
      expect(JSON.parse(String(body))).toEqual({
        type: '/errors#overloaded',
        title: failure.hint,
        status: 503,
        detail: 'Too much waits.',
        code: 'overloaded',
        parameter: 'w',
        expected: 'a number',
        nearest: 'width',
        request: 'id-1',
      })
    },
  )
})

test.each(['text/plain', 'text/html,application/xhtml+xml,*/*;q=0.8'])('as text to who accepts %s', (accept) => {
  const { headers, body } = problem(failure, accept, 'id-1')
  expect(headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', vary: 'Accept', 'retry-after': '7' })
  expect(String(body)).toBe(`Too much waits.\n${failure.hint}\n(overloaded, request id-1)\n`)
})

test('is kept only as long as it is told', () => {
  expect(problem(failure, undefined, 'x', 60).headers['cache-control']).toBe('public, max-age=60')
  expect(problem(failure, undefined, 'x').headers['retry-after']).toBe('7')
  const other = new Failure('method-not-allowed', 'Expected GET.')
  expect(problem(other, undefined, 'x').headers).toMatchObject({ allow: 'GET, HEAD, OPTIONS' })
  expect(problem(other, undefined, 'x').headers).not.toHaveProperty('retry-after')
})

test('never tells the cause', () => {
  for (const answer of [
    problem(failure, undefined, 'x'),
    problem(failure, 'text/plain', 'x'),
    problemPicture(failure, 'x'),
    problemPixel(failure, 'x'),
  ])
    expect(JSON.stringify(answer.headers) + answer.body?.toString('latin1')).not.toContain('secret')
})

describe('as a picture', () => {
  test('keeps the status, is not kept, and names the code', () => {
    for (const answer of [problemPicture(failure, 'id-1'), problemPixel(failure, 'id-1')]) {
      expect(answer.status).toBe(503)
      expect(answer.headers).toMatchObject({
        'cache-control': 'no-store',
        'retry-after': '7',
        'x-tintype-error': 'overloaded',
        'x-request-id': 'id-1',
      })
    }
    expect(String(problemPicture(failure, 'x').body)).toContain('503 overloaded')
  })

  test('is well-formed and small, whatever the message', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.lorem({ maxCount: 200 })), (message) => {
        const svg = String(problemPicture(new Failure('internal', message), 'x').body)
        const texts = svg.match(/<text [^>]*>([^<>]*)<\/text>/g) ?? []
        expect(texts.length).toBeLessThanOrEqual(7)
        const rest = svg.replace(/<text [^>]*>([^<>]*)<\/text>/g, '$1')
        expect(rest).toMatch(/^<svg [^<>]*><rect [^<>]*\/>[^<>]*<\/svg>$/)
        expect(rest.replace(/&(amp|lt|gt|quot);/g, '')).not.toContain('&')
        expect(rest).not.toMatch(/\p{C}/u)
      }),
    )
  })
})
