import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../errors.ts'
import { imageKey, type Loader, thumborSource } from './thumbor-source.ts'

const key = (image: string, loader: Loader): string => {
  const read = imageKey(image, { loader })
  return read instanceof Failure ? `!${read.code}` : read
}

describe('the key of an image', () => {
  it.each([
    ['example.com/a.jpg', 'http://example.com/a.jpg', 'https://example.com/a.jpg', 'example.com/a.jpg'],
    ['http://example.com/a.jpg', 'http://example.com/a.jpg', 'http://example.com/a.jpg', 'http://example.com/a.jpg'],
    ['HTTPS://example.com/a.jpg', 'https://example.com/a.jpg', 'https://example.com/a.jpg', 'https://example.com/a.jpg'],
    ['http:/example.com/a.jpg', 'http://example.com/a.jpg', 'http://example.com/a.jpg', 'http://example.com/a.jpg'],
    ['httpbin.org/image/png', 'http://httpbin.org/image/png', 'https://httpbin.org/image/png', 'httpbin.org/image/png'],
    [
      'http://[2606::1]:8080/a[1].jpg',
      'http://[2606::1]:8080/a%5B1%5D.jpg',
      'http://[2606::1]:8080/a%5B1%5D.jpg',
      'http://[2606::1]:8080/a%5B1%5D.jpg',
    ],
    [
      'h.example/a b+é.jpg?x=1&y=ü',
      'http://h.example/a%20b+%C3%A9.jpg?x=1&y=%C3%BC',
      'https://h.example/a%20b+%C3%A9.jpg?x=1&y=%C3%BC',
      'h.example/a b+é.jpg?x=1&y=ü',
    ],
    ['h.example/100%.jpg', 'http://h.example/100%25.jpg', 'https://h.example/100%25.jpg', 'h.example/100%.jpg'],
    ['h.example/a%20b.jpg', 'http://h.example/a%20b.jpg', 'https://h.example/a%20b.jpg', 'h.example/a%20b.jpg'],
    ['//cats/a.jpg', '!key-malformed', '!key-malformed', 'cats/a.jpg'],
    ['./cats//a.jpg', 'http://./cats//a.jpg', 'https://./cats//a.jpg', 'cats/a.jpg'],
    ['cats//a.jpg', 'http://cats//a.jpg', 'https://cats//a.jpg', 'cats//a.jpg'],
    ['a/./b/../c.jpg', 'http://a/./b/../c.jpg', 'https://a/./b/../c.jpg', 'a/c.jpg'],
    ['../secret.png', 'http://../secret.png', 'https://../secret.png', '!original-missing'],
    ['a/../../secret.png', 'http://a/../../secret.png', 'https://a/../../secret.png', '!original-missing'],
    ['photos:a/../b.jpg', 'http://photos:a/../b.jpg', 'https://photos:a/../b.jpg', 'photos:b.jpg'],
    ['photos:../b.jpg', 'http://photos:../b.jpg', 'https://photos:../b.jpg', '!original-missing'],
    ['file:///../b.jpg', 'http://file:///../b.jpg', 'https://file:///../b.jpg', '!original-missing'],
    ['s3://bucket/a//b.jpg', 'http://s3://bucket/a//b.jpg', 'https://s3://bucket/a//b.jpg', 's3://bucket/a//b.jpg'],
    ['./', 'http://./', 'https://./', '!key-missing'],
    ['a\nb', '!key-malformed', '!key-malformed', '!key-malformed'],
    ['h/a\nb', 'http://h/a%0Ab', 'https://h/a%0Ab', '!key-malformed'],
  ])('%j', (image, http, https, path) => {
    expect([key(image, 'http'), key(image, 'https'), key(image, 'path')]).toEqual([http, https, path])
  })

  it('never leads out of its source, nor throws, whatever comes', () => {
    const piece = fc.constantFrom('..', '.', '/', 'a', 'photos:', 's3:', 'file:', 'http:', '%2e', '\\', '\u0000', 'é', '#', '?')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece).map((all) => all.join('')),
          fc.string(),
        ),
        fc.constantFrom('http', 'https', 'path'),
        (image, loader) => {
          const read = imageKey(image, { loader: loader as Loader })
          if (read instanceof Failure) {
            expect([400, 404]).toContain(read.status)
            return
          }
          if (!/^(?:https?|s3):\/\//.test(read)) expect(read.replace(/^[a-z][a-z0-9-]*:/, '').split('/')).not.toContain('..')
          if (loader !== 'path') expect(read).toMatch(/^https?:\/\/[^/]/)
        },
      ),
      { numRuns: 3000 },
    )
  })
})

describe("Thumbor's own reading", () => {
  it('of a host', () => {
    const hosts = ['a/b', 'user@/b', 'http://', 'http://user:pw@h/b', 'http://:80/b', 'https:/h', 'http?x'].map(
      (image) => thumborSource(image).hostOk,
    )
    expect(hosts).toEqual([true, false, false, true, false, false, false])
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (image) => {
        expect(thumborSource(image).fetchUrl).toMatch(/^http/)
      }),
    )
  })
})
