/** The fields that have a value. A plain loop: this runs several times for every URL. */
export function defined<T extends Readonly<Record<string, unknown>>>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {}
  for (const name in given) if (given[name] !== undefined) kept[name] = given[name] as Exclude<T[typeof name], undefined>
  return kept
}
