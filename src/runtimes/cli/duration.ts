const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Seconds of `90s`, `15m`, `1h`, `7d`, `2w`, or of a plain number of seconds; `undefined` when it is none of them, or nothing. */
export function readDuration(text: string): number | undefined {
  const [, digits, unit = 's'] = /^(\d{1,9})([smhdw]?)$/.exec(text) ?? []
  const seconds = Number(digits) * (units[unit || 's'] ?? Number.NaN)
  return seconds > 0 ? seconds : undefined
}
