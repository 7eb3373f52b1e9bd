export type Point = { readonly size: number; readonly time: number }
export function median(values: readonly number[]): number
export function geometricMean(values: readonly number[]): number
export function behind(point: Point, all: readonly Point[]): number
