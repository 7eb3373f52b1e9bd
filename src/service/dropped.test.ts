import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withDropped } from './dropped.ts'

const answer = { status: 200, headers: { etag: '"x"' } }
const said = (dropped: readonly string[]): string | undefined => withDropped(answer, { dropped }).headers['x-tintype-dropped']

test.each([
  [['blur(x)'], 'blur(x)'],
  [['a,b', 'c+d', '50%', '"', ' '], 'a%2Cb, c%2Bd, 50%25, %22, %20'],
  [['\ud800x'], '%EF%BF%BDx'],
  [['a'.repeat(61)], `${'a'.repeat(60)}%E2%80%A6`],
  [Array.from({ length: 20 }, () => 'a'.repeat(48)), `${`${'a'.repeat(48)}, `.repeat(20)}`.slice(0, -2)],
  [Array.from({ length: 23 }, () => 'a'.repeat(48)), `${`${'a'.repeat(48)}, `.repeat(20)}+3`],
])('%.60j', (dropped, header) => expect(said(dropped)).toBe(header))

test('leaves an answer alone where nothing was dropped', () => {
  expect(withDropped(answer, {})).toBe(answer)
  expect(withDropped(answer, { dropped: [] })).toBe(answer)
})

test('is a short header of characters that can be seen, whatever was written', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 1, maxLength: 30 }), (dropped) => {
      const header = said(dropped) ?? ''
      expect(header).toMatch(/^[\x20-\x7e]*$/)
      expect(header.length).toBeLessThan(1010)
      if (!header.includes('+') && dropped.every((word) => [...word].length <= 60))
        expect(header.split(', ').map(decodeURIComponent)).toEqual(dropped.map((word) => word.toWellFormed()))
    }),
  )
})
