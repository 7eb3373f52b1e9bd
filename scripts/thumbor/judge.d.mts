import type { Digest, Recorded } from './ask.d.mts'
import type { Row } from './urls.d.mts'

export type Verdict = {
  readonly faults: readonly string[]
  readonly apart?: { readonly check: string; readonly what: string; readonly why: string }
  readonly likeness?: { readonly ssim: number; readonly difference: number; readonly alpha: number }
}
export function judge(row: Row, theirs: Digest | Recorded, ours: Digest, options?: { readonly strict?: boolean }): Verdict
