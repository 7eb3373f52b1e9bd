import { expect, test } from 'vitest'
import { readAmount } from './amount.ts'

test.each([
  ['250', 250],
  ['0', 0],
  ['0.5', 0.5],
  ['200k', 200_000],
  ['10M', 10_000_000],
  ['1.5m', 1_500_000],
  ['2G', 2e9],
])('%j is %d', (text, amount) => expect(readAmount(text)).toBe(amount))

test.each(['', '-1', '1e3', '1,000', 'k', '10 M', '.5', '5.', '0x10', 'NaN', '1kk'])('%j is no amount', (text) =>
  expect(readAmount(text)).toBeUndefined(),
)
