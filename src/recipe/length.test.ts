import { describe, expect, it } from 'vitest'
import { Problem } from '../schema/field.ts'
import { length, lengthOn, printLength, readLength } from './length.ts'

describe('lengths', () => {
  it.each([
    ['300', { px: 300 }, '300'],
    ['0', { px: 0 }, '0'],
    ['0.5', { part: 0.5 }, '50%'],
    ['.07', { part: 0.07 }, '7%'],
    ['33.3333333333%', { part: 0.333333333333 }, '33.3333333333%'],
    ['100%', { part: 1 }, '100%'],
  ])('%s', (text, value, printed) => {
    expect(readLength(text)).toEqual(value)
    expect(printLength(value)).toBe(printed)
    expect(readLength(printed)).toEqual(value)
  })

  it.each(['', '-1', '+1', '1.5', '0.', '.', '5.%', '%', '1e3', ' 5', '1000%'])('refuses %j', (text) =>
    expect(readLength(text)).toBeUndefined(),
  )

  it('keep to their bounds', () => {
    const side = length({ doc: 'A side.', min: 1, max: 100 })
    for (const text of ['0', '101', '0.0', '0%', '101%', 'auto']) expect(side.read(text)).toBeInstanceOf(Problem)
    expect(length({ doc: 'An edge.', min: 0, max: 100 }).read('0.0')).toEqual({ part: 0 })
  })

  it('are measured along a side', () => {
    expect(lengthOn({ px: 30 }, 200)).toBe(30)
    expect(lengthOn({ part: 0.25 }, 202)).toBe(50.5)
  })
})
