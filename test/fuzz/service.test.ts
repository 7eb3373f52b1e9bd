import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openStage } from '../service/stage.ts'
import { runs } from './bounded.ts'
import { textsLike } from './texts.ts'

/** The whole trip of a request, but for the pixels: whatever is asked, in whatever words, no answer is above 499. */

const targets = textsLike(
  [
    '/i/cat.jpg?w=300&f=auto',
    '/i/cat.jpg?f=json',
    '/i/cat.jpg?f=original&download=a.jpg',
    '/?img=cat.jpg&width=1',
    '/formats',
    '/errors',
    '/health',
    '/_tintype/cat.jpg?mark=cat.jpg',
  ],
  [
    '/',
    '?',
    '&',
    '=',
    '%',
    '%2F',
    '%00',
    'w=',
    'h=auto',
    'f=',
    'json',
    'original',
    'onerror=picture',
    'default=cat.jpg',
    'v=1',
    'download=',
    'expires=',
    '..',
    'é',
    '\u2028',
  ],
  9000,
).map((text) => (text.startsWith('/') ? text : `/i/${text}`))
const header = fc.constantFrom(
  'accept',
  'if-none-match',
  'if-modified-since',
  'range',
  'width',
  'dpr',
  'origin',
  'x-forwarded-for',
  'x-request-id',
  'traceparent',
  'authorization',
  'cache-control',
)
const value = textsLike(
  ['*/*', 'image/avif', '"a"', 'bytes=0-1', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  [',', ';', '"', '=', '-', 'W/', '\0', '\n'],
  4000,
)
const method = fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE', 'PURGE', 'get', '', '__proto__')

test('any request', async () => {
  const { ask, source, notes } = await openStage()
  source.put('cat.jpg', 'one')
  await fc.assert(
    fc.asyncProperty(
      targets,
      fc.dictionary(header, value, { maxKeys: 4, noNullPrototype: true }),
      method,
      async (target, headers, method) => {
        const { status, headers: said } = await ask(target, headers, { method })
        expect(status).toBeLessThan(500)
        // What is sent must be a header that a server can write.
        for (const line of Object.values(said)) expect(line).toMatch(/^[\t\x20-\x7e]*$/)
      },
    ),
    { numRuns: 4 * runs },
  )
  expect(notes.filter((note) => /fail|internal/i.test(note))).toEqual([])
})
