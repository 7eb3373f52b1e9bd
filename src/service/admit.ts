import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Order, Proof } from '../dialects/dialect.ts'
import { Failure } from '../errors.ts'

/**
 * May this order be carried out? Checks its signature against every key, and its expiry.
 * @param houseKeys  Those that count in every dialect; one may have some of its own beside them. None at all: URLs are not signed here.
 * @param now        Milliseconds since 1970.
 */
export function admit(order: Order, houseKeys: readonly string[], now: number): Failure | undefined {
  const { proof, delivery } = order
  const keys = [...houseKeys, ...(proof?.keys ?? [])]
  if (keys.length === 0 && proof?.signature !== undefined) {
    return new Failure('signature-unused', 's: this service checks no signatures.', { parameter: 's' })
  }
  if (keys.length > 0 && !(proof?.optional === true && proof.signature === undefined)) {
    // A dialect that knows no signatures must not be a way round those of the others.
    if (proof?.signature === undefined) return new Failure('signature-missing', 'The URL is not signed.', { parameter: 's' })
    if (!isSigned(proof, proof.signature, keys))
      return new Failure('signature-wrong', 'The signature does not belong to this URL.', { parameter: 's' })
  }
  if (delivery.expires === undefined) return undefined
  if (keys.length === 0) return new Failure('expires-unsigned', 'expires: counts only in a signed URL.', { parameter: 'expires' })
  return now >= delivery.expires * 1000 ? new Failure('url-expired', 'The URL has expired.', { parameter: 'expires' }) : undefined
}

/** Compares with every key and every text that may have been signed, in a time that tells nothing of any. */
function isSigned({ algorithm, message, alternatives = [], digest }: Proof, signature: string, keys: readonly string[]): boolean {
  const given = Buffer.from(signature)
  let found = false
  for (const key of keys) {
    for (const text of [message, ...alternatives]) {
      const plain = createHmac(algorithm, key).update(text, 'utf8').digest('base64url')
      const right = Buffer.from(digest === 'base64url-padded' ? plain.padEnd(Math.ceil(plain.length / 4) * 4, '=') : plain)
      if (given.length === right.length && timingSafeEqual(given, right)) found = true
    }
  }
  return found
}

/** Is this the token that purging needs? False when none is set. */
export function hasToken(authorization: string | undefined, token: string | undefined): boolean {
  if (token === undefined || authorization === undefined) return false
  const digest = (text: string): Buffer => createHmac('sha256', 'token').update(text).digest()
  return timingSafeEqual(digest(authorization), digest(`Bearer ${token}`))
}
