import { expect, test } from 'vitest'
import { Offenders } from './offenders.ts'

const a = [Buffer.from('aaaa')]
const b = [Buffer.from('bbbb')]

test('the second offence is refused, for that original alone and for a while', () => {
  let seconds = 1
  const offenders = new Offenders(600, 10, { now: () => seconds * 1000 })
  offenders.note(a, 'timeout')
  expect(offenders.refusal(a)).toBeUndefined()
  seconds += 10
  offenders.note([Buffer.from('aaaa')], 'memory')
  expect(offenders.refusal(a)?.code).toBe('original-too-costly')
  expect(offenders.refusal(a)?.detail.retryAfterSeconds).toBe(600)
  expect(offenders.refusal(b)).toBeUndefined()
  seconds += 599
  expect(offenders.refusal(a)?.detail.retryAfterSeconds).toBe(1)
  seconds += 2
  expect(offenders.refusal(a)).toBeUndefined()
})

test('a crash is refused as one', () => {
  const offenders = new Offenders(600)
  for (const _ of [1, 2]) offenders.note(a, 'died')
  expect(offenders.refusal(a)?.code).toBe('render-crashed')
})

test('an original is forgotten when it turns out innocent', () => {
  const offenders = new Offenders(600)
  offenders.note(a, 'died')
  offenders.forget(a)
  offenders.note(a, 'died')
  expect(offenders.refusal(a)).toBeUndefined()
})

test('originals of one job count together, and where one ends matters', () => {
  const offenders = new Offenders(600)
  for (const _ of [1, 2]) offenders.note([...a, ...b], 'died')
  expect(offenders.refusal([...a, ...b])).toBeDefined()
  expect(offenders.refusal(b)).toBeUndefined()
  expect(offenders.refusal([Buffer.from('aaaabbbb')])).toBeUndefined()
})

test('a job without originals is never refused', () => {
  const offenders = new Offenders(600)
  for (const _ of [1, 2]) offenders.note([], 'timeout')
  expect(offenders.refusal([])).toBeUndefined()
})

test('the table is bounded', () => {
  const offenders = new Offenders(600, 2)
  for (const _ of [1, 2]) offenders.note(a, 'died')
  offenders.note(b, 'died')
  offenders.note([Buffer.from('cccc')], 'died')
  expect(offenders.refusal(a)).toBeUndefined()
})
