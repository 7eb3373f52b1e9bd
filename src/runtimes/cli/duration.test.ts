import { expect, test } from 'vitest'
import { readDuration } from './duration.ts'

test.each([
  ['90', 90],
  ['90s', 90],
  ['15m', 900],
  ['1h', 3600],
  ['7d', 604_800],
  ['2w', 1_209_600],
  ['0h', undefined],
  ['', undefined],
  ['h', undefined],
  ['-1h', undefined],
  ['1.5h', undefined],
  ['1H', undefined],
  ['1 h', undefined],
])('%j is %s seconds', (text, seconds) => {
  expect(readDuration(text)).toBe(seconds)
})
