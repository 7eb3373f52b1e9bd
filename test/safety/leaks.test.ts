import { describe, expect, it } from 'vitest'
import { leaksIn, type Seen } from './leaks.ts'
import { openServer } from './server.ts'

const sweep = (text: string, sent: readonly string[] = [], kind: Seen['kind'] = 'text'): readonly string[] =>
  leaksIn({
    seen: [{ where: 'a body', text, kind }],
    sent,
    concealed: ['imgproxy-signature'],
    settings: { TINTYPE_KEYS: 'f3A9-kq81-ZZp0-77mw', TINTYPE_SOURCE_HTTP_HEADERS: 'Authorization: Bearer abcdef123456' },
    root: '/data/tintype/',
    cache: '/tmp/tintype-safety-x',
    port: 4711,
  })

describe('what no stranger may see', () => {
  it.each([
    'ENOENT: open /etc/hostname',
    'in /data/tintype/src/errors.ts',
    '{"stack":"Error: x\\n    at get (file:///a/b.js:10:12)"}',
    'at async /a/b.js:10:12',
    'connect ECONNREFUSED 10.1.2.3:80',
    'connect 127.0.0.1:80',
    'http://[fd00::1]/',
    'f3A9-kq81-ZZp0-77mw',
    'Bearer abcdef123456',
    'imgproxy-signature',
  ])('check 40: is found in %j', (text) => expect(sweep(text)).toHaveLength(1))

  it.each(['The host example.com is not at a public address.', 'at /i/cat.jpg', '110.0.0.1 and 1.10.0.0.1', 'http://127.0.0.1:4711/'])(
    'check 40: is not found in %j',
    (text) => expect(sweep(text)).toEqual([]),
  )

  it('check 40: may come back to whoever sent it, unless it is a secret', () => {
    expect(sweep('got "/etc/hostname" of 10.0.0.1', ['/i/%2fetc/hostname', '/i/http%3A%2F%2F10.0.0.1%2F'])).toEqual([])
    expect(sweep('s=0123456789abcdef0123', ['/i/a.jpg?w=1&s=0123456789abcdef0123'])).toHaveLength(1)
    expect(sweep('/tmp/tintype-safety-x', [], 'picture')).toHaveLength(1)
  })

  it('check 40: is sought in all that comes from a server, when it stops', async () => {
    const server = await openServer({}, 'test/golden')
    const { status } = await server.get('/i/no-such.jpg?w=20')
    expect(status).toBe(404)
    server.conceal('no-such')
    await expect(server.stop()).rejects.toThrow('a secret')
  })
})
