import { Failure } from '../errors.ts'
import { hasToken } from './admit.ts'
import type { Ask } from './ask.ts'

/** Who may write. */
export type WritePermit = {
  /** Who has it may. */
  readonly token: string | undefined
  /** Without a token set: everybody may, from wherever. */
  readonly open: boolean
  /** Without a token set: whoever sits at this machine may. */
  readonly local: boolean
}

/** `token-wrong` for who may not write. */
export function writeRefusal({ headers }: Pick<Ask, 'headers'>, { token, open, local }: WritePermit): Failure | undefined {
  if (token !== undefined) return hasToken(headers.authorization, token) ? undefined : new Failure('token-wrong', 'Writing needs a token.')
  if (open) return undefined
  // A page of somebody else's in the browser of who sits here is not he.
  const site = headers['sec-fetch-site'] ?? 'none'
  if (local && (site === 'none' || site === 'same-origin')) return undefined
  return new Failure('token-wrong', 'Writing needs a token, and none is set.')
}
