const units: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 }

/** The number in `250`, `0.5`, `200k` or `10M`; `undefined` when it is none, or below 0. */
export function readAmount(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,15}(?:\.\d{1,15})?)([kmg]?)$/i.exec(text) ?? []
  return digits === undefined ? undefined : Number(digits) * (units[unit.toLowerCase()] ?? Number.NaN)
}
