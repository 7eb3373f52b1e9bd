import fc from 'fast-check'
import { describe, test } from 'vitest'
import { outboundUrl, redirectUrl } from '../../src/outbound/outbound-url.ts'
import { recipe } from '../../src/recipe/recipe.ts'
import { step } from '../../src/recipe/steps.ts'
import { isUnchanged } from '../../src/service/conditional.ts'
import { accepted, negotiate } from '../../src/service/negotiate.ts'
import { isBelow, matches, readAllowPattern } from '../../src/sources/allow.ts'
import { freshnessOf, validatorsOf } from '../../src/sources/http-freshness.ts'
import { eachBounded } from './bounded.ts'
import { textsLike } from './texts.ts'

/** Headers of clients and of origins, and the addresses they name: all are read at once, and none is believed to have a form. */

/** Most bytes of all headers together. */
const longest = 16_384
const valid = [
  'image/avif,image/webp;q=0.9,*/*;q=0.1',
  '"abc", W/"def"',
  '*',
  'Wed, 21 Oct 2015 07:28:00 GMT',
  'max-age=60, s-maxage="10", private="set-cookie", immutable',
  '1.5',
  '320',
  'https://example.com/a/../b?x=y',
  '//example.com:8080/a',
  '../a?b',
  'http://[::ffff:127.0.0.1]:80/',
  'http://0x7f.1/',
]
const pieces = [
  ',',
  ';',
  '=',
  'q=',
  '"',
  '\\"',
  'W/',
  '*',
  ' ',
  '\t',
  'image/',
  'avif',
  'max-age=',
  'no-store',
  '-1',
  '1e999',
  ':',
  '//',
  '@',
  '[',
  ']',
  '%2e%2e',
  '%',
  '\\',
  '?',
  '#',
  'GMT',
  '(',
  ')',
]
const texts = textsLike(valid, pieces, longest)
const open = recipe([step('page', { animation: true }), step('orient'), step('resize', { width: 'auto' })], { format: 'auto' }, 'auto')
const from = new URL('https://example.com/a/b?c')
const pattern = readAllowPattern('*.example.com/photos')

describe('headers', () => {
  test.each([
    ['Accept', accepted],
    ['If-None-Match', (text: string) => isUnchanged({ 'if-none-match': text }, '"abc"', undefined)],
    ['If-Modified-Since', (text: string) => isUnchanged({ 'if-modified-since': text }, '"abc"', text)],
    ['Cache-Control', (text: string) => freshnessOf({ 'cache-control': text })],
    ['Expires, Date and Age', (text: string) => freshnessOf({ expires: text, date: text, age: text })],
    ['ETag and Last-Modified', (text: string) => validatorsOf({ etag: text, 'last-modified': text })],
    ['a URL to fetch', (text: string) => outboundUrl(text)],
    ['a URL to fetch, its scheme given', (text: string) => outboundUrl(`http://${text}`)],
    ['Location', (text: string) => redirectUrl(from, text)],
    ['a path below another', (text: string) => isBelow(text, '/photos')],
    [
      'a URL that may be allowed',
      (text: string) => {
        const url = outboundUrl(`https://${text}`)
        return url instanceof URL && pattern !== undefined && matches(pattern, url)
      },
    ],
  ])('%s', (_, read) => {
    eachBounded(texts, read)
  })

  test('client hints', () => {
    const name = fc.constantFrom('accept', 'width', 'dpr', 'sec-ch-width', 'sec-ch-dpr', 'save-data')
    eachBounded(fc.dictionary(name, texts, { noNullPrototype: true }), (headers) => negotiate(open, headers))
  })
})
