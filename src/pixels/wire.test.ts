import { expect, test } from 'vitest'
import { Failure } from '../errors.ts'
import { type FailureText, printFailure, readFailure, readReply } from './wire.ts'

/** As it comes out of the other end. */
const across = (failure: Failure): Failure => readFailure(JSON.parse(JSON.stringify(printFailure(failure))) as FailureText)

test('a failure crosses with its code, message and detail', () => {
  const failure = across(
    new Failure('region-outside', 'Expected it inside.', { parameter: 'crop', expected: 'less', retryAfterSeconds: 3 }),
  )
  expect(failure).toBeInstanceOf(Failure)
  expect(failure.code).toBe('region-outside')
  expect(failure.message).toBe('Expected it inside.')
  expect(failure.detail).toEqual({ parameter: 'crop', expected: 'less', retryAfterSeconds: 3 })
})

test('of a cause the words cross, and no stack', () => {
  const cause = new TypeError('VipsJpeg: premature end')
  const printed = printFailure(new Failure('original-damaged', 'It is broken.', { cause }))
  expect(printed.detail.cause).toBe('TypeError: VipsJpeg: premature end')
  expect(JSON.stringify(printed)).not.toContain('wire.test')
})

test('an unknown code becomes internal', () => {
  expect(readFailure({ code: 'no-such', message: 'x', detail: {} }).code).toBe('internal')
  expect(readFailure({ code: 'toString', message: 'x', detail: {} }).code).toBe('internal')
})

test.each([
  null,
  1,
  'done',
  {},
  { kind: 'done' },
  { kind: 'failed' },
  { kind: 'failed', failure: null },
  { kind: 'failed', failure: { code: 1 } },
  { kind: 'x' },
])('no reply: %j', (head) => expect(readReply(head)).toBeUndefined())
