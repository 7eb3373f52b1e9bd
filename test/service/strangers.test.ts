import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nativeMessage } from '../../src/dialects/native.ts'
import { filters } from '../../src/filters/all.ts'
import { key, openStage, type Stage } from './stage.ts'

const words = { filters, presets: { thumb: 'w=20' }, presetsOnly: false, ignored: [], prefix: '/i' }

function sign(target: string, by = key): string {
  const message = nativeMessage(target, words)
  if (typeof message !== 'string') throw new Error('no native URL')
  return `${target}${target.includes('?') ? '&' : '?'}s=${createHmac('sha256', by).update(message).digest('base64url')}`
}

async function opened(wishes: Parameters<typeof openStage>[0] = {}): Promise<Stage> {
  const stage = await openStage(wishes)
  stage.source.put('cat.jpg', 'one')
  return stage
}

const codeOf = ({ text }: { text: string }): string => JSON.parse(text).code

describe('signatures', () => {
  test('are needed wherever there are keys, in every dialect', async () => {
    const { ask, source } = await opened({ access: { keys: [key] } })
    expect((await ask(sign('/i/cat.jpg?w=20'))).status).toBe(200)
    const before = source.asked.length
    for (const target of ['/i/cat.jpg?w=21', '/?img=cat.jpg', '/i/cat.jpg?f=json', '/i/cat.jpg?f=original', '/_tintype/cat.jpg']) {
      const answer = await ask(target)
      expect([target, answer.status, codeOf(answer)]).toEqual([target, 403, 'signature-missing'])
    }
    expect(source.asked.length).toBe(before)
    for (const target of ['/health', '/ready', '/errors', '/formats']) expect((await ask(target)).status).toBe(200)
  })

  test('hold for what was signed alone', async () => {
    const { ask } = await opened({ access: { keys: [key, 'the next key of this service'] } })
    const signed = sign('/i/cat.jpg?w=20')
    expect(codeOf(await ask(signed.replace('w=20', 'w=21')))).toBe('signature-wrong')
    expect(codeOf(await ask(`${signed}&blur=3`))).toBe('signature-wrong')
    expect(codeOf(await ask(signed.replace('cat', 'dog')))).toBe('signature-wrong')
    expect(codeOf(await ask(sign('/i/cat.jpg?w=20', 'a key of somebody else')))).toBe('signature-wrong')
    expect((await ask(sign('/i/cat.jpg?w=20', 'the next key of this service'))).status).toBe(200)
    const [path, query = ''] = signed.split('?')
    expect((await ask(`${path}?${query.split('&').reverse().join('&')}`)).status).toBe(200)
  })

  test('expire', async () => {
    const { ask, clock } = await opened({ access: { keys: [key] } })
    const target = sign(`/i/cat.jpg?expires=${clock.seconds + 10}`)
    expect((await ask(target)).headers['cache-control']).toBe('public, max-age=10, must-revalidate') // no cache keeps it longer
    clock.seconds += 4
    expect((await ask(target)).headers['cache-control']).toBe('public, max-age=6, must-revalidate')
    clock.seconds += 6
    const late = await ask(target)
    expect([late.status, codeOf(late), late.headers['cache-control']]).toEqual([410, 'url-expired', 'no-store'])
  })

  test('mean nothing where there are no keys, and that is said', async () => {
    const { ask } = await opened()
    expect(codeOf(await ask('/i/cat.jpg?s=abc'))).toBe('signature-unused')
    expect(codeOf(await ask('/i/cat.jpg?expires=2000000000'))).toBe('expires-unsigned')
  })
})

test('presets only: nothing beside a preset, in no dialect', async () => {
  const { ask } = await opened({ access: { presetsOnly: true }, words: { presets: { thumb: 'w=20' } } })
  expect((await ask('/i/cat.jpg?preset=thumb')).status).toBe(200)
  for (const target of ['/i/cat.jpg', '/i/cat.jpg?w=20', '/i/cat.jpg?preset=thumb&w=20', '/i/cat.jpg?f=json', '/?img=cat.jpg&width=3'])
    expect([target, codeOf(await ask(target))]).toEqual([target, 'presets-only'])
})

describe('a limit for each client', () => {
  const from = (client: string) => ({ client })

  test('counts each request once, hits at hand and misses alike, and never the checks', async () => {
    const { ask, service, clock, log } = await opened({ rate: { perSecond: 1, burst: 4 } })
    const first = from('192.0.2.1')
    expect((await ask('/i/cat.jpg?w=20', {}, first)).status).toBe(200) // a miss
    const hit = { method: 'GET', target: '/i/cat.jpg?w=20', headers: {}, ...first }
    expect(service.atHand(hit)?.status).toBe(200)
    expect((await ask('/i/cat.jpg?w=wide', {}, first)).status).toBe(400)
    // A runtime asks for what is at hand before it asks for all.
    expect(service.atHand({ ...hit, target: '/i/cat.jpg?w=21' })).toBeUndefined()
    expect((await ask('/i/cat.jpg?w=21', {}, first)).status).toBe(200)
    expect(service.atHand(hit)).toBeUndefined()
    const limited = await ask('/i/cat.jpg?w=20', {}, first)
    expect([limited.status, codeOf(limited), limited.headers['retry-after'], limited.headers['cache-control']]).toEqual([
      ...[429, 'rate-limited', '1', 'no-store'],
    ])
    expect(log.at(-1)).toMatchObject({ status: 429, code: 'rate-limited', client: '192.0.2.1' })
    for (const target of ['/health', '/ready']) expect((await ask(target, {}, first)).status).toBe(200)
    expect((await ask('/i/cat.jpg?w=20', {}, from('192.0.2.2'))).status).toBe(200)
    expect((await ask('/i/cat.jpg?w=20')).status).toBe(200) // nobody says who asks
    clock.seconds += 1
    expect(service.atHand(hit)?.status).toBe(200)
    expect((await ask('/i/cat.jpg?w=20', {}, first)).status).toBe(429)
  })

  test('is none unless it is set', async () => {
    const { ask } = await opened()
    for (let count = 0; count < 300; count++) expect((await ask('/i/cat.jpg?w=20', {}, from('192.0.2.1'))).status).toBe(200)
  })
})

describe('methods and targets', () => {
  test('OPTIONS answers a preflight', async () => {
    const { ask } = await opened()
    const answer = await ask('/i/cat.jpg', { origin: 'https://a.example' }, { method: 'OPTIONS' })
    expect([answer.status, answer.body]).toEqual([204, undefined])
    expect(answer.headers).toMatchObject({
      allow: 'GET, HEAD, OPTIONS',
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
    })
  })

  test.each(['POST', 'PUT', 'PATCH', 'TRACE', 'CONNECT', 'get', 'BREW'])('%s is not allowed', async (method) => {
    const { ask } = await opened()
    const answer = await ask('/i/cat.jpg', {}, { method })
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS'])
  })

  test('a target that is too long is 414, one that leads nowhere 404', async () => {
    const { ask } = await opened()
    expect((await ask(`/i/${'a'.repeat(8190)}`)).status).toBe(414)
    for (const target of ['/x', '/', '/metrics', '//', '/health/x', '/I/cat.jpg', 'http://a.example/i/cat.jpg', '*', ''])
      expect([target, (await ask(target)).status]).toEqual([target, 404])
    expect((await ask('/health', {}, { method: 'DELETE' })).status).toBe(404)
  })

  test('what is wrong is told as problem details, or as text to who wants it', async () => {
    const { ask } = await opened()
    const json = await ask('/i/cat.jpg?widht=3')
    expect(json.headers).toMatchObject({ 'content-type': 'application/problem+json', vary: 'Accept', 'cache-control': 'no-store' })
    expect(JSON.parse(json.text)).toMatchObject({
      type: '/errors#parameter-unknown',
      status: 400,
      code: 'parameter-unknown',
      parameter: 'widht',
      nearest: 'width',
      request: json.headers['x-request-id'],
    })
    const text = await ask('/i/cat.jpg?widht=3', { accept: 'text/html,*/*;q=0.8' })
    expect([text.headers['content-type'], text.text.includes('parameter-unknown')]).toEqual(['text/plain; charset=utf-8', true])
  })

  test('the pages say what they are for', async () => {
    const { ask, log } = await opened({ parts: { metrics: async () => ({ type: 'text/plain; version=0.0.4', text: 'up 1\n' }) } })
    expect((await ask('/metrics')).text).toBe('up 1\n')
    expect(JSON.parse((await ask('/formats')).text)).toMatchObject({ read: ['png'] })
    expect(JSON.parse((await ask('/errors')).text)).toHaveProperty('overloaded')
    expect((await ask('/errors', { accept: 'text/html' })).text).toContain('id="overloaded"')
    expect((await ask('/health?probe=1')).text).toBe('ok\n')
    expect(log.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })
})

describe('whatever is asked', () => {
  const piece = fc.constantFrom(
    ...[
      '/i/',
      '/i',
      '/',
      '?',
      '&',
      '=',
      '%',
      '%2e%2e/',
      '../',
      '\\',
      '%00',
      '%ff',
      '%2F',
      'b64:',
      'photos:',
      'http://',
      'https:/',
      '#',
      ';',
    ],
    ...[
      'cat.jpg',
      'w=',
      'h=0',
      'f=json',
      'f=original',
      'crop=',
      'mark=cat.jpg',
      'txt=',
      'txt64=',
      'g=',
      'bg=',
      'default=',
      'onerror=picture',
    ],
    ...[
      'onerror=redirect',
      'preset=',
      'dl=',
      's=',
      'expires=1',
      '-1',
      '1e9',
      '0.5',
      'NaN',
      'auto',
      '__proto__',
      'constructor',
      'ü',
      '\u0000',
      '\r\n',
    ],
  )
  const strange = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ maxLength: 60 }).map((text) => `/i/${text}`),
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 12 }).map((pieces) => `/i/cat.jpg?${pieces.join('')}`),
  )
  const header = fc.string({ unit: 'binary', maxLength: 40 })
  const headers = fc.record(
    { accept: header, 'if-none-match': header, 'if-modified-since': header, dpr: header, width: header, authorization: header },
    { requiredKeys: [] },
  )
  const method = fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'DELETE', 'POST')

  test('the answer is one, is whole, and is no fault of ours', async () => {
    const { service, log } = await opened({ access: { purgeToken: 'a token that nobody guesses' } })
    const { signal } = new AbortController()
    await fc.assert(
      fc.asyncProperty(strange, headers, method, async (target, given, method) => {
        const { status, headers, body } = await service.handle({ method, target, headers: given as Record<string, string>, signal })
        expect(status).toBeGreaterThanOrEqual(200)
        expect(status).toBeLessThan(500)
        if (body !== undefined) expect(headers['content-length']).toBe(String(body.length))
        // What node:http would refuse to send.
        for (const value of Object.values(headers)) expect(value).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/)
      }),
      { numRuns: 3000 },
    )
    expect(log.length).toBeGreaterThanOrEqual(3000)
    expect(log.filter(({ code }) => code === 'internal')).toEqual([])
  })
})
