import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contentDisposition } from './file-name.ts'

test.each([
  ['cat.jpg', 'webp', undefined, 'inline; filename="cat.webp"'],
  ['deep/er/cat.jpg', 'png', undefined, 'inline; filename="cat.png"'],
  ['photos:cat.jpg', 'png', undefined, 'inline; filename="cat.png"'],
  ['https://a.example/x/cat.jpg?size=1/2#top', 'avif', undefined, 'inline; filename="cat.avif"'],
  ['https://a.example/', 'jpg', undefined, 'inline; filename="image.jpg"'],
  ['cat.jpg', 'png', '', 'attachment; filename="cat.png"'],
  ['cat.jpg', 'png', 'My holiday.jpeg', 'attachment; filename="My holiday.png"'],
  ['cat', 'png', undefined, 'inline; filename="cat.png"'],
  ['.htaccess', 'png', undefined, 'inline; filename="htaccess.png"'],
  ['cat.jpg', 'png', '..', 'attachment; filename="image.png"'],
  // A name is no path, on no system, and ends no header.
  ['cat.jpg', 'png', '../../etc/passwd', 'attachment; filename="_.._etc_passwd.png"'],
  ['a\\b\\cat.jpg', 'png', undefined, 'inline; filename="cat.png"'],
  ['cat.jpg', 'png', 'C:\\evil.exe', 'attachment; filename="C__evil.png"'],
  ['cat.jpg', 'png', 'a"; filename="evil.exe', 'attachment; filename="a_; filename=_evil.png"'],
  ['cat.jpg', 'png', 'a\r\nSet-Cookie: x=1', 'attachment; filename="a__Set-Cookie_ x=1.png"'],
  ['cat.jpg', 'png', 'a\u0000b\u007fc', 'attachment; filename="a_b_c.png"'],
  // What turns the direction of writing would show "gpj.exe" as "exe.jpg".
  ['cat.jpg', 'png', 'a\u202egpj', 'attachment; filename="a_gpj.png"'],
  ['über.jpg', 'png', undefined, `inline; filename="_ber.png"; filename*=UTF-8''%C3%BCber.png`],
  ["it's (1)*.jpg", 'png', undefined, 'inline; filename="it\'s (1)_.png"'],
  ["日本's (1).jpg", 'png', undefined, `inline; filename="__'s (1).png"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%27s%20%281%29.png`],
  ['50% off.jpg', 'png', undefined, `inline; filename="50_ off.png"; filename*=UTF-8''50%25%20off.png`],
  ['lone \ud800.jpg', 'png', undefined, 'inline; filename="lone _.png"'],
  ['🖼.jpg', 'png', undefined, `inline; filename="__.png"; filename*=UTF-8''%F0%9F%96%BC.png`],
])('%j as %s, to be saved as %j: %s', (key, extension, download, header) =>
  expect(contentDisposition(key, extension, download)).toBe(header),
)

test('a long name is cut', () => {
  expect(contentDisposition(`${'a'.repeat(5000)}.jpg`, 'png', undefined).length).toBeLessThan(160)
})

test('whatever the name, the header is one line of ASCII, with one quoted name', () => {
  const name = fc.string({ unit: 'binary', maxLength: 50 })
  fc.assert(
    fc.property(name, fc.option(name, { nil: undefined }), (key, download) => {
      expect(contentDisposition(key, 'png', download)).toMatch(
        /^(inline|attachment); filename="[\x20\x21\x23-\x5b\x5d-\x7e]+\.png"(; filename\*=UTF-8''[\w.!~%-]+\.png)?$/,
      )
    }),
    { numRuns: 1000 },
  )
})
