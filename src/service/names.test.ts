import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entityTag, nameOf, originalName, resultName, stampOf } from './names.ts'

test('names are such as stores take', () => {
  for (const name of [nameOf(), nameOf(''), originalName('photos', 'ü/%00'), resultName('e', 'r')]) expect(name).toMatch(/^[0-9a-f]{32}$/)
})

test('no two lists share a name, wherever a separator could stand', () => {
  expect(new Set([nameOf('a', 'b'), nameOf('ab'), nameOf('a', 'b', ''), nameOf('a:b'), nameOf('a1:b'), nameOf('', 'ab')]).size).toBe(6)
  expect(nameOf('ü')).not.toBe(nameOf('u'))
  const lists = fc.array(fc.string({ unit: fc.constantFrom('1', ':', 'a', '2') }), { maxLength: 4 })
  fc.assert(
    fc.property(lists, lists, (one, other) => (nameOf(...one) === nameOf(...other)) === (JSON.stringify(one) === JSON.stringify(other))),
  )
})

test('an original is named by its source too, and a result by the engine', () => {
  expect(originalName('a', 'b/c')).not.toBe(originalName('a/b', 'c'))
  expect(resultName('1', 'r')).not.toBe(resultName('2', 'r'))
})

test('a stamp tells versions apart by the best there is', () => {
  const [one, two] = [Buffer.from('one'), Buffer.from('two')]
  const date = 'Wed, 01 Jan 2025 00:00:00 GMT'
  expect(stampOf({ etag: '"1"', lastModified: date }, one)).toBe(stampOf({ etag: '"1"' }, two))
  expect(stampOf({ etag: '"1"' }, one)).not.toBe(stampOf({ etag: '"2"' }, one))
  expect(stampOf({ lastModified: date }, one)).toBe(stampOf({ lastModified: date }, two))
  expect(stampOf({ lastModified: date }, one)).not.toBe(stampOf({ lastModified: date }, Buffer.from('longer')))
  expect(stampOf({}, one)).not.toBe(stampOf({}, two))
  expect(stampOf({}, one)).toBe(stampOf({}, Buffer.from('one')))
})

test('an entity tag changes with the result, with each original, and with their order', () => {
  const tags = [
    entityTag('r', ['a', 'b']),
    entityTag('s', ['a', 'b']),
    entityTag('r', ['a', 'c']),
    entityTag('r', ['b', 'a']),
    entityTag('r', ['a']),
  ]
  expect(new Set(tags).size).toBe(5)
  for (const tag of tags) expect(tag).toMatch(/^"[0-9a-f]{32}"$/)
})
