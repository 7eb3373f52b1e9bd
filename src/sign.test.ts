import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ordered, words } from '../test/contracts/dialect.ts'
import { native } from './dialects/native.ts'
import { nativeAliases, presetTarget, signNative } from './sign.ts'

const hmac = (message: string, key = 'secret'): string => createHmac('sha256', key).update(message).digest('base64url')

/** Does the service find the signature right? */
function holds(target: string): boolean {
  const { proof } = ordered(native, target)
  return proof?.signature === hmac(proof?.message ?? '')
}

describe('signNative', () => {
  it('signs the canonical text', () => {
    expect(signNative('/i/a.jpg?w=300', 'secret')).toBe(`/i/a.jpg?w=300&s=${hmac('a.jpg?w=300')}`)
    expect(signNative('/i/a.jpg', 'secret')).toBe(`/i/a.jpg?s=${hmac('a.jpg?')}`)
    expect(signNative('/i/a.jpg?w=300', 'other')).toBe(`/i/a.jpg?w=300&s=${hmac('a.jpg?w=300', 'other')}`)
  })

  it('gives a signature of 43 characters that stand in a URL as they are', () => {
    expect(signNative('/i/a.jpg', 'secret')).toMatch(/\?s=[\w-]{43}$/)
  })

  it('leaves origin, spelling and order of the URL as they are', () => {
    const url = 'https://img.example:8443/i/https%3A%2F%2Fh%2Fa.jpg?width=0300&f=jpg'
    expect(signNative(url, 'secret')).toBe(`${url}&s=${hmac('https://h/a.jpg?f=jpeg&w=300')}`)
  })

  it('spells the whole URL canonically when asked to', () => {
    const canonical = (url: string): string => signNative(url, 'secret', { canonical: true })
    expect(canonical('https://img.example/_tintype/https%3A%2F%2Fh%2Fa.jpg%3Fb?width=0300&f=jpg&fit=contain')).toBe(
      `https://img.example/i/https%3A%2F%2Fh%2Fa.jpg%3Fb?f=jpeg&w=300&s=${hmac('https://h/a.jpg?b?f=jpeg&w=300')}`,
    )
    expect(canonical('/i?url=a%20b/c.jpg')).toBe(`/i/a%20b/c.jpg?s=${hmac('a b/c.jpg?')}`)
    expect(signNative('/a.jpg', 'secret', { canonical: true, prefix: '/' })).toBe(`/a.jpg?s=${hmac('a.jpg?')}`)
  })

  it('takes the place of an earlier signature', () => {
    const once = signNative('/i/a.jpg?w=300', 'secret')
    expect(signNative(once, 'secret')).toBe(once)
    expect(signNative('/i/a.jpg?sig=old&w=300&', 'secret')).toBe(once)
    expect(signNative('/i/a.jpg?%73=old&w=300', 'secret')).toBe(once)
  })

  it('dates the URL', () => {
    const dated = signNative('/i/a.jpg?exp=5&w=300', 'secret', { expires: 1_900_000_000 })
    expect(dated).toBe(`/i/a.jpg?w=300&expires=1900000000&s=${hmac('a.jpg?expires=1900000000&w=300')}`)
  })

  it('holds when proxies reorder, re-encode or add what is ignored, and no further', () => {
    const signed = signNative('/i/a.jpg?w=300&txt=a b&preset=thumb'.replace(' ', '+'), 'secret')
    const signature = signed.split('&s=')[1] ?? ''
    expect(holds(signed)).toBe(true)
    expect(holds(`/i/%61.jpg?s=${signature}&preset=thumb&txt=a%20b&%77=300&utm_source=x`)).toBe(true)
    expect(holds(`/i/a.jpg?s=${signature}&preset=thumb&txt=a%20b&w=301`)).toBe(false)
    expect(holds(`/i/a.jpg?s=${signature}&preset=thumb&txt=a%20b&w=300&q=80`)).toBe(false)
    expect(holds(`/i/b.jpg?s=${signature}&preset=thumb&txt=a%20b&w=300`)).toBe(false)
  })

  it('needs no knowledge of the presets, but of the prefix and of what is ignored', () => {
    expect(signNative('/i/a.jpg?preset=unheard-of', 'secret')).toContain(`s=${hmac('a.jpg?preset=unheard-of')}`)
    expect(signNative('/pics/a.jpg?utm_x=1', 'secret', { prefix: '/pics', ignored: words.ignored })).toContain(`s=${hmac('a.jpg?')}`)
  })

  it.each([
    ['/i/a.jpg?w=zero', 'parameter-invalid'],
    ['/i/a.jpg?wdith=3', 'parameter-unknown'],
    ['/i', 'key-missing'],
    ['/elsewhere/a.jpg', 'not-found'],
    ['https://img.example', 'not-found'],
    ['/i/a.jpg#top', 'url-malformed'],
    ['/i/ä.jpg', 'url-malformed'],
    ['', 'not-found'],
  ])('refuses %s', (url, code) => expect(() => signNative(url, 'secret')).toThrow(expect.objectContaining({ code })))

  it('refuses an empty key and a strange expiry', () => {
    expect(() => signNative('/i/a.jpg', '')).toThrow(expect.objectContaining({ code: 'setting-invalid' }))
    expect(() => signNative('/i/a.jpg', 'secret', { expires: 1.5 })).toThrow(expect.objectContaining({ code: 'parameter-invalid' }))
  })
})

describe('nativeAliases', () => {
  it('has every other name of a parameter', () => {
    expect(nativeAliases()).toMatchObject({ width: 'w', sig: 's', exp: 'expires', p: 'preset' })
    expect(nativeAliases()).not.toHaveProperty('w')
  })
})

describe('presetTarget', () => {
  it.each([
    ['cats/a b+c.jpg', 'thumb', '/i', '/i/cats/a%20b%2Bc.jpg?preset=thumb'],
    ['photos:ä.jpg', 'big one', '/i/', '/i/photos:%C3%A4.jpg?preset=big%20one'],
    ['a//b.jpg', 'thumb', '/', '/b64:YS8vYi5qcGc?preset=thumb'],
  ])('%s in %s below %s is %s', (original, preset, prefix, target) => {
    expect(presetTarget(original, preset, prefix)).toBe(target)
    expect(presetTarget(original, preset, prefix, 'secret')).toBe(signNative(target, 'secret', { prefix, canonical: true }))
  })
})
