import type { Dialect } from '../dialects/dialect.ts'
import { Failure } from '../errors.ts'

/** The dialect, but that whatever is asked for is explained instead of made, in the service's own words. Signatures and their time are not looked at: no picture leaves. */
export function explaining(dialect: Dialect): Dialect {
  const { explain: _own, ...same } = dialect
  return {
    ...same,
    parse(target, words) {
      const order = dialect.parse(target, words)
      if (order === undefined || order instanceof Failure) return order
      const { proof: _proof, delivery, ...rest } = order
      const { expires: _expires, callback: _callback, ...given } = delivery
      return { ...rest, delivery: { ...given, kind: 'explain' } }
    },
  }
}
