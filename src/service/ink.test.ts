import { expect, test } from 'vitest'
import { inkFor, printBytes } from './ink.ts'

test.each([
  [true, {}, true],
  [false, {}, false],
  [undefined, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('colours: terminal %s, environment %o: %s', (isTTY, environment, coloured) => {
  expect(inkFor(isTTY === undefined ? {} : { isTTY }, environment)('red', 'a')).toBe(coloured ? '\u001b[31ma\u001b[39m' : 'a')
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [12_345, '12.3 kB'],
  [123_456, '123 kB'],
  [2.5e9, '2.5 GB'],
  [1e18, '1000000 TB'],
])('%d bytes are %s', (bytes, shown) => {
  expect(printBytes(bytes)).toBe(shown)
})
