import { readFile } from 'node:fs/promises'
import { describe, expect, it, test } from 'vitest'
import { readSettings } from '../config/read.ts'
import { migrateThumbor, thumborOptions } from './thumbor.ts'

const because = (file: string) => Object.fromEntries(migrateThumbor(file).notes.map(({ option, why }) => [option, why]))

/** Every setting is one that there is, and every value is one that it takes. */
function expectGood(settings: Readonly<Record<string, string>>): void {
  const read = readSettings({ env: settings })
  expect(read.kind === 'failures' ? read.failures.map(({ message }) => message) : []).toEqual([])
}

describe('the whole list of options', () => {
  test('is mapped or named, each of them', async () => {
    const file = await readFile(new URL('../../test/vectors/thumbor.conf', import.meta.url), 'utf8')
    const names = [...file.matchAll(/^([A-Z_]+) = /gm)].map(([, name]) => name)
    expect(names).toHaveLength(134)
    expect([...thumborOptions].sort()).toEqual([...names].sort())
    const { settings, notes, unread } = migrateThumbor(file)
    expect(unread).toEqual([])
    expect(notes.filter(({ why }) => /no such option|takes no such value|is expected/.test(why))).toEqual([])
    for (const name of names) {
      const own = migrateThumbor(`${file.slice(file.indexOf(`\n${name} = `) + 1).split(/\n(?=[A-Z#])/)[0]}\n`)
      const said = own.notes.some(({ option }) => option === name) || Object.keys(own.settings).length > 0
      expect(said, name).toBe(true)
    }
    expectGood(settings)
    expect(settings).toMatchObject({
      TINTYPE_THUMBOR_LOADER: 'http',
      TINTYPE_SOURCE_HTTP_ANY: 'yes',
      TINTYPE_THUMBOR_QUALITY: '80',
      TINTYPE_THUMBOR_UNSAFE: 'yes',
      TINTYPE_LIMIT_SOURCE_PIXELS: '75000000',
      TINTYPE_ALLOW_ORIGIN: '',
      TINTYPE_THUMBOR_FILTERS: expect.stringContaining('brightness,'),
    })
    expect(settings).not.toHaveProperty('TINTYPE_THUMBOR_KEYS')
  })
})

describe('a configuration', () => {
  it('becomes the environment that says the same', () => {
    const { settings, notes, unread } = migrateThumbor(`
import re
SECURITY_KEY = 'k3-9fQz7-Wp2x'
ALLOW_UNSAFE_URL = False
ALLOWED_SOURCES = ['img.example.com', re.compile(r'^.+\\.cdn\\.example\\.com$'), re.compile('(.*\\\\.)?shop\\\\.example'), re.compile('a|b')]
MAX_WIDTH = 0
MAX_HEIGHT = 1200
AUTO_WEBP = True
HTTP_LOADER_REQUEST_TIMEOUT = 60
HTTP_LOADER_FOLLOW_REDIRECTS = False
HTTP_LOADER_MAX_REDIRECTS = 5
RESULT_STORAGE = 'thumbor.result_storages.file_storage'
RESULT_STORAGE_FILE_STORAGE_ROOT_PATH = '/data/results/'
ACCESS_CONTROL_ALLOW_ORIGIN_HEADER = '*'
FILTERS = ['thumbor.filters.blur', 'mine.filters.frame']
TC_AWS_REGION = 'eu-west-1'
ENV = os.environ['ENV']
`)
    expect(settings).toEqual({
      TINTYPE_THUMBOR_KEYS: 'k3-9fQz7-Wp2x',
      TINTYPE_THUMBOR_UNSAFE: 'no',
      TINTYPE_THUMBOR_LOADER: 'http',
      TINTYPE_SOURCE_HTTP_ALLOW: 'img.example.com,*.cdn.example.com,shop.example,*.shop.example',
      TINTYPE_THUMBOR_MAX_HEIGHT: '1200',
      TINTYPE_THUMBOR_AUTO_WEBP: 'yes',
      TINTYPE_SOURCE_HTTP_TIMEOUT_SECONDS: '60',
      TINTYPE_SOURCE_HTTP_FIRST_BYTE_SECONDS: '60',
      TINTYPE_SOURCE_HTTP_BODY_SECONDS: '60',
      TINTYPE_LIMIT_REQUEST_SECONDS: '70',
      TINTYPE_SOURCE_HTTP_REDIRECTS: '0',
      TINTYPE_STORE_KINDS: 'memory,disk',
      TINTYPE_STORE_DISK_FOLDER: '/data/results/tintype',
      TINTYPE_ALLOW_ORIGIN: '*',
      TINTYPE_THUMBOR_FILTERS: 'blur',
    })
    expectGood(settings)
    expect(notes.map(({ option, line }) => `${option} ${line}`)).toEqual([
      'ALLOWED_SOURCES 5',
      'MAX_WIDTH 6',
      'HTTP_LOADER_MAX_REDIRECTS 11',
      'RESULT_STORAGE_FILE_STORAGE_ROOT_PATH 13',
      'FILTERS 15',
      'TC_AWS_REGION 16',
    ])
    expect(unread).toMatchObject([{ line: 17, text: "ENV = os.environ['ENV']" }])
  })

  it('with uploads and a blacklist says where they are, and asks for a token', () => {
    const file = `UPLOAD_ENABLED = True\nUPLOAD_MAX_SIZE = 5 * 1024 * 1024\nUPLOAD_PUT_ALLOWED = True\nUSE_BLACKLIST = True\nFILE_STORAGE_ROOT_PATH = '/data'`
    const { settings } = migrateThumbor(file)
    expect(settings).toMatchObject({
      TINTYPE_UPLOAD_ENABLED: 'yes',
      TINTYPE_UPLOAD_MAX_BYTES: '5242880',
      TINTYPE_UPLOAD_PUT: 'yes',
      TINTYPE_SOURCES: 'uploads=file:/data/tintype-uploads',
      TINTYPE_BLOCK_FILE: '/data/blacklist.txt',
      TINTYPE_BLOCK_PUT: 'yes',
    })
    expectGood(settings)
    expect(because(file).UPLOAD_ENABLED).toMatch(/TINTYPE_UPLOAD_TOKEN/)
  })

  it.each([
    [
      "LOADER = 'thumbor.loaders.file_loader'\nFILE_LOADER_ROOT_PATH = '/photos'",
      { TINTYPE_THUMBOR_LOADER: 'path', TINTYPE_SOURCE_FILE_ROOT: '/photos' },
    ],
    [
      "LOADER = 'thumbor.loaders.file_loader_http_fallback'\nFILE_LOADER_ROOT_PATH = '/photos'\nALLOWED_SOURCES = ['a.example']",
      { TINTYPE_THUMBOR_LOADER: 'auto', TINTYPE_SOURCE_FILE_ROOT: '/photos', TINTYPE_SOURCE_HTTP_ALLOW: 'a.example' },
    ],
    ["LOADER = 'thumbor.loaders.https_loader'\nALLOWED_SOURCES = []", { TINTYPE_THUMBOR_LOADER: 'https', TINTYPE_SOURCE_HTTP_ANY: 'yes' }],
    ["LOADER = 'tc_aws.loaders.s3_loader'\nALLOWED_SOURCES = []", {}],
    ["ALLOWED_SOURCES = ['.*']", { TINTYPE_THUMBOR_LOADER: 'http' }], // what is not understood opens nothing
    ['', { TINTYPE_THUMBOR_LOADER: 'http', TINTYPE_SOURCE_HTTP_ANY: 'yes' }],
  ])('with %j', (file, settings) => {
    expect(migrateThumbor(file).settings).toEqual(settings)
    expectGood(settings)
  })

  it.each([
    ["'img.example.com'", 'img.example.com'],
    ["'s.example:8080'", 's.example:8080'],
    ["'.+\\\\.example\\\\.com'", '*.example.com'],
    ["re.compile(r'https?://img\\.example\\.com/.*')", 'img.example.com'],
    ["re.compile(r'^https://([^/]+\\.)?example\\.com')", undefined],
    ["re.compile(r'img.example.com')", undefined],
    ["re.compile(r'.*example\\.com')", undefined],
    ["re.compile(r'(a|b)\\.example\\.com')", undefined],
    ["re.compile(r'com')", undefined],
    ["'*'", undefined],
    ['5', undefined],
  ])('allows of %s: %s', (source, host) => {
    const { settings, notes } = migrateThumbor(`ALLOWED_SOURCES = [${source}]`)
    expect(settings.TINTYPE_SOURCE_HTTP_ALLOW).toBe(host)
    expect(notes.some(({ option }) => option === 'ALLOWED_SOURCES')).toBe(host === undefined)
    expect(settings).not.toHaveProperty('TINTYPE_SOURCE_HTTP_ANY')
  })

  it.each([
    "QUALITY = 'high'",
    'QUALITY = None',
    'AUTO_WEBP = 1',
    "SECURITY_KEY = 'a,b'",
    'SECURITY_KEY = None',
    "SECURITY_KEY = 'MY_SECURE_KEY'",
    'FILTERS = None',
    'ALLOWED_SOURCES = None',
    "UPLOAD_DEFAULT_FILENAME = 'a/b'",
    'FILE_LOADER_ROOT_PATH = None',
    '__proto__ = 1',
    'constructor = 1',
  ])('with what cannot be is named: %s', (line) => {
    const { settings, notes } = migrateThumbor(line)
    expect(notes).toHaveLength(1)
    expect(Object.keys(settings)).toEqual(['TINTYPE_THUMBOR_LOADER', ...(line.startsWith('ALLOWED') ? [] : ['TINTYPE_SOURCE_HTTP_ANY'])])
  })
})
