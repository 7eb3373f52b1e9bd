import { describe, expect, it } from 'vitest'
import { Failure } from '../errors.ts'
import { openBlocks } from './address.ts'
import { outboundUrl, redirectUrl } from './outbound-url.ts'

const said = (url: URL | Failure): string => (url instanceof Failure ? url.code : url.href)

describe('outboundUrl', () => {
  it.each([
    ['https://img.example.com/a.jpg?w=1#f', 'https://img.example.com/a.jpg?w=1#f'],
    ['HTTP://IMG.EXAMPLE.COM:80/A', 'http://img.example.com/A'],
    ['https://example.com', 'https://example.com/'],
    ['https://bücher.example/ä', 'https://xn--bcher-kva.example/%C3%A4'],
    ['http://example.com\\@127.0.0.1/', 'key-malformed'],
    ['http://example.com/a b', 'key-malformed'],
    ['http://example.com/a\u0000', 'key-malformed'],
    ['http://example.com/\u007f', 'key-malformed'],
    ['http://user@example.com/', 'key-malformed'],
    ['http:/example.com', 'key-malformed'],
    ['http:///example.com', 'key-malformed'],
    ['ftp://example.com/', 'key-malformed'],
    ['example.com/a.jpg', 'key-malformed'],
    ['', 'key-malformed'],
    ['http://example.com:99999/', 'key-malformed'],
    ['http://example.com:6379/', 'http://example.com:6379/'],
    ['http://example.com:25/', 'address-forbidden'],
    ['http://example.com:0/', 'address-forbidden'],
    ['https://example.com:10080/', 'address-forbidden'],
    ['http://127.1/', 'address-forbidden'],
    ['http://[::ffff:7f00:1]:8080/', 'address-forbidden'],
  ])('%j gives %s', (text, expected) => {
    expect(said(outboundUrl(text))).toBe(expected)
  })

  it('does not repeat credentials in its message', () => {
    expect((outboundUrl('http://user:hunter2@example.com/') as Failure).message).not.toContain('hunter2')
  })

  it('takes a literal that the operator opened, at no other port', () => {
    const open = openBlocks(['127.0.0.0/8'])
    expect(said(outboundUrl('http://127.0.0.1:8080/', open))).toBe('http://127.0.0.1:8080/')
    expect(said(outboundUrl('http://127.0.0.1:22/', open))).toBe('address-forbidden')
    expect(said(outboundUrl('http://[::1]/', open))).toBe('address-forbidden')
  })
})

it.each([
  ['http://a.example/x/y', 'z.jpg', 'http://a.example/x/z.jpg'],
  ['http://a.example/x/y', '/z.jpg?q', 'http://a.example/z.jpg?q'],
  ['http://a.example/x/y', '?q', 'http://a.example/x/y?q'],
  ['http://a.example/', '//b.example/z', 'http://b.example/z'],
  ['http://a.example/', 'https://b.example/z', 'https://b.example/z'],
  ['https://a.example/', 'http://a.example/z', 'origin-redirects'],
  ['https://a.example/', 'https://b.example/z', 'https://b.example/z'],
  ['http://a.example/', 'http:z', 'origin-redirects'],
  ['http://a.example/', '///b.example/z', 'origin-redirects'],
  ['http://a.example/', '/\\b.example/z', 'origin-redirects'],
  ['http://a.example/', '/a b', 'origin-redirects'],
  ['http://a.example/', 'file:///etc/passwd', 'origin-redirects'],
  ['http://a.example/', 'ftp://a.example/', 'origin-redirects'],
  ['http://a.example/', 'data:image/png,x', 'origin-redirects'],
  ['http://a.example/', 'http://u:p@b.example/', 'origin-redirects'],
  ['http://a.example/', '//u@b.example/', 'origin-redirects'],
  ['http://a.example/', 'http://169.254.169.254/', 'address-forbidden'],
  ['http://a.example/', '//0/', 'address-forbidden'],
  ['http://a.example/', '//a.example:25/', 'address-forbidden'],
])('from %s, %j leads to %s', (from, location, expected) => {
  expect(said(redirectUrl(new URL(from), location))).toBe(expected)
})
