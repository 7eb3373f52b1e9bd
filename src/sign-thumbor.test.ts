import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Failure } from './errors.ts'
import { signThumbor } from './sign-thumbor.ts'

type Vector = { readonly key: string; readonly key_hex: string; readonly path: string; readonly signed_path: string }
const vectors: readonly Vector[] = JSON.parse(readFileSync(new URL('../test/vectors/thumbor/signatures.json', import.meta.url), 'utf8'))

describe('signThumbor', () => {
  const sendable = vectors.filter(
    ({ key, key_hex, path }) => Buffer.from(key).toString('hex') === key_hex && key !== '' && /^[!-~]+$/.test(path) && !path.includes('?'),
  )

  it('signs as Thumbor does', () => {
    expect(sendable.length).toBeGreaterThan(40)
    for (const { path, key, signed_path } of sendable) expect(signThumbor(path, key)).toBe(signed_path)
  })

  it.each([
    ['300x200/a.jpg', '', 'setting-invalid'],
    ['300x200/a.jpg?v=1', 'k', 'url-malformed'],
    ['300x200/a.jpg#top', 'k', 'url-malformed'],
    ['300x200/é.jpg', 'k', 'url-malformed'],
    ['300x200/a b.jpg', 'k', 'url-malformed'],
    ['300x200/%FF.jpg', 'k', 'url-malformed'],
    ['', 'k', 'key-missing'],
  ])('throws what no service could read: %j with %j', (path, key, code) => {
    expect(() => signThumbor(path, key)).toThrow(expect.objectContaining({ code }) as Failure)
  })
})
