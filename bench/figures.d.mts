export type Measure = {
  readonly median: number
  readonly lowest: number
  readonly highest: number
  readonly values: readonly number[]
}
/** By their names, as they head the columns of a table; a text says why there is no figure. */
export type Figures = Readonly<Record<string, Measure | number | string>>
/** What the median of one figure should be. */
export type Bar = { readonly figure: string } & ({ readonly atMost: number } | { readonly atLeast: number })

export function median(values: readonly number[]): number
export function measure(values: readonly number[]): Measure
export function ratio(above: readonly number[], below: readonly number[]): Measure
export function judge(figures: Figures, bar: Bar | undefined): boolean | undefined
export function random(seed: number): () => number
export function shuffle<T>(things: readonly T[], next: () => number): T[]
export function zipf(count: number, next: () => number): () => number
export function weighted(weights: Readonly<Record<string, number>>, next: () => number): () => string
