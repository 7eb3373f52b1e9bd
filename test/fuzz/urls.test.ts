import { describe, expect, test } from 'vitest'
import { dialects } from '../../src/dialects/all.ts'
import { readBase64 } from '../../src/dialects/base64.ts'
import { nativeMessage } from '../../src/dialects/native.ts'
import { printKey, readKey, readKeyInPath } from '../../src/dialects/native-key.ts'
import { expandPreset, readPreset, readQuery } from '../../src/dialects/native-query.ts'
import { decodeForm, decodePath, encodeForm, pairsOf } from '../../src/dialects/percent.ts'
import { filters } from '../../src/filters/all.ts'
import { readRecipe } from '../../src/recipe/recipe.ts'
import { contentDisposition } from '../../src/service/file-name.ts'
import { escapeControls, withoutSecrets } from '../../src/service/without-secrets.ts'
import { bounded, eachBounded } from './bounded.ts'
import { textsLike } from './texts.ts'

/** Whatever stands in a URL is an order, a failure below 500, or not ours; at once. */

const words = { filters, presets: { thumb: 'w=200&fit=cover' }, presetsOnly: false, ignored: ['utm_*'], prefix: '/i' }
/** Longest target that a server can be told to take. */
const longest = 15_000

const targets = [
  '/i/cat.jpg?w=300&h=50%25&fit=cover&g=0.5x0.33&f=webp&q=80',
  '/i/https%3A%2F%2Fexample.com%2Fa.jpg%3Fv%3D2?crop=0.1,0.2,50%25,0.4&trim=10&rotate=22.5&bg=auto',
  '/i/b64:aHR0cHM6Ly9leGFtcGxlLmNvbS9hLmpwZw?preset=thumb&expires=1900000000&s=abc',
  '/i?url=s3://bucket/key&mark=logo.png&mark-w=0.2&mark-g=left&txt64=aGk&txt-color=ff000080',
  '/_tintype/photos:cat.jpg?duotone=f00,00f&sepia=80&blur=3&sharpen=1&pixelate=4&median=3&max-bytes=2k',
  '/?img=https://example.com/a.jpg&width=100&height=80',
]
const pieces = [
  ...['/', '?', '&', '=', '%', '%2F', '%25', '%00', '%C3%28', '%u0041', '+', ':', '//', '..', '.', ';', ',', '#', '\\', '@', '-', '0', '9', '.5', '50%', 'x', '~'],
  ...['b64:', 'b64:YjY0Og', 'https:', 's3:/', 'photos:', 'w=', 'h=auto', 'preset=', 'crop=', 'g=', 'txt=', 'img=', 'f=json', '/i/', '/i', 'constructor', '__proto__', 'utm_x'],
] // biome-ignore format: words
const urls = textsLike(targets, pieces, longest)
const queries = textsLike(
  targets.map((target) => target.replace(/^[^?]*\?/, '')),
  pieces,
  longest,
)
const query = (text: string) => {
  const wishes = readQuery(text, words)
  return wishes instanceof Error ? wishes : expandPreset(wishes, words)
}

describe('the words of a URL', () => {
  test.each(dialects)('dialect $name', ({ parse, print }) => {
    eachBounded(urls, (target) => {
      const order = parse(target, words)
      return order === undefined || order instanceof Error ? order : print(order, words)
    })
  })

  test.each(dialects)('dialect $name, at the root and with presets alone', ({ parse }) => {
    eachBounded(urls, (target) => parse(target, { ...words, prefix: '/', presetsOnly: true }))
  })

  test.each([
    ['a key', readKey],
    ['a key in a path', readKeyInPath],
    ['a printed key', (text: string) => printKey(text.toWellFormed())],
    ['base64', readBase64],
    ['percent-encoding', decodePath],
    ['percent-encoding of forms', decodeForm],
    ['encoding for a form', (text: string) => encodeForm(text.toWellFormed())],
    ['the text that is signed', (text: string) => nativeMessage(text, words)],
    ['a recipe', readRecipe],
    ['a log without secrets', withoutSecrets],
    ['a log without controls', escapeControls],
    ['a file name', (text: string) => contentDisposition(text, 'png', text)],
  ])('%s', (_, parse) => {
    eachBounded(urls, parse)
  })

  test.each([
    ['a query', query],
    ['its pairs', pairsOf],
    ['a preset', (text: string) => readPreset('any', text, words)],
  ])('%s', (_, parse) => {
    eachBounded(queries, parse)
  })

  // What was found once stays a row.
  test.each([
    ['many ampersands', '&'.repeat(longest)],
    ['many pairs', '&w'.repeat(longest / 2)],
    ['many equal signs', `w=${'='.repeat(longest)}`],
    ['a far word', 'x'.repeat(longest)],
    ['nested base64', 'url=b64:YjY0OllqWTBPZz09'],
    ['slashes', `url=${'/'.repeat(longest)}`],
    ['dots of a number', `w=${'0.'.repeat(longest / 2)}`],
  ])('%s', (_, text) => {
    bounded(query, text)
    bounded(() => dialects.map(({ parse }) => parse(`/i/a?${text}`, words)), text)
    expect(text.length).toBeLessThanOrEqual(longest + 9)
  })
})
