import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type Delivery, type Order, type Proof, plainDelivery } from '../dialects/dialect.ts'
import { recipe } from '../recipe/recipe.ts'
import { admit, hasToken } from './admit.ts'

const [first, second] = ['the first key of all', 'the second key of all'] as const
const message = 'cat.jpg?w=300'
const now = 1_700_000_000_000

const signatureOf = (key: string, algorithm: Proof['algorithm'] = 'sha256'): string =>
  createHmac(algorithm, key).update(message).digest('base64url')

function order(signature: string | undefined, delivery: Partial<Delivery> = {}, algorithm: Proof['algorithm'] = 'sha256'): Order {
  const proof = { algorithm, message, ...(signature === undefined ? {} : { signature }) }
  return { key: 'cat.jpg', recipe: recipe([]), delivery: { ...plainDelivery, ...delivery }, proof }
}

/** The code of a refusal. */
const code = (given: Order, keys: readonly string[] = [first], at = now): string | undefined => admit(given, keys, at)?.code

describe('a signature', () => {
  test('of any key counts, so that keys can be changed', () => {
    expect(code(order(signatureOf(first)))).toBeUndefined()
    expect(code(order(signatureOf(second)))).toBe('signature-wrong')
    expect(code(order(signatureOf(second)), [first, second])).toBeUndefined()
    expect(code(order(signatureOf(first)), [first, second])).toBeUndefined()
    expect(code(order(signatureOf(first)), [second])).toBe('signature-wrong')
    expect(code(order(signatureOf(first, 'sha1'), {}, 'sha1'))).toBeUndefined()
    expect(code(order(signatureOf(first, 'sha1')))).toBe('signature-wrong')
  })

  test('with any of its 256 bits flipped is wrong', () => {
    const right = Buffer.from(signatureOf(first), 'base64url')
    expect(right).toHaveLength(32)
    for (let bit = 0; bit < 256; bit++) {
      const wrong = Buffer.from(right)
      wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(code(order(wrong.toString('base64url')))).toBe('signature-wrong')
    }
  })

  test('in any other spelling is wrong', () => {
    const right = signatureOf(first)
    const last = right.slice(-1)
    const twin = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const spare = twin[twin.indexOf(last) ^ 1] ?? '' // decodes to the same bytes
    const other = String.fromCharCode(right.charCodeAt(0) + 0x100) // the same when cut to one byte
    const spellings = [
      `${right}=`,
      right.slice(0, -1),
      '',
      ` ${right}`,
      right.toUpperCase(),
      right.slice(0, -1) + spare,
      other + right.slice(1),
    ]
    for (const spelling of spellings) expect([spelling, code(order(spelling))]).toEqual([spelling, 'signature-wrong'])
  })

  test('must be there when there are keys, and must not when there are none', () => {
    expect(code(order(undefined))).toBe('signature-missing')
    expect(code(order(undefined), [])).toBeUndefined()
    expect(code(order('anything'), [])).toBe('signature-unused')
  })

  test('over any text that may have been signed counts', () => {
    const over = (alternatives: readonly string[]): string | undefined => {
      const given = order(signatureOf(first))
      return code({ ...given, proof: { algorithm: 'sha256', message: 'another', alternatives, signature: signatureOf(first) } })
    }
    expect(over([])).toBe('signature-wrong')
    expect(over(['a third', message])).toBeUndefined()
    expect(over(['a third', message.toUpperCase()])).toBe('signature-wrong')
  })

  test('has padding where the dialect has it, and only there', () => {
    const padded = (algorithm: Proof['algorithm'], signature: string): string | undefined =>
      code({ ...order(undefined), proof: { algorithm, message, digest: 'base64url-padded', signature } })
    expect(padded('sha1', `${signatureOf(first, 'sha1')}=`)).toBeUndefined()
    expect(padded('sha1', signatureOf(first, 'sha1'))).toBe('signature-wrong')
    expect(padded('sha1', `${signatureOf(first, 'sha1')}==`)).toBe('signature-wrong')
    expect(padded('sha256', `${signatureOf(first)}=`)).toBeUndefined()
  })

  test("of a dialect's own key counts in that dialect, beside those of the house", () => {
    const own = (signature: string | undefined, keys: readonly string[]): string | undefined =>
      code(
        { ...order(undefined), proof: { algorithm: 'sha256', message, keys: [second], ...(signature === undefined ? {} : { signature }) } },
        keys,
      )
    expect(own(signatureOf(second), [first])).toBeUndefined()
    expect(own(signatureOf(first), [first])).toBeUndefined()
    expect(own(signatureOf(second), [])).toBeUndefined()
    expect(own(signatureOf(first), [])).toBe('signature-wrong')
    expect(own(undefined, [])).toBe('signature-missing')
    expect(code(order(signatureOf(second)))).toBe('signature-wrong')
  })

  test('is missing from a dialect that has none', () => {
    const { proof: _proof, ...unsigned } = order(undefined)
    expect(code(unsigned)).toBe('signature-missing')
    expect(code(unsigned, [])).toBeUndefined()
  })
})

describe('an expiry', () => {
  test('holds to the second, in a signed URL', () => {
    const expiring = order(signatureOf(first), { expires: now / 1000 + 5 })
    expect(code(expiring)).toBeUndefined()
    expect(code(expiring, [first], now + 4999)).toBeUndefined()
    expect(code(expiring, [first], now + 5000)).toBe('url-expired')
  })

  test('means nothing in an unsigned one', () => {
    expect(code(order(undefined, { expires: now / 1000 + 5 }), [])).toBe('expires-unsigned')
    expect(code(order(undefined, { expires: now / 1000 + 5 }))).toBe('signature-missing')
  })

  test('of a wrong signature tells nothing', () => expect(code(order('wrong', { expires: 1 }))).toBe('signature-wrong'))
})

test.each([
  ['Bearer the token', 'the token', true],
  ['Bearer the token ', 'the token', false],
  ['bearer the token', 'the token', false],
  ['the token', 'the token', false],
  ['Bearer ', '', true],
  ['Bearer undefined', undefined, false],
  [undefined, 'the token', false],
  [undefined, undefined, false],
])('%j for %j: %s', (header, token, right) => expect(hasToken(header, token)).toBe(right))
