import type { Asked } from './caller.ts'

/** Names to values, as events have them: absent, `null`, or with values that are absent. */
export type ValueMap = Readonly<Record<string, string | null | undefined>> | null | undefined
export type ListMap = Readonly<Record<string, readonly string[] | null | undefined>> | null | undefined

/** The pairs of a request in order. Where both maps are there, that with lists says more: a plain one has the last value of each name alone. */
export function pairsOf(lists: ListMap, values: ValueMap): readonly (readonly [name: string, value: string])[] {
  if (lists !== null && lists !== undefined) {
    return Object.entries(lists).flatMap(([name, all]) => (all ?? []).map((value) => [name, value] as const))
  }
  return Object.entries(values ?? {}).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []))
}

/** Headers with names in lower case, those that repeat joined; names that differ by case alone are one. */
export function headersOf(pairs: Iterable<readonly [name: string, value: string]>): Asked['headers'] {
  const joined = new Map<string, string>()
  for (const [given, value] of pairs) {
    const name = given.toLowerCase()
    const before = joined.get(name)
    joined.set(name, before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`)
  }
  return Object.fromEntries(joined)
}
