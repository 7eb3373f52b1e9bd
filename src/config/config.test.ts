import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { Problem } from '../schema/field.ts'
import { loadSettings } from './load.ts'
import { presets } from './presets-field.ts'
import { readSettings } from './read.ts'
import { isLoopback, startProblem } from './start.ts'
import { weakSecret } from './weak-secret.ts'

const key = 'f3A9-kq81-ZZp0-77mw'

describe('presets', () => {
  it.each([
    ['thumb=w=200&fit=cover;big=w=2000', { thumb: 'w=200&fit=cover', big: 'w=2000' }],
    [' thumb = ?w=200 ;', { thumb: 'w=200' }],
    ['{"a": "txt=x;y"}', { a: 'txt=x%3By' }],
    ['', {}],
  ])('reads %j', (text, value) => expect({ ...(presets.read(text) as object) }).toEqual(value))

  it.each(['thumb', 'a=w=1;a=w=2', 'a=', '=w=1', 'a b=w=1', '{"a":1}', '{"a":', '{"__proto__":"w=1"}'])('refuses %j', (text) =>
    expect(presets.read(text)).toBeInstanceOf(Problem),
  )

  it('come back from their print', () => {
    const names = fc.stringMatching(/^[a-z0-9][A-Za-z0-9_-]{0,9}$/)
    const queries = fc.stringMatching(/^[a-z]{1,5}=[a-z0-9&=%,]{1,20}$/)
    fc.assert(
      fc.property(fc.dictionary(names, queries), (value) => {
        expect({ ...(presets.read(presets.print(value)) as object) }).toEqual({ ...value })
      }),
    )
  })

  it('find no name that nobody gave', () => expect((presets.read('a=w=1') as Record<string, string>).constructor).toBeUndefined())
})

describe('secrets', () => {
  it.each([
    '                    ',
    'aaaaaaaaaaaaaaaaaaaaaa',
    'abcabcabcabcabcabcabcabc',
    '0123456789abcdef',
    '01234567890123456789',
    'abcdefghijklmnopqrst',
    'MY_SECURE_KEY_MY_SECURE_KEY',
    'changeme-please-now!'.replace('now', 'here'),
    'your-secret-key-here',
    'mysecretsigningkey',
    'MySuperSecretKey2024',
    'two words and more words',
    'line\nbreak-9931-kkfq',
  ])('%j is weak', (text) => expect(weakSecret(text)).toBeTypeOf('string'))

  it('made at random are not weak', () => {
    const random = fc.tuple(fc.nat(), fc.constantFrom('hex' as const, 'base64url' as const), fc.integer({ min: 16, max: 43 }))
    fc.assert(
      fc.property(random, ([seed, form, length]) => {
        expect(weakSecret(createHash('sha256').update(String(seed)).digest(form).slice(0, length))).toBeUndefined()
      }),
      { numRuns: 1000 },
    )
    expect(weakSecret('9f86d081884c7d659a2feaa0c55ad015')).toBeUndefined()
    expect(weakSecret('correct-horse-battery-staple')).toBeUndefined()
  })
})

describe('the start', () => {
  const problemOf = (env: Record<string, string>): string | undefined => {
    const done = readSettings({ env })
    if (done.kind === 'failures') throw done.failures[0]
    return startProblem(done.settings)?.code
  }
  const open = { TINTYPE_SOURCE_HTTP_ANY: 'yes', TINTYPE_SERVER_HOST: '0.0.0.0' }
  const uploading = { TINTYPE_UPLOAD_ENABLED: 'yes', TINTYPE_SOURCES: 'uploads=file:/data' }

  it.each([
    [{}, undefined],
    [open, 'start-unsafe'],
    [{ ...open, TINTYPE_SERVER_HOST: '::' }, 'start-unsafe'],
    [{ ...open, TINTYPE_SERVER_HOST: 'images.example' }, 'start-unsafe'],
    [{ ...open, TINTYPE_THUMBOR_KEYS: 'k3-9fQz7-Wp2x' }, undefined],
    [{ ...open, TINTYPE_THUMBOR_KEYS: 'k3-9fQz7-Wp2x', TINTYPE_THUMBOR_UNSAFE: 'yes' }, 'start-unsafe'],
    [{ ...open, TINTYPE_KEYS: '9f86d081884c7d659a2feaa0c55ad015', TINTYPE_THUMBOR_UNSAFE: 'yes' }, 'start-unsafe'],
    [
      { ...open, TINTYPE_KEYS: '9f86d081884c7d659a2feaa0c55ad015', TINTYPE_THUMBOR_UNSAFE: 'yes', TINTYPE_THUMBOR_PREFIX: 'none' },
      undefined,
    ],
    [{ ...open, TINTYPE_SERVER_OPEN_PROXY: 'yes' }, undefined],
    [{ ...open, TINTYPE_KEYS: key }, undefined],
    [{ ...open, TINTYPE_SERVER_HOST: '127.0.0.1' }, undefined],
    [{ TINTYPE_SERVER_HOST: '0.0.0.0', TINTYPE_SOURCE_HTTP_ALLOW: 'img.example' }, undefined],
    [{ TINTYPE_SERVER_HOST: '0.0.0.0' }, undefined],
    [uploading, undefined],
    [{ ...uploading, TINTYPE_SERVER_HOST: '0.0.0.0' }, 'start-unsafe'],
    [{ ...uploading, ...open, TINTYPE_SERVER_OPEN_PROXY: 'yes' }, 'start-unsafe'],
    [{ ...uploading, TINTYPE_SERVER_HOST: '0.0.0.0', TINTYPE_UPLOAD_OPEN: 'yes' }, undefined],
    [{ ...uploading, TINTYPE_SERVER_HOST: '0.0.0.0', TINTYPE_UPLOAD_TOKEN: key }, undefined],
    [{ TINTYPE_BLOCK_FILE: 'list', TINTYPE_SERVER_HOST: '0.0.0.0' }, undefined],
    [{ TINTYPE_BLOCK_FILE: 'list', TINTYPE_BLOCK_PUT: 'yes', TINTYPE_SERVER_HOST: '0.0.0.0' }, 'start-unsafe'],
  ])('with %j: %s', (env, code) => expect(problemOf(env)).toBe(code))

  it.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['::1', true],
    ['LOCALHOST', true],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
    ['10.0.0.1', false],
    ['::', false],
  ])('%s is loopback: %s', (host, loopback) => expect(isLoopback(host)).toBe(loopback))
})

describe('the files', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tintype-config-'))
    await writeFile(join(folder, 'tintype.config.json'), '\ufeff{ "server": { "port": 81 } }')
    await writeFile(join(folder, 'other.json'), '{ "server": { "port": 82 } }')
    await writeFile(join(folder, 'broken.json'), '{ "keys": "s3cret-value-in-here" oops')
    await writeFile(join(folder, 'key'), `${key}\n`)
  })
  afterAll(() => rm(folder, { recursive: true }))

  const load = async (env: Record<string, string>, flags = {}): Promise<unknown> => {
    const done = await loadSettings({ env, flags }, folder)
    return done.kind === 'settings'
      ? { port: done.settings.server.port, keys: done.settings.keys }
      : done.failures.map((each) => each.message)
  }

  test('tintype.config.json in the folder is read, or the one that is named', async () => {
    expect(await load({})).toEqual({ port: 81, keys: [] })
    expect(await load({ TINTYPE_CONFIG: 'other.json' })).toEqual({ port: 82, keys: [] })
    expect(await load({ TINTYPE_CONFIG: 'gone.json' }, { config: 'other.json' })).toEqual({ port: 82, keys: [] })
  })

  test('secrets are read from theirs', async () => {
    expect(await load({ TINTYPE_KEYS_FILE: 'key' })).toEqual({ port: 81, keys: [key] })
    expect(await load({ TINTYPE_KEYS_FILE: 'gone' })).toEqual(['TINTYPE_KEYS_FILE: expected the path of a file that can be read.'])
  })

  test('what cannot be read stops the start, and tells nothing of what is in it', async () => {
    expect(await load({ TINTYPE_CONFIG: 'gone.json' })).toEqual([`${join(folder, 'gone.json')}: expected a file that can be read.`])
    const [message] = (await load({ TINTYPE_CONFIG: 'broken.json', TINTYPE_SERVER_PORT: 'x' })) as string[]
    expect(message).toMatch(/broken\.json: expected JSON/)
    expect(message).not.toMatch(/s3cret/)
  })
})

describe("Thumbor's settings", () => {
  it.each([
    [{ TINTYPE_THUMBOR_KEYS: 'MY_SECURE_KEY' }, 'thumbor.keys'],
    [{ TINTYPE_THUMBOR_PREFIX: '/', TINTYPE_SERVER_PREFIX: '/' }, 'thumbor.prefix'],
  ])('%j stops the start', (env, name) => {
    const read = readSettings({ env })
    expect(read.kind === 'failures' && read.failures.map(({ detail }) => detail.parameter)).toContain(name)
  })

  it('take the keys that a Thumbor had, if nobody can guess them', () => {
    expect(readSettings({ env: { TINTYPE_THUMBOR_KEYS: 'k3-9fQz7' } }).kind).toBe('settings')
  })
})
