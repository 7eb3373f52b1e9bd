import { transform } from 'esbuild'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mostBytes, viewerRequest } from '../../infra/build-viewer-request.mjs'
import { native } from '../../src/dialects/native.ts'
import { Failure } from '../../src/errors.ts'
import { foldedPath, unfold } from '../../src/runtimes/lambda/folded.ts'
import { admit } from '../../src/service/admit.ts'
import type { Ask } from '../../src/service/ask.ts'
import { accepted, ladder } from '../../src/service/negotiate.ts'
import { nativeAliases, signNative } from '../../src/sign.ts'
import { words } from '../contracts/dialect.ts'
import { type EdgeAnswer, handlerOf, isAnswer, openEdge } from './edge.ts'

const edge = openEdge()
const key = 'the first key of this service'

/** What the edge hands on. */
async function folded(
  target: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ path: string; target: string; class: string }> {
  const made = await edge(method, target, headers)
  if (isAnswer(made)) throw new Error(`The edge answered ${made.statusCode}.`)
  expect(made.querystring).toEqual({})
  const [, wish = ''] = /\/([^/]+)\.[0-9a-f]{40}$/.exec(made.uri) ?? []
  return { path: made.uri, target: made.headers['x-tintype-target']?.value ?? '', class: wish }
}

function unfolded(path: string, target: string): Ask {
  const made = unfold({
    method: 'GET',
    target: path,
    headers: { 'x-tintype-target': target, accept: 'image/jxl' },
    signal: AbortSignal.timeout(1000),
  })
  if (made === undefined || made instanceof Failure) throw new Error(`It does not unfold: ${made?.message}`)
  return made.ask
}

async function refusedWith(target: string, of = edge, method = 'GET'): Promise<EdgeAnswer & { code: string }> {
  const made = await of(method, target)
  if (!isAnswer(made)) throw new Error(`The edge let it pass: ${made.uri}`)
  return { ...made, code: (JSON.parse(made.body.data) as { code: string }).code }
}

describe('what is shipped', () => {
  const aliases = nativeAliases()
  const both = [
    viewerRequest({ ignored: ['utm_*'], prefix: '/i' }),
    viewerRequest({ ignored: ['utm_*', 'fbclid', 'gclid', '_'], prefix: '/i', names: aliases, verify: true, kvsId: 'a'.repeat(36) }),
  ]

  it('is small enough, and refuses to be built larger', () => {
    for (const code of both) expect(Buffer.byteLength(code)).toBeLessThan(mostBytes - 500)
    expect(() => viewerRequest({ ignored: ['x'.repeat(mostBytes)], prefix: '/i' })).toThrow(/at most 10240 bytes/)
  })

  it('asks for no store of keys where it checks no signatures', () => {
    expect(both[0]).not.toMatch(/cloudfront|kvs|Hmac/)
    expect(both[1]).toContain("import cf from 'cloudfront'")
    expect(both.join('')).not.toMatch(/verify:|constants:|^\s*\/\//m)
  })

  /** ES5.1, but for what CloudFront has beside it: what else there is cannot be written for it, or is rewritten. */
  const es5 = (code: string): Promise<string> =>
    transform(code, {
      target: 'es5',
      supported: { 'const-and-let': true, arrow: true, 'template-literal': true, 'async-await': true },
      format: 'esm',
      logLevel: 'silent',
    }).then(({ code }) => code)
  const asItIs = (code: string): Promise<string> => transform(code, {}).then(({ code }) => code)
  /** Words that ES5.1 has not, or CloudFront has not; and `await` among arguments, which it takes for a mistake. */
  const alien =
    /\bnew (?:Map|Set|WeakMap|URL|TextEncoder|Intl)\b|\b(?:process|require|setTimeout|fetch|eval|Function|console|Symbol|Proxy|structuredClone)\b|\.(?:replaceAll|at|flat|flatMap|matchAll|fromEntries|hasOwn|toSorted|normalize)\(|async *\(|\([^()]*\bawait\b/

  it('stays within the JavaScript of CloudFront: ES5.1 with const, let, arrows, templates and async', async () => {
    for (const code of both) {
      expect(await es5(code)).toBe(await asItIs(code))
      expect(code).not.toMatch(alien)
    }
  })

  it.each([
    'for (const a of b) c(a)',
    'const { a } = b',
    'const [a] = b',
    'f(...a)',
    'const a = { ...b }',
    'class A {}',
    'a?.b',
    'a ?? b',
    'a ||= b',
    '(a = 1) => a',
    'try { a } catch { b }',
    'const a = { b }',
    'const a = { [b]: 1 }',
    '1n',
    '/a/s',
    'a ** b',
  ])('would see that it does not: %s', async (code) => {
    expect(await es5(code).catch(() => '')).not.toBe(await asItIs(code))
  })
})

describe('folding', () => {
  it('makes one path of equal wishes, and tells the target in a header', async () => {
    const one = await folded('/i/cats/a.jpg?w=300&f=auto&utm_source=x')
    const other = await folded('/i/cats/a.jpg?fbclid=9&f=auto&&w=300')
    expect(one).toEqual(other)
    expect(one.target).toBe('/i/cats/a.jpg?f=auto&w=300')
    expect(one.path).toMatch(/^\/i\/cats\/a\.jpg\/none\.[0-9a-f]{40}$/)
    expect(one.path).toBe(foldedPath(one.target, 'none'))
  })

  it('keeps the order of one name given twice, and names without a value', async () => {
    expect((await folded('/i/a.jpg?b=2&a=1&b=1&c')).target).toBe('/i/a.jpg?a=1&b=2&b=1&c')
  })

  it('leaves encoding as it is, and encodes what should have been', async () => {
    expect((await folded('/i/a%2Fb%20c.jpg?txt=%c3%a4+b')).target).toBe('/i/a%2Fb%20c.jpg?txt=%c3%a4+b')
    expect((await folded('/i/ä\ud800.jpg?txt=é')).target).toBe('/i/%EF%BF%BD.jpg?txt=%C3%A9')
    expect((await folded('/i/a.jpg?utm%5Fx=1&%zz=1')).target).toBe('/i/a.jpg?%zz=1')
  })

  it('lets no viewer say the target, whatever the method', async () => {
    const made = await edge('GET', '/i/a.jpg', { 'x-tintype-target': '/i/secret.jpg' })
    expect(!isAnswer(made) && made.headers['x-tintype-target']?.value).toBe('/i/a.jpg')
    const options = await edge('OPTIONS', '/i/a.jpg?b=1&a=2', { 'x-tintype-target': '/i/secret.jpg' })
    expect(options).toMatchObject({ uri: '/i/a.jpg', querystring: { a: { value: '2' } } })
    expect(!isAnswer(options) && options.headers).not.toHaveProperty('x-tintype-target')
  })

  it('answers by itself what no service would', async () => {
    expect(await refusedWith('/i/a.jpg', edge, 'DELETE')).toMatchObject({
      statusCode: 405,
      code: 'method-not-allowed',
      headers: { allow: { value: 'GET, HEAD, OPTIONS' }, 'cache-control': { value: 'no-store' } },
    })
    expect(await refusedWith(`/i/${'a'.repeat(8192)}`)).toMatchObject({ statusCode: 414, code: 'url-too-long' })
    expect((await folded(`/i/${'a'.repeat(8189)}`)).path.length).toBeLessThan(300)
  })

  const pieces = fc.stringMatching(/^[ -~äß\u{1F600}]{0,12}$/u).map((text) => text.replace(/[?#]/g, '/'))
  const headerText = fc.stringMatching(/^[a-zA-Z0-9/;=,.* +q-]{0,40}$/)
  const ranges = fc.constantFrom('image/avif', 'IMAGE/WEBP', 'image/webp', 'image/*', '*/*', 'text/html', 'image/apng', '')
  const weights = fc.constantFrom('', ';q=1', ';q=0', ';q=0.5', '; Q=0.8', ';q=abc', ';q=', ';level=1;q=0.3', '; q= .2', ';q=-1')
  const accepts = fc
    .oneof(
      fc.array(fc.tuple(ranges, weights), { maxLength: 7 }).map((all) => all.map((one) => one.join('')).join(', ')),
      headerText,
      fc.nat(1100).map((many) => `${'x'.repeat(many)},image/avif,image/webp`),
    )
    .map((accept) => (accept.length % 3 === 0 ? accept.toUpperCase() : accept))

  it('reads Accept as the service does', () =>
    fc.assert(
      fc.asyncProperty(accepts, async (accept) => {
        const formats = accepted(accept)
        const { class: wish, path, target } = await folded('/i/a.jpg', { accept })
        expect(wish).toBe(formats.length === 0 ? 'none' : formats.join('-'))
        expect(accepted(unfolded(path, target).headers.accept)).toEqual(formats)
      }),
      { numRuns: 2000 },
    ))

  it('reads an Accept of several lines', async () => {
    const lines = {
      method: 'GET',
      uri: '/i/a.jpg',
      querystring: {},
      headers: { accept: { value: 'image/webp', multiValue: [{ value: 'image/webp' }, { value: 'image/avif' }] } },
    }
    const both = await handlerOf({})({ request: lines })
    expect(!isAnswer(both) && both.uri).toContain('/avif-webp.')
  })

  it('takes hints only where the URL leaves it to them', async () => {
    const hints = { 'sec-ch-width': '500', 'sec-ch-dpr': '1.7' }
    const wishes = [
      ['/i/a.jpg?w=300', 'none'],
      ['/i/a.jpg?w=auto', 'none.w640'],
      ['/i/a.jpg?width=AUTO&dpr=auto', 'none.w640'],
      ['/i/a.jpg?w=300&dpr=auto', 'none.d2'],
    ] as const
    for (const [target, wish] of wishes) expect((await folded(target, hints)).class).toBe(wish)
    expect((await folded('/i/a.jpg?w=auto&dpr=auto', { dpr: '9' })).class).toBe('none.d3')
    expect((await folded('/i/a.jpg?dpr=auto')).class).toBe('none.d1')
    expect((await folded('/i/a.jpg?w=auto', { width: '99999' })).class).toBe('none.w3840')
    expect((await folded('/i/a.jpg?w=auto', { 'sec-ch-width': 'wide', width: '400' })).class).toBe('none')
  })

  it('says to the service what the viewer has said', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5000 }), fc.float({ min: 0.5, max: 5, noNaN: true }), async (width, dpr) => {
        const wide = await folded('/i/a.jpg?w=auto', { 'sec-ch-width': String(width) })
        const rung = ladder.find((each) => each >= width) ?? 3840
        expect(unfolded(wide.path, wide.target).headers).toMatchObject({ 'sec-ch-width': String(rung) })
        const dense = await folded('/i/a.jpg?dpr=auto', { 'sec-ch-dpr': dpr.toFixed(2) })
        const rounded = Math.min(3, Math.max(1, Math.ceil(Number(dpr.toFixed(2)) * 2) / 2))
        expect(unfolded(dense.path, dense.target).headers).toMatchObject({ 'sec-ch-dpr': String(rounded) })
      }),
    ))

  it('agrees with the function behind it to the letter, whatever is asked', () =>
    fc.assert(
      fc.asyncProperty(fc.array(pieces), fc.array(fc.tuple(pieces, pieces)), accepts, async (path, query, accept) => {
        const pairs = query.map(([name, value]) => `${name}=${value}`.replace(/&/g, '')).join('&')
        const made = await folded(`/${path.join('/')}?${pairs}`, { accept })
        expect(made.path).toBe(foldedPath(made.target, made.class))
        expect(made.path).toMatch(/^\/[\w.~/-]{1,260}$/)
        expect(made.path).not.toMatch(/\/\/|\/\.|\/$/)
        expect(made.target).toMatch(/^[\x21-\x7e]*$/)
        expect(unfolded(made.path, made.target).target).toBe(made.target)
        // What is folded already folds into itself.
        expect((await folded(made.target, { accept })).path).toBe(made.path)
      }),
      { numRuns: 1000 },
    ))
})

describe('checking signatures', () => {
  const now = 1_800_000_000
  const checked = { verify: true, names: nativeAliases(), now: () => now }
  const strict = openEdge({ ...checked, keys: `another key than that one, ${key}\n` })

  /** Does the service let it in? */
  function admitted(target: string): boolean {
    const order = native.parse(target, words)
    if (order === undefined || order instanceof Failure) return false
    return admit(order, [key], now * 1000) === undefined
  }

  async function passes(target: string): Promise<boolean> {
    const made = await strict('GET', target)
    if (isAnswer(made)) expect([403, 410]).toContain(made.statusCode)
    return !isAnswer(made)
  }

  /** Wishes in many spellings: each of them is one or more ways to say something. */
  const spellings: Readonly<Record<string, readonly string[]>> = {
    w: ['300', '0300', '.5', '50%', 'auto'],
    width: ['20'],
    h: ['0.25', '80'],
    fit: ['cover', 'contain', 'COVER', 'scale-down'],
    ar: ['16:9', '32:18', '1.50'],
    dpr: ['2.0', '1', 'auto'],
    g: ['0.2x0.7', 'northwest', 'auto', 'center'],
    gravity: ['top'],
    crop: ['1,2,30,40', '0,0,.50,100%'],
    rotate: ['-270', '12.50', '360'],
    bg: ['ff000080', 'red', 'auto'],
    pad: ['5,5', '1,2,1,2', '0'],
    border: ['4,red'],
    f: ['jpg', 'auto', 'webp', 'TIF'],
    fm: ['png'],
    quality: ['050', '80'],
    bytes: ['20k', '1M'],
    progressive: ['', 'off'],
    chroma: ['4:2:0'],
    mark: ['logo%20a.png', 'HTTPS:/host/m.png?a=b%26c', 'b64:bG9nby5wbmc'],
    'mark-x': ['-05'],
    txt: ['Hello+w%C3%B6rld', "it's (all) 100%25 *! ~", 'a%2Cb%3Ac/d%3F%23', '%F0%9F%98%80'],
    'txt-color': ['white', 'F00'],
    blur: ['8', '8.0'],
    sepia: ['', '1'],
    preset: ['thumb', 'card'],
    dl: ['', 'b%C3%A4r.jpg'],
    v: ['1.0~a:b'],
    utm_source: ['x'],
    expires: ['1900000000', String(now + 1)],
  }
  const pairs = fc
    .uniqueArray(fc.constantFrom(...Object.keys(spellings)), { maxLength: 8 })
    .chain((names) => fc.tuple(...names.map((name) => fc.constantFrom(...(spellings[name] ?? [])).map((value) => `${name}=${value}`))))
  const keys = fc.oneof(
    fc.constantFrom(
      'a.jpg',
      'cats/a%20b+c.jpg',
      '/a//b.jpg',
      'photos:a.jpg',
      'b64:aHR0cHM6Ly9oL2E',
      'https%3A%2F%2Fh%2Fa.jpg%3Fv%3D2',
      '..%2Fa',
    ),
    fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).map((text) => encodeURIComponent(text.toWellFormed())),
  )

  it('lets in what is signed and canonical, as the service does, and nothing that was touched', async () => {
    let signedOnes = 0
    await fc.assert(
      fc.asyncProperty(keys, pairs, fc.nat(), fc.constantFrom(...'aZ09-_=&%.,b'), async (name, query, at, sign) => {
        let url: string
        try {
          url = signNative(`/i/${name}?${query.join('&')}`, key, { canonical: true, ignored: words.ignored })
        } catch (thrown) {
          if (thrown instanceof Failure) return
          throw thrown
        }
        if (native.parse(url, words) instanceof Failure) return
        signedOnes += 1
        expect([url, admitted(url), await passes(url)]).toEqual([url, true, true])
        const [path = '', said = ''] = url.split(/\?(.*)/s)
        const reordered = `${path}?utm_medium=y&${said.split('&').reverse().join('&')}`
        expect([reordered, await passes(reordered)]).toEqual([reordered, true])
        // Below /i/, some sign is another: neither lets it in, unless it means the same to both.
        const place = 3 + (at % (url.length - 3))
        const touched = url.slice(0, place) + sign + url.slice(place + 1)
        if (touched !== url && (await passes(touched))) expect([touched, admitted(touched)]).toEqual([touched, true])
      }),
      { numRuns: 3000 },
    )
    expect(signedOnes).toBeGreaterThan(500)
  }, 60_000)

  it('says what is wrong as the service does', async () => {
    const url = signNative('/i/a.jpg?w=300', key, { canonical: true })
    const cases = [
      ['/i/a.jpg?w=300', 403, 'signature-missing'],
      [url.replace('300', '301'), 403, 'signature-wrong'],
      [`${url.slice(0, -1)}${url.endsWith('A') ? 'B' : 'A'}`, 403, 'signature-wrong'],
      [`${url}&s=x`, 403, 'signature-wrong'],
      [`${url}&url=b.jpg`, 403, 'signature-wrong'],
      [url.replace('/i/', '/_tintype/').replace('a.jpg', 'b.jpg'), 403, 'signature-wrong'],
      [`/i?url=a.jpg&s=${url.slice(-43)}`, 403, 'signature-wrong'],
      [signNative('/i/a.jpg', key, { canonical: true, expires: now }), 410, 'url-expired'],
      [signNative('/i/a.jpg', 'a key of somebody else', { canonical: true }), 403, 'signature-wrong'],
    ] as const
    for (const [target, status, code] of cases) {
      expect([target, await refusedWith(target, strict)]).toMatchObject([target, { statusCode: status, code }])
      expect(admitted(target)).toBe(false)
    }
    expect(await passes(url.replace('/i/', '/_tintype/'))).toBe(true)
    expect(await passes(signNative('/i/a.jpg', key, { canonical: true, expires: now + 1 }))).toBe(true)
  })

  it('lets fixed pages pass, which nobody signs', async () => {
    expect(await passes('/health')).toBe(true)
    expect(await passes('/ix/a.jpg')).toBe(true)
  })

  it('lets nobody in while it has no keys', async () => {
    const url = signNative('/i/a.jpg', key, { canonical: true })
    for (const keys of [{}, { keys: '' }]) {
      expect(await refusedWith(url, openEdge({ ...checked, ...keys }))).toMatchObject({ statusCode: 503, code: 'overloaded' })
    }
    expect(await refusedWith(signNative('/i/a.jpg', ' '), openEdge({ ...checked, keys: ',' }))).toMatchObject({ statusCode: 403 })
  })
})
