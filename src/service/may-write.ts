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

/** The origins of pages that this machine itself serves. */
const here = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/

/** `token-wrong` for who may not write. */
export function writeRefusal({ headers }: Pick<Ask, 'headers'>, { token, open, local }: WritePermit): Failure | undefined {
  if (token !== undefined) return hasToken(headers.authorization, token) ? undefined : new Failure('token-wrong', 'Writing needs a token.')
  if (open) return undefined
  // A page of somebody else's in the browser of who sits here is not he; nor is one whose name was made to lead here.
  const { origin = '', 'sec-fetch-site': site = 'none' } = headers
  if (local && (site === 'none' || site === 'same-origin') && (origin === '' || here.test(origin))) return undefined
  return new Failure('token-wrong', 'Writing needs a token, and none is set.')
}
