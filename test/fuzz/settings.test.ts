import fc from 'fast-check'
import { describe, test } from 'vitest'
import { textsOf } from '../../src/config/given.ts'
import { sketchesOf } from '../../src/config/named-sources.ts'
import { variableOf } from '../../src/config/names.ts'
import { presets } from '../../src/config/presets-field.ts'
import { readSettings } from '../../src/config/read.ts'
import { settings } from '../../src/config/tree.ts'
import { weakSecret } from '../../src/config/weak-secret.ts'
import { isCidr, mayDial, openBlocks } from '../../src/outbound/address.ts'
import { clientAddresses } from '../../src/runtimes/client-address.ts'
import { printAllowPattern, readAllowPattern } from '../../src/sources/allow.ts'
import { eachBounded } from './bounded.ts'
import { textsLike } from './texts.ts'

/** Whatever an operator writes is a setting or is told to be none. Slips must end in a message, not in a stack. */

const valid = [
  'photos=file:/data,cdn=https://example.com/a',
  'b=s3://bucket/prefix',
  '{"cdn":{"kind":"http","base":"https://example.com","headers":{"a":"b"}}}',
  'thumb=w=200&fit=cover;big=w=2000',
  '*.example.com:8080/photos',
  '[2001:db8::1]:80',
  '10.0.0.0/8,fd00::/8',
  '::ffff:10.0.0.1',
  'memory,disk',
  '/var/cache/tintype',
  'Authorization: Bearer x',
]
const pieces = [
  '=',
  ',',
  ';',
  ':',
  '/',
  '*.',
  '.',
  '[',
  ']',
  '::',
  '%',
  '{',
  '}',
  '"',
  '\\',
  '0',
  '255',
  '/33',
  'file:',
  's3://',
  '__proto__',
  'constructor',
  'toString',
  '\n',
  '\0',
  ' ',
]
const texts = textsLike(valid, pieces, 4000)
const anyJson = fc.jsonValue({ maxDepth: 4 })

describe('what an operator writes', () => {
  test('any value in any setting', () => {
    const name = fc.constantFrom(...settings.map(({ path }) => variableOf(path)), 'TINTYPE_SOURCES', 'TINTYPE_X', 'TINTYPE_SOURCES_A_BASE')
    const env = fc.dictionary(name, texts, { maxKeys: 4, noNullPrototype: true })
    eachBounded(env, (env) => readSettings({ env }))
  })

  test('any JSON as the configuration file', () => {
    const groups = fc.dictionary(fc.constantFrom('source', 'sources', 'server', 'limit', 'presets', 'store', '__proto__', 'keys'), anyJson)
    eachBounded(fc.oneof(anyJson, groups), (file) => readSettings({ file }))
  })

  test('any flags', () => {
    const flags = fc.dictionary(
      fc.oneof(fc.constantFrom('host', 'port', 'keys', 'sources', 'source-http-any', 'constructor'), fc.string()),
      fc.oneof(texts, fc.boolean()),
    )
    eachBounded(flags, (flags) => readSettings({ flags }))
  })

  test('any JSON as a value', () => {
    eachBounded(anyJson, textsOf)
  })

  test.each([
    ['named sources', (text: string) => sketchesOf(text, { kind: 'environment', name: 'TINTYPE_SOURCES' })],
    ['presets', presets.read],
    [
      'an allow pattern',
      (text: string) => {
        const pattern = readAllowPattern(text)
        return pattern === undefined ? undefined : printAllowPattern(pattern)
      },
    ],
    ['a block of addresses', (text: string) => (isCidr(text) ? openBlocks([text]) : undefined)],
    ['an address', (text: string) => mayDial(text)],
    [
      'a trusted proxy, and the client behind it',
      (text: string) => clientAddresses(isCidr(text) ? [text, '127.0.0.1'] : ['127.0.0.1'])('127.0.0.1', text),
    ],
    ['a secret', (text: string) => weakSecret(text.slice(0, 1000))],
  ])('%s', (_, read) => {
    eachBounded(texts, read)
  })
})
