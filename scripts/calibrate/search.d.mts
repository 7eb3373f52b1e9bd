export function lowestThat(
  reaches: (quality: number) => Promise<boolean>,
  options: { readonly guess: number; readonly lowest?: number; readonly highest?: number },
): Promise<number>

export type Tried = { readonly bytes: number; readonly likeness: number }
export function bytesAt(wanted: number, below: Tried, above: Tried): number
