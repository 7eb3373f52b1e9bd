import type { Digest, Recorded } from './ask.d.mts'
import type { Row } from './urls.d.mts'

export type Difference = {
  readonly feature?: string
  readonly path?: RegExp
  readonly original?: RegExp
  readonly thumbor?: (theirs: Digest | Recorded) => boolean
  readonly check: 'likeness' | 'fingerprint' | 'size' | 'status' | 'refused' | 'answered'
  readonly what: string
  readonly why: string
}
export const differences: readonly Difference[]
export function differenceOf(row: Row, theirs: Digest | Recorded): Difference | undefined
