import type { Print, Seen } from './look.d.mts'

export type Digest = {
  readonly status: number
  readonly type?: string | undefined
  readonly width?: number
  readonly height?: number
  readonly pages?: number
  readonly bytes?: number
  readonly age?: number
  readonly unread?: string
  readonly meta?: unknown
  readonly picture?: Seen
}
export type Answered = { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly body: Buffer }
export type Recorded = Omit<Digest, 'picture'> & Partial<Print>
export function ask(base: string, path: string, seconds?: number): Promise<Answered>
export function digest(answered: Answered): Promise<Digest>
export function recorded(found: Digest): Recorded
