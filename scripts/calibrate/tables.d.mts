/** A setting beside the default: bytes and time as shares of the default's. */
export type Row = {
  readonly name: string
  readonly size: number
  readonly sizes: readonly [least: number, most: number]
  readonly time: number
  readonly bytes: number
  readonly cpuMs: number
  readonly quality: number | undefined
  readonly likeness: number
  readonly colour: number
}
export const near: number
/** The default is the first of `rows`. */
export function trialTable(trial: { readonly look?: boolean }, rows: readonly Row[]): string
export function verdict(rows: readonly Row[]): string
