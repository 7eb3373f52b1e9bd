import { expect, it } from 'vitest'
import { isBelow, matches, printAllowPattern, readAllowPattern } from './allow.ts'

it.each([
  // pattern, URL, does it match?
  ['example.com', 'https://example.com/a.jpg', true],
  ['example.com', 'http://example.com/a.jpg', true],
  ['Example.COM', 'https://EXAMPLE.com/a.jpg', true],
  ['example.com', 'https://example.com:443/a.jpg', true],
  ['example.com', 'https://example.com:8443/a.jpg', false],
  ['example.com', 'https://example.com:80/a.jpg', false],
  ['example.com', 'https://www.example.com/a.jpg', false],
  ['example.com', 'https://notexample.com/a.jpg', false],
  ['example.com', 'https://example.com.evil.org/a.jpg', false],
  ['example.com', 'https://exampleXcom/a.jpg', false],
  ['example.com', 'https://example.co/a.jpg', false],
  ['example.com', 'https://example.com./a.jpg', false],
  ['example.com', 'https://evil.org/example.com', false],
  ['example.com', 'https://evil.org/?example.com', false],
  ['example.com', 'https://evil.org/#example.com', false],
  ['*.example.com', 'https://a.example.com/a.jpg', true],
  ['*.example.com', 'https://a.b.example.com/a.jpg', true],
  ['*.example.com', 'https://example.com/a.jpg', false],
  ['*.example.com', 'https://aexample.com/a.jpg', false],
  ['*.example.com', 'https://.example.com/a.jpg', false],
  ['*.example.com', 'https://a.example.com.evil.org/a.jpg', false],
  ['bücher.example', 'https://xn--bcher-kva.example/a.jpg', true],
  ['example.com:8443', 'https://example.com:8443/a.jpg', true],
  ['example.com:8443', 'https://example.com/a.jpg', false],
  ['example.com:443', 'https://example.com/a.jpg', true],
  ['example.com/photos', 'https://example.com/photos', true],
  ['example.com/photos', 'https://example.com/photos/a.jpg', true],
  ['example.com/photos/', 'https://example.com/photos/a.jpg', true],
  ['example.com/photos', 'https://example.com/photos-private/a.jpg', false],
  ['example.com/photos', 'https://example.com/other/photos/a.jpg', false],
  ['example.com/photos', 'https://example.com/photos/../private/a.jpg', false],
  ['example.com/photos', 'https://example.com/photos/%2e%2e/private/a.jpg', false],
  ['example.com/photos', 'https://example.com/photos/..%2fprivate/a.jpg', false],
  ['example.com/photos', 'https://example.com/photos/..%5cprivate/a.jpg', false],
  ['example.com/photos', 'https://example.com/photos/%252e%252e%252fprivate/a.jpg', false],
  ['example.com/photos', 'https://example.com/photos/a%2Fb..jpg', true],
  ['example.com/photos', 'https://example.com/Photos/a.jpg', false],
  ['[::1]:8080', 'http://[0::1]:8080/a.jpg', true],
  ['10.0.0.1', 'http://10.0.0.1/a.jpg', true],
  ['*.0.0.1', 'http://10.0.0.1/a.jpg', false],
])('%s for %s: %s', (text, url, expected) => {
  const pattern = readAllowPattern(text)
  expect(pattern === undefined ? false : matches(pattern, new URL(url))).toBe(expected)
})

it.each([
  ...[
    '',
    '*',
    '*.',
    '*.*',
    '*.*.com',
    'a*.example.com',
    'www.*.com',
    'https://example.com',
    'example.com?x',
    'example.com#x',
    'user@example.com',
  ],
  ...[
    'example.com\\a',
    'exa mple.com',
    'example.com:port',
    'example.com:99999',
    '*.[::1]',
    '1.1',
    '.*',
    '^example',
    '/photos',
    'example.com/a/../b',
  ],
  ...['example.com/%2e%2e/b', '[::1', 'example.com/*'],
])('%j is no pattern', (text) => {
  expect(readAllowPattern(text)).toBeUndefined()
})

it.each(['example.com', '*.example.com', 'example.com:8443', 'example.com/photos', '*.a.b:81/x/y', '[::1]:8080'])(
  '%s prints as it reads',
  (text) => {
    const pattern = readAllowPattern(text)
    expect(pattern && printAllowPattern(pattern)).toBe(text)
  },
)

it.each([
  ['/anything/..%2f', '/', true],
  ['/a/', '/a/', true],
  ['/a', '/a/', true],
  ['/ab', '/a/', false],
])('%s lies below %s: %s', (path, root, expected) => {
  expect(isBelow(path, root)).toBe(expected)
})
