import { describe, expect, test } from 'vitest'
import { escapeControls, withoutSecrets } from './without-secrets.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64url')

describe('a target for the log', () => {
  test.each([
    ['/i/a.jpg?w=300', '/i/a.jpg?w=300'],
    ['/i/a.jpg?w=300&s=abcdef&f=webp', '/i/a.jpg?w=300&s=***&f=webp'],
    ['/i/a.jpg?s=abcdef', '/i/a.jpg?s=***'],
    ['/i/a.jpg?S=abcdef', '/i/a.jpg?S=***'],
    ['/i/a.jpg?w=3&%73=abcdef&f=webp', '/i/a.jpg?w=3&%73=***&f=webp'],
    ['/i/a.jpg?w=3&%73%49g=abcdef', '/i/a.jpg?w=3&%73%49g=***'],
    ['/i/https%3A%2F%2Fh%2Fa%3Fq%3D%41bc%26w%3D1?w=2', '/i/https%3A%2F%2Fh%2Fa%3Fq%3D%41bc%26w%3D1?w=2'],
    ['/i/a.jpg?sharpen=1&as=2&ws=3', '/i/a.jpg?sharpen=1&as=2&ws=3'],
    ['/?img=https://h/a?access_token=x9&w=1', '/?img=https://h/a?access_token=***&w=1'],
    ['/i/https%3A%2F%2Fh%2Fa%3FX-Amz-Signature%3Dabc%26w%3D1?w=2', '/i/https%3A%2F%2Fh%2Fa%3FX-Amz-Signature%3D***%26w%3D1?w=2'],
    ['/i?url=https%3A%2F%2Fh%2Fa%3Fsig%3Dabc%2526d&w=2', '/i?url=https%3A%2F%2Fh%2Fa%3Fsig%3D***%2526d&w=2'],
    ['/?img=https://me:word@host/a.jpg', '/?img=https://me:***@host/a.jpg'],
    ['/i/https%3A%2F%2Fme%3Aword%40host%2Fa.jpg', '/i/https%3A%2F%2Fme%3A***%40host%2Fa.jpg'],
    ['/i/https://host:8080/a@2x.jpg', '/i/https://host:8080/a@2x.jpg'],
    [`/i/b64:${base64('https://h/a?token=x9')}?w=7`, '/i/b64:***?w=7'],
    [`/i/b64%3A${base64('https://me:word@host/a.jpg')}`, '/i/b64%3A***'],
    [`/i/b64:${base64('https://h/a.jpg')}`, `/i/b64:${base64('https://h/a.jpg')}`],
  ])('%s becomes %s', (target, shown) => {
    expect(withoutSecrets(target)).toBe(shown)
  })

  test('cannot forge a line, steer a terminal or turn the text around', () => {
    expect(withoutSecrets('/i/a\r\nb\u001b[2Jc\u0085\u202e')).toBe('/i/a\\u000d\\u000ab\\u001b[2Jc\\u0085\\u202e')
    expect(escapeControls('Grüße, 北')).toBe('Grüße, 北')
  })

  test('is cut at 2,000 characters, and read in good time whatever it is', () => {
    expect(withoutSecrets(`/i/${'a'.repeat(9000)}`)).toHaveLength(2001)
    const began = performance.now()
    for (const unit of ['://', '%3A', ':', '?s=', '%26s', '://a:']) withoutSecrets(unit.repeat(4000))
    expect(performance.now() - began).toBeLessThan(500)
  })
})
