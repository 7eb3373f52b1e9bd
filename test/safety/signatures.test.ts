import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dialects } from '../../src/dialects/all.ts'
import type { Order } from '../../src/dialects/dialect.ts'
import { admit } from '../../src/service/admit.ts'
import { signNative } from '../../src/sign.ts'
import { signThumbor } from '../../src/sign-thumbor.ts'
import { type Got, openServer, refusedStart, type Server } from './server.ts'

const [first, second, gone, token] = [0, 1, 2, 3].map(() => randomBytes(32).toString('hex')) as [string, string, string, string]
const target = '/i/logo.png?w=40&f=png'
const now = (): number => Math.floor(Date.now() / 1000)

/** One dialect with signatures: how it signs a target, and where the signature stands in the result. */
type Signing = {
  readonly name: string
  readonly target: string
  sign(target: string, key: string): string
  signatureIn(signed: string): string
}

const signings: readonly Signing[] = [
  { name: 'native', target, sign: (url, key) => signNative(url, key), signatureIn: (signed) => /[?&]s=([^&]+)/.exec(signed)?.[1] ?? '' },
]
/** Dialects that know no signatures: where URLs are signed, they answer none. */
const unsigned: Readonly<Record<string, string>> = { seed: '/?img=logo.png&width=40' }

let server: Server
const codeOf = ({ body }: Got): string => JSON.parse(body.toString()).code

beforeAll(async () => {
  server = await openServer({ TINTYPE_KEYS: `${first},${second}`, TINTYPE_PURGE_TOKEN: token, TINTYPE_STORE_KINDS: 'memory' }, 'samples')
})
afterAll(async () => void (await server?.stop()))

it('check 27: no dialect is a way round signatures', async () => {
  const known = [...signings.map(({ name }) => name), 'thumbor', ...Object.keys(unsigned)]
  expect(known.sort()).toEqual(dialects.map(({ name }) => name).sort())
  const unsafe = await server.get('/thumbor/unsafe/40x/logo.png')
  expect([unsafe.status, codeOf(unsafe)]).toEqual([400, 'signature-missing'])
  for (const each of [...signings.map((signing) => signing.target), ...Object.values(unsigned), '/_tintype/logo.png?w=40']) {
    const got = await server.get(each)
    expect([each, got.status, codeOf(got)]).toEqual([each, 403, 'signature-missing'])
  }
})

describe('the hash of Thumbor', () => {
  const path = '40x/drawing.png'
  const get = (hash: string, of = path): Promise<Got> => server.get(`/thumbor/${hash}/${of}`)
  const hash = (key: string, of = path): string => signThumbor(of, key).split('/')[1] ?? ''

  it('check 27: each of 160 single-bit flips is refused', { timeout: 60_000 }, async () => {
    expect((await get(hash(first))).status).toBe(200)
    expect((await get(hash(second))).status).toBe(200)
    const bytes = Buffer.from(hash(first), 'base64url')
    expect(bytes.length).toBe(20)
    for (let bit = 0; bit < 160; bit++) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const got = await get(`${flipped.toString('base64url')}=`)
      expect([bit, got.status, codeOf(got)]).toEqual([bit, 400, 'signature-wrong'])
    }
  })

  it('check 27: that of another key, picture or size is refused, and so is any other spelling', async () => {
    const right = hash(first)
    const wrong: readonly (readonly [string, string?])[] = [
      [hash(gone)],
      [right, '41x/drawing.png'],
      [right, '40x/logo.png'],
      [right, '40x/smart/drawing.png'],
      [right.replace('=', '')],
      [right.replace('=', '%3d')],
      [Buffer.from(right, 'base64url').toString('hex')],
      ['unsafe%20'],
      ['UNSAFE'],
    ]
    for (const [given, of] of wrong) expect([given, (await get(given, of)).status]).toEqual([given, 400])
    expect((await get(right.replace('=', '%3D'))).status).toBe(200)
  })
})

describe.each(signings)('the signature of the dialect $name', ({ target: url, sign, signatureIn }) => {
  it('check 27: each of 256 single-bit flips is 403', { timeout: 60_000 }, async () => {
    const signed = sign(url, first)
    const signature = signatureIn(signed)
    expect((await server.get(signed)).status).toBe(200)
    const bytes = Buffer.from(signature, 'base64url')
    expect(bytes.length).toBe(32)
    for (let bit = 0; bit < 256; bit++) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const got = await server.get(signed.replace(signature, flipped.toString('base64url')))
      expect([bit, got.status, codeOf(got)]).toEqual([bit, 403, 'signature-wrong'])
    }
  })

  it('check 27: the right one placed twice, moved, cut or written otherwise is refused', async () => {
    const signed = sign(url, first)
    const signature = signatureIn(signed)
    const last = signature.at(-1) ?? ''
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    // The last of 43 characters has two bits that mean nothing: all four spellings of it are the same bytes.
    const twin = alphabet[alphabet.indexOf(last) ^ 1] ?? ''
    const percent = (text: string): string => `%${text.charCodeAt(0).toString(16)}`
    const bare = url.split('?')
    // In a wrong place it is a word like any other, and comes back in messages; so it is that of a URL which nobody asks for.
    const stray = signatureIn(sign(`${url}&blur=9`, first))
    const forms: Readonly<Record<string, string>> = {
      twice: `${signed}&s=${signature}`,
      'twice, once wrong': `${signed}&s=${'A'.repeat(43)}`,
      'in the path': `${bare[0]}/${stray}?${bare[1]}`,
      'before the path': `/${stray}${url}`,
      'as a name': `${url}&${stray}`,
      'as another value': signed.replace(signature, `logo.png?s=${signature}`),
      'one character percent-encoded': signed.replace(signature, percent(signature[0] ?? '') + signature.slice(1)),
      'all of it percent-encoded': signed.replace(signature, [...signature].map(percent).join('')),
      'its name percent-encoded': signed.replace('s=', '%73='),
      'other bits that mean nothing': signed.replace(signature, signature.slice(0, -1) + twin),
      padded: signed.replace(signature, `${signature}=`),
      'padded, percent-encoded': signed.replace(signature, `${signature}%3D`),
      'with a blank': signed.replace(signature, `${signature}+`),
      'cut short': signed.replace(signature, signature.slice(0, -1)),
      empty: signed.replace(signature, ''),
      hexadecimal: signed.replace(signature, Buffer.from(signature, 'base64url').toString('hex')),
      'of another key': sign(url, gone),
      'of another picture': signed.replace('logo.png', 'drawing.png'),
      'of another size': signed.replace('w=40', 'w=41'),
      'with a wish more': `${signed}&blur=3`,
      'with a wish less': signed.replace('&f=png', ''),
    }
    for (const [name, form] of Object.entries(forms)) {
      const got = await server.get(form)
      // A parameter given twice, or a path that is none, is refused before signatures are looked at.
      const refused = /^twice|name|empty|another value|before/.test(name) ? [400, 403, 404] : [403]
      expect([name, refused.includes(got.status) ? 'refused' : got.status]).toEqual([name, 'refused'])
    }
    // The order of parameters means nothing, so that of the signature among them does not either.
    const [path, query = ''] = signed.split('?')
    expect((await server.get(`${path}?${query.split('&').reverse().join('&')}`)).status).toBe(200)
  })

  it('check 27: every current key is good, one that was taken away is not, and none is good for longer than it says', async () => {
    expect((await server.get(sign(url, second))).status).toBe(200)
    expect((await server.get(sign(url, gone))).status).toBe(403)
    const rotated = await openServer({ TINTYPE_KEYS: `${gone},${first}`, TINTYPE_STORE_KINDS: 'memory' }, 'samples')
    try {
      const answers = await Promise.all([gone, first, second].map((key) => rotated.get(sign(url, key))))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 403])
    } finally {
      await rotated.stop()
    }
    const late = await server.get(sign(`${url}&expires=${now() - 1}`, first))
    expect([late.status, codeOf(late), late.headers['cache-control']]).toEqual([410, 'url-expired', 'no-store'])
    const soon = sign(`${url}&expires=${now() + 600}`, first)
    expect((await server.get(soon)).status).toBe(200)
    const longer = await server.get(soon.replace(/expires=\d+/, `expires=${now() + 6000}`))
    expect([longer.status, codeOf(longer)]).toEqual([403, 'signature-wrong'])
  })
})

it('check 27: a signature takes equal time to refuse wherever it is wrong, within noise', { retry: 3 }, () => {
  const right = /s=([^&]+)/.exec(signNative(target, first))?.[1] ?? ''
  const other = (letter: string | undefined): string => (letter === 'A' ? 'B' : 'A')
  const forms = [other(right[0]) + right.slice(1), right.slice(0, -2) + other(right.at(-2)) + right.at(-1), right]
  const message = 'logo.png?f=png&w=40'
  const orders = forms.map((signature) => ({ proof: { algorithm: 'sha256', message, signature }, delivery: {} }) as unknown as Order)
  const times: number[][] = [[], [], []]
  for (let round = 0; round < 300; round++) {
    orders.forEach((order, index) => {
      const began = process.hrtime.bigint()
      for (let count = 0; count < 20; count++) admit(order, [first, second], 0)
      times[index]?.push(Number(process.hrtime.bigint() - began))
    })
  }
  const [early = 0, late = 0, good = 0] = times.map((each) => each.sort((a, b) => a - b)[150] ?? 0)
  expect(admit(orders[2] as Order, [first, second], 0)).toBeUndefined()
  expect(Math.abs(late / early - 1)).toBeLessThan(0.1)
  // A Failure is made for the wrong ones alone: that the signature was right shows in the answer anyway.
  expect(good / late).toBeLessThan(1.1)
})

/** All that a refused start says, but for the hint below each line. */
const clearLines = (log: string): string[] => log.split('\n').filter((line) => line !== '' && !line.startsWith('  '))

describe('a start with secrets that are none', () => {
  const samples = [
    '',
    ' ',
    'MY_SECURE_KEY',
    'MY_SECURE_KEY_MY_SECURE_KEY',
    'changeme-changeme-1',
    'secretsecretsecret',
    'short',
    'x'.repeat(40),
  ]
  it.each([...samples, '0123456789abcdef', `${first},MY_SECURE_KEY_12345`])(
    'check 28: TINTYPE_KEYS=%j ends with 1 and one clear line',
    async (keys) => {
      const { code, log } = await refusedStart({ TINTYPE_KEYS: keys }, 'samples')
      expect(code).toBe(1)
      expect(clearLines(log)).toEqual([expect.stringMatching(/^tintype: (?:TINTYPE_KEYS|keys): expected /)])
      if (keys.length > 4) expect(log).not.toContain(keys)
      expect(log).not.toContain(first)
    },
  )

  it.each(['', 'short', 'changeme-changeme-1'])('check 28: TINTYPE_PURGE_TOKEN=%j ends with 1 and one clear line', async (purge) => {
    const { code, log } = await refusedStart({ TINTYPE_PURGE_TOKEN: purge }, 'samples')
    expect(code).toBe(1)
    expect(clearLines(log)).toEqual([expect.stringMatching(/^tintype: (?:TINTYPE_PURGE_TOKEN|purgeToken): expected /)])
  })
})

it('check 28: nothing is purged without the token, whatever is said in its place', async () => {
  const signed = signNative(target, first)
  await server.get(signed)
  const bearer = (text: string): Record<string, string> => ({ authorization: text })
  const wrong = [{}, bearer(''), bearer('Bearer'), bearer('Bearer '), bearer(token), bearer(`Basic ${token}`), bearer(`Bearer ${token}x`)]
  const wronger = [
    bearer(`Bearer ${token.slice(0, -1)}`),
    bearer(`Bearer ${token}, Bearer ${token}`),
    { 'x-token': token },
    bearer(`Bearer ${first}`),
  ]
  for (const headers of [...wrong, ...wronger] as Record<string, string>[]) {
    const got = await server.get(signed, headers, { method: 'DELETE' })
    expect([JSON.stringify(headers).length, got.status, codeOf(got)]).toEqual([expect.any(Number), 403, 'token-wrong'])
  }
  for (const method of ['POST', 'PUT', 'PATCH']) expect((await server.get(signed, bearer(`Bearer ${token}`), { method })).status).toBe(405)
  expect((await server.get(signed)).headers['cache-status']).toContain('hit')
  const purged = await server.get(signed, bearer(`Bearer ${token}`), { method: 'DELETE' })
  expect([purged.status, JSON.parse(purged.body.toString()).purged]).toEqual([200, 1])
  const none = await openServer({ TINTYPE_STORE_KINDS: 'memory' }, 'samples')
  expect((await none.get(target, bearer('Bearer '), { method: 'DELETE' })).status).toBe(403)
  expect((await none.get(target, bearer('Bearer undefined'), { method: 'DELETE' })).status).toBe(403)
  await none.stop()
})
