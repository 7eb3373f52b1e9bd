import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../errors.ts'
import { sources } from '../sources/all.ts'
import { stores } from '../stores/all.ts'
import { dotted, flagOf, variableOf } from './names.ts'
import { printSettings } from './print.ts'
import { type Inputs, type ReadSettings, type Row, readSettings, type Settings } from './read.ts'
import { settings, tree } from './tree.ts'

const key = 'f3A9-kq81-ZZp0-77mw'
const token = 'purge-5521-kdls-9937'

/** The settings, or a test that fails and says why. */
function read(inputs: Inputs): { settings: Settings; rows: readonly Row[] } {
  const done = readSettings(inputs)
  if (done.kind === 'failures') throw new Error(done.failures.map((failure) => failure.message).join('\n'))
  return done
}

/** The failures, each as its code and its message. */
function refused(inputs: Inputs): string[] {
  const done: ReadSettings = readSettings(inputs)
  return done.kind === 'failures' ? done.failures.map((failure) => `${failure.code} ${failure.message}`) : []
}

describe('names of settings', () => {
  it.each([
    ['limit.sourcePixels', 'TINTYPE_LIMIT_SOURCE_PIXELS', 'limit-source-pixels'],
    ['keys', 'TINTYPE_KEYS', 'keys'],
    ['purgeToken', 'TINTYPE_PURGE_TOKEN', 'purge-token'],
    ['source.http.timeoutSeconds', 'TINTYPE_SOURCE_HTTP_TIMEOUT_SECONDS', 'source-http-timeout-seconds'],
    ['server.urlBytes', 'TINTYPE_SERVER_URL_BYTES', 'server-url-bytes'],
    ['server.openProxy', 'TINTYPE_SERVER_OPEN_PROXY', 'server-open-proxy'],
  ])('%s is %s and --%s', (name, variable, flag) => {
    const path = settings.map((setting) => setting.path).find((each) => dotted(each) === name) ?? []
    expect([variableOf(path), flagOf(path)]).toEqual([variable, flag])
  })

  it('belong to one setting each', () => {
    for (const name of [variableOf, flagOf, dotted]) {
      expect(new Set(settings.map(({ path }) => name(path))).size).toBe(settings.length)
    }
    expect(settings.length).toBeGreaterThan(60)
  })

  it('hold a group for each kind of source and of store', () => {
    for (const kind of sources) expect(Object.keys(tree.source)).toContain(kind.name)
    for (const kind of stores) {
      expect(Object.keys(tree.store)).toContain(kind.name)
      expect(tree.store.kinds.read(kind.name)).toEqual([kind.name])
    }
  })
})

describe('a value of any setting', () => {
  const plain = settings.filter(({ field }) => field.fallback !== undefined)

  it.each(plain.flatMap((setting) => (['fallback', 'min', 'max'] as const).map((end) => [dotted(setting.path), end, setting] as const)))(
    '%s, its %s, is the same from the file, the environment and a flag, and comes back from its print',
    (name, end, { path, field }) => {
      const value = field[end]
      if (value === undefined) return
      const text = field.print(value)
      const nested = path.reduceRight<unknown>((inner, part) => ({ [part]: inner }), typeof value === 'number' ? value : text)
      const ways: Inputs[] = [{ file: nested }, { env: { [variableOf(path)]: text } }, { flags: { [flagOf(path)]: text } }]
      // No keys are given by leaving them out; and the shortest time must not be longer than the longest.
      if (text === '' && field.secret === true) return
      if ((name === 'cache.maxSeconds' && end === 'min') || (name === 'cache.minSeconds' && end === 'max')) return
      for (const inputs of ways) expect(read(inputs).rows.find((row) => row.name === name)?.text).toBe(text)
    },
  )

  it('has a fallback that its own field reads', () => {
    for (const { path, field } of plain)
      expect([dotted(path), field.read(field.print(field.fallback))]).toEqual([dotted(path), field.fallback])
  })
})

describe('precedence', () => {
  it('is defaults, file, environment, flags', () => {
    const file = { server: { port: 1, host: 'file', urlBytes: 1000 } }
    const env = { TINTYPE_SERVER_PORT: '2', TINTYPE_SERVER_HOST: 'environment' }
    const { settings: made, rows } = read({ file, env, flags: { 'server-port': '3' } })
    expect(made.server).toMatchObject({ port: 3, host: 'environment', urlBytes: 1000, idleSeconds: 65 })
    const origins = Object.fromEntries(printSettings(rows).map(({ name, origin }) => [name, origin]))
    expect(origins).toMatchObject({
      'server.port': '--server-port',
      'server.host': 'TINTYPE_SERVER_HOST',
      'server.urlBytes': 'configuration file',
      'server.idleSeconds': 'default',
    })
  })

  it('has short flags', () => {
    expect(read({ flags: { port: '99', host: '::1' } }).settings.server).toMatchObject({ port: 99, host: '::1' })
  })

  it('needs nothing at all', () => {
    const { settings: made } = read({})
    expect(made).toMatchObject({ keys: [], presetsOnly: false, sources: [], metrics: true })
    expect(made.server).toMatchObject({ host: '127.0.0.1', port: 8080, prefix: '/i', openProxy: false })
    expect(made.render).not.toHaveProperty('processes')
  })

  it('takes JSON values as what they are', () => {
    const file = { $schema: './x.json', presetsOnly: false, ignored: ['a', 'b'], keys: [key], presets: { thumb: 'w=200' }, metrics: false }
    expect(read({ file }).settings).toMatchObject({ ignored: ['a', 'b'], keys: [key], presets: { thumb: 'w=200' }, metrics: false })
  })

  it('lets a flag stand alone, or be denied', () => {
    expect(read({ flags: { 'server-open-proxy': true, metrics: false } }).settings).toMatchObject({
      metrics: false,
      server: { openProxy: true },
    })
  })

  it('leaves other variables alone', () => {
    expect(refused({ env: { PATH: '/bin', TINTYPES: 'x', TINTYPE_SERVER_PORT: undefined } })).toEqual([])
  })
})

describe('what is wrong', () => {
  it('is told all at once, with the nearest name, in the words of whoever wrote it', () => {
    const failures = refused({
      flags: { 'limit-fraems': '5' },
      env: { TINTYPE_LIMIT_SOURCE_PIXLES: '5', TINTYPE_SERVER_PORT: 'eighty' },
      file: { limit: { frames: 0 }, cashe: { minSeconds: 1 } },
    })
    expect(failures).toEqual([
      'setting-unknown --limit-fraems: there is no such setting. Did you mean --limit-frames?',
      'setting-unknown TINTYPE_LIMIT_SOURCE_PIXLES: there is no such setting. Did you mean TINTYPE_LIMIT_SOURCE_PIXELS?',
      'setting-unknown cashe: there is no such setting.',
      'setting-invalid TINTYPE_SERVER_PORT: expected a whole number 0 to 65535, got "eighty".',
      'setting-invalid limit.frames: expected a whole number 1 to 10000, got "0".',
    ])
  })

  it.each([
    [{ file: [] }, /JSON object/],
    [{ file: { limit: 5 } }, /limit: expected an object/],
    [{ file: { limit: { frames: null } } }, /limit.frames: expected a whole number/],
    [{ file: { limit: { frames: { a: 1 } } } }, /limit.frames: expected a whole number/],
    [{ file: { limit: { frames: 1e30 } } }, /limit.frames: expected a whole number/],
    [{ file: { ignored: ['a,b'] } }, /ignored: expected up to/],
    [{ file: JSON.parse('{"__proto__": {"x": 1}}') }, /__proto__: there is no such setting/],
    [{ file: { constructor: { x: 1 } } }, /constructor: there is no such setting/],
    [{ env: { TINTYPE_SERVER_OPEN_PROXY: '' } }, /TINTYPE_SERVER_OPEN_PROXY: expected 1 or 0, got nothing/],
    [{ env: { TINTYPE_CACHE_MIN_SECONDS: '100', TINTYPE_CACHE_MAX_SECONDS: '10' } }, /cache.minSeconds: expected at most/],
    [{ env: { TINTYPE_PRESETS_ONLY: '1' } }, /presetsOnly: expected presets/],
    [{ env: { TINTYPE_STORE_KINDS: 'memory,memory' } }, /store.kinds/],
    [{ env: { TINTYPE_LIMIT_READ_FORMATS: '' } }, /limit.readFormats: expected one or more/],
    [{ env: { TINTYPE_LIMIT_WRITE_FORMATS: ',' } }, /LIMIT_WRITE_FORMATS: expected up to 6 values/],
    [{ env: { TINTYPE_STORE_KINDS: 'memory,s3' } }, /store.s3.bucket: expected the name of a bucket/],
    [{ env: { TINTYPE_SOURCE_S3_BUCKETS: 'other' } }, /source.s3.bucket: expected the name of a bucket/],
    [{ env: { TINTYPE_SOURCE_S3_BUCKET: '-bucket' } }, /TINTYPE_SOURCE_S3_BUCKET: expected the name of a bucket/],
    [{ env: { TINTYPE_SOURCE_S3_PREFIX: '/a' } }, /TINTYPE_SOURCE_S3_PREFIX: expected the beginning of a key/],
    [{ env: { TINTYPE_SOURCE_S3_PREFIX: 'a/../b' } }, /TINTYPE_SOURCE_S3_PREFIX/],
    [{ env: { TINTYPE_SOURCE_S3_ENDPOINT: 'minio:9000' } }, /TINTYPE_SOURCE_S3_ENDPOINT: expected an http or https URL/],
    [{ env: { TINTYPE_SOURCE_S3_ENDPOINT: 'https://u:p@h' } }, /TINTYPE_SOURCE_S3_ENDPOINT: expected an http or https URL/],
    [{ env: { TINTYPE_STORE_S3_ACCESS_KEY_ID: 'AK' } }, /store.s3.secretAccessKey: expected beside accessKeyId/],
    [{ env: { TINTYPE_STORE_S3_SECRET_ACCESS_KEY: 'x' } }, /store.s3.accessKeyId: expected beside secretAccessKey/],
    [{ env: { TINTYPE_SOURCE_HTTP_ANY: '1', TINTYPE_SOURCE_HTTP_ALLOW: 'a.example' } }, /source.http.any/],
    [{ env: { TINTYPE_SOURCE_HTTP_HEADERS: 'Cookie: a=b' } }, /source.http.headers: expected source.http.base/],
  ] as const)('stops the start: %j', (inputs, message) => {
    expect(refused(inputs).join('\n')).toMatch(message)
  })
})

describe('secrets', () => {
  it('are hidden wherever they are shown', () => {
    const { rows } = read({ env: { TINTYPE_KEYS: key, TINTYPE_PURGE_TOKEN: token } })
    const shown = JSON.stringify(printSettings(rows))
    expect(shown).not.toContain(key)
    expect(shown).not.toContain(token)
    expect(printSettings(rows)).toContainEqual({ name: 'keys', value: '(hidden)', origin: 'TINTYPE_KEYS' })
    expect(printSettings(read({}).rows)).toContainEqual({ name: 'purgeToken', value: '', origin: 'default' })
    expect(refused({ env: { TINTYPE_KEYS: 'too-short-7a' } }).join()).toMatch(/^setting-invalid TINTYPE_KEYS: .* got another text\.$/)
  })

  it('come from files too', () => {
    const { settings: made, rows } = read({
      env: { TINTYPE_KEYS_FILE: '/run/keys' },
      secretFiles: new Map([['TINTYPE_KEYS_FILE', `${key}\n`]]),
    })
    expect(made.keys).toEqual([key])
    expect(printSettings(rows)).toContainEqual({ name: 'keys', value: '(hidden)', origin: 'TINTYPE_KEYS_FILE' })
    const both = { env: { TINTYPE_KEYS_FILE: '/run/keys', TINTYPE_KEYS: key }, secretFiles: new Map([['TINTYPE_KEYS_FILE', key]]) }
    expect(refused(both).join()).toMatch(/expected either TINTYPE_KEYS or TINTYPE_KEYS_FILE, got both/)
    expect(refused({ env: { TINTYPE_SERVER_PORT_FILE: '/x' } }).join()).toMatch(/setting-unknown TINTYPE_SERVER_PORT_FILE/)
  })

  it.each([
    '',
    'changeme',
    'MY_SECURE_KEY',
    'aaaaaaaaaaaaaaaaaaaaaaaa',
    'changeme-changeme-changeme',
    `${key},`,
    `${key}, second key with blanks`,
  ])('that are none stop the start: %j', (keys) => {
    expect(refused({ env: { TINTYPE_KEYS: keys } }).join()).toMatch(/^setting-invalid/)
    expect(refused({ file: { keys } }).join()).toMatch(/^setting-invalid/)
  })
})

it('gives failures, never throws, whatever the file holds', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom(...settings.map(({ path }) => variableOf(path))), fc.string()),
      (file, env) => {
        const done = readSettings({ file, env })
        if (done.kind === 'failures') for (const failure of done.failures) expect(failure).toBeInstanceOf(Failure)
      },
    ),
  )
})

it('has every group, also those of which no setting has a value', () => {
  expect(read({}).settings.source.file).toEqual({})
})
