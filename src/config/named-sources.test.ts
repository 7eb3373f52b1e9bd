import { describe, expect, it } from 'vitest'
import { printSettings } from './print.ts'
import { type Inputs, readSettings } from './read.ts'

function sourcesOf(inputs: Inputs): unknown {
  const done = readSettings(inputs)
  return done.kind === 'settings' ? done.settings.sources : done.failures.map((failure) => failure.message).join('\n')
}

const httpBase = 'https://cdn.example/a,b/'

describe('named sources', () => {
  it('come short in the environment', () => {
    const text = `photos=file:/data/a,b, cdn=${httpBase},bucket=s3://my.bucket,below=s3://bucket/some/folder`
    expect(sourcesOf({ env: { TINTYPE_SOURCES: text } })).toMatchObject([
      { name: 'photos', kind: 'file', options: { root: '/data/a,b' } },
      { name: 'cdn', kind: 'http', options: { base: httpBase, redirects: 3 } },
      { name: 'bucket', kind: 's3', options: { bucket: 'my.bucket', prefix: '' } },
      { name: 'below', kind: 's3', options: { bucket: 'bucket', prefix: 'some/folder/', retries: 2 } },
    ])
  })

  it.each(['file', 'environment', 'flag'])('come whole as JSON: %s', (place) => {
    const said = { cdn: { kind: 'http', base: httpBase, headers: { Authorization: 'Basic abc' }, redirects: 1, allow: ['*.example'] } }
    const json = JSON.stringify(said)
    const inputs: Inputs =
      place === 'file' ? { file: { sources: said } } : place === 'flag' ? { flags: { sources: json } } : { env: { TINTYPE_SOURCES: json } }
    expect(sourcesOf(inputs)).toMatchObject([
      {
        name: 'cdn',
        kind: 'http',
        options: { base: httpBase, redirects: 1, headers: [['Authorization', 'Basic abc']], allow: [{ host: 'example', below: true }] },
      },
    ])
  })

  it('have settings of their own, with names and origins like any other', () => {
    const done = readSettings({
      file: { sources: { 'my-cdn': { kind: 'http', base: httpBase, redirects: 1 } } },
      env: { TINTYPE_SOURCES_MY_CDN_HEADERS: 'Authorization: Basic abc', TINTYPE_SOURCES_MY_CDN_RETRIES: '2' },
      flags: { 'sources-my-cdn-redirects': '0' },
    })
    if (done.kind === 'failures') throw done.failures[0]
    expect(done.settings.sources).toMatchObject([
      { name: 'my-cdn', options: { redirects: 0, retries: 2, headers: [['Authorization', 'Basic abc']] } },
    ])
    expect(printSettings(done.rows)).toEqual(
      expect.arrayContaining([
        { name: 'sources.my-cdn.base', value: httpBase, origin: 'configuration file' },
        { name: 'sources.my-cdn.headers', value: '(hidden)', origin: 'TINTYPE_SOURCES_MY_CDN_HEADERS' },
        { name: 'sources.my-cdn.redirects', value: '0', origin: '--sources-my-cdn-redirects' },
      ]),
    )
  })

  it('said at a stronger place stand alone', () => {
    const file = { sources: { photos: { kind: 'file', root: '/data' } } }
    expect(sourcesOf({ file, env: { TINTYPE_SOURCES: 'other=file:/x' } })).toMatchObject([{ name: 'other' }])
  })

  it.each([
    [{ env: { TINTYPE_SOURCES: 'photos' } }, /TINTYPE_SOURCES: expected NAME=file:FOLDER/],
    [{ env: { TINTYPE_SOURCES: 'photos=ftp://x' } }, /TINTYPE_SOURCES: expected NAME=file:FOLDER/],
    [{ env: { TINTYPE_SOURCES: 'a=file:/x,a=file:/y' } }, /TINTYPE_SOURCES: expected/],
    [{ env: { TINTYPE_SOURCES: '{broken' } }, /TINTYPE_SOURCES: expected/],
    [{ env: { TINTYPE_SOURCES: 'http=https://x.example' } }, /TINTYPE_SOURCES: expected names of small letters/],
    [{ env: { TINTYPE_SOURCES: 's3=s3://bucket' } }, /TINTYPE_SOURCES: expected names of small letters/],
    [{ env: { TINTYPE_SOURCES: 'a=s3:bucket' } }, /TINTYPE_SOURCES: expected NAME=file:FOLDER/],
    [{ env: { TINTYPE_SOURCES: 'a=s3://b/../c' } }, /sources.a/],
    [{ file: { sources: { a: { kind: 's3', bucket: 'abc', buckets: ['def'] } } } }, /sources.a.buckets: expected none/],
    [{ file: { sources: { a: { kind: 's3', prefix: 'x' } } } }, /sources.a.bucket: expected a value, got none/],
    [
      { file: { sources: { a: { kind: 's3', bucket: 'abc', accessKeyId: 'AK' } } } },
      /sources.a.secretAccessKey: expected beside accessKeyId/,
    ],
    [{ env: { TINTYPE_SOURCES: 'Photos=file:/x' } }, /TINTYPE_SOURCES: expected names of small letters/],
    [{ env: { TINTYPE_SOURCES: 'cdn=https://user:pass@x.example' } }, /sources.cdn.base|TINTYPE_SOURCES/],
    [{ file: { sources: [] } }, /sources: expected/],
    [{ file: { sources: { a: 'file:/x' } } }, /sources.a: expected an object/],
    [{ file: { sources: { a: { kind: 'fiel' } } } }, /sources.a.kind: expected one of file, http, s3, got "fiel". Did you mean "file"/],
    [{ file: { sources: { a: { kind: 'file' } } } }, /sources.a.root: expected a value, got none/],
    [{ file: { sources: { a: { kind: 'file', rot: '/x' } } } }, /sources.a.rot: there is no such setting. Did you mean sources.a.root/],
    [{ env: { TINTYPE_SOURCES: '{"a":{"kind":"file","rot":"/x"}}' } }, /sources.a.rot: there is no such setting/],
    [
      { file: { sources: { a: { kind: 'http', base: 'https://x', redirects: 99 } } } },
      /sources.a.redirects: expected a whole number 0 to 10/,
    ],
  ] as const)('that are wrong stop the start: %j', (inputs, message) => {
    expect(sourcesOf(inputs)).toMatch(message)
    expect(sourcesOf(inputs)).not.toMatch(/user:pass/)
  })
})
