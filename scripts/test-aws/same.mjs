import { createHash } from 'node:crypto'

/** Asserts that bytes are the same, and shows them by size and hash where they are not. */
export function same(assert, got, wanted, message = '') {
  const sum = (bytes) =>
    `${bytes?.length} bytes, ${createHash('sha256')
      .update(bytes ?? '')
      .digest('hex')
      .slice(0, 16)}`
  assert.equal(sum(got), sum(wanted), message)
}
