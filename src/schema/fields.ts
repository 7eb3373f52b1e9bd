import { type About, type Field, Problem } from './field.ts'
import { nearest } from './nearest.ts'

type WithFallback<T> = Field<T> & { readonly fallback: T }

/**
 * The kinds of field. Each reads ASCII text strictly: no blanks, no `+`, no exponent, no hexadecimal, no digits of other scripts.
 * A field made with a `fallback` always has a value.
 */

/** A decimal number from `min` to `max`: `-?digits[.digits]` or `.digits`; six decimals count, and are printed without trailing zeros. */
export function number(about: NumberAbout & { fallback: number }): WithFallback<number>
export function number(about: NumberAbout): Field<number>
export function number(about: NumberAbout): Field<number> {
  return numeric(about, /^-?(?:\d{1,15}(?:\.\d{1,9})?|\.\d{1,9})$/, `a number ${range(about)}`)
}

/** A whole number from `min` to `max`. */
export function integer(about: NumberAbout & { fallback: number }): WithFallback<number>
export function integer(about: NumberAbout): Field<number>
export function integer(about: NumberAbout): Field<number> {
  return numeric(about, /^-?\d{1,15}$/, `a whole number ${range(about)}`)
}

export type NumberAbout = About<number> & { readonly min: number; readonly max: number }

/** A map, not an object: `constructor` is no answer. */
const answers: ReadonlyMap<string, boolean> = new Map([
  ...['', '1', 'true', 'yes', 'on'].map((word) => [word, true] as const),
  ...['0', 'false', 'no', 'off'].map((word) => [word, false] as const),
])

/** `1 0 true false yes no on off`, printed `1` or `0`. The empty text is true, so that `?flip` alone can say yes. */
export function boolean(about: About<boolean> & { fallback: boolean }): WithFallback<boolean>
export function boolean(about: About<boolean>): Field<boolean>
export function boolean(about: About<boolean>): Field<boolean> {
  return {
    ...about,
    expected: '1 or 0',
    choices: ['1', '0'],
    read: (text) => answers.get(text.toLowerCase()) ?? new Problem('1 or 0'),
    print: (value) => (value ? '1' : '0'),
  }
}

/**
 * One of a list of words, any case.
 * @param words   The canonical words.
 * @param others  Other spellings, each to its canonical word: `{ jpg: 'jpeg' }`.
 */
export function choice<const T extends string>(
  words: readonly T[],
  about: About<T> & { fallback: T; others?: Readonly<Record<string, T>> },
): WithFallback<T>
export function choice<const T extends string>(words: readonly T[], about: About<T> & { others?: Readonly<Record<string, T>> }): Field<T>
export function choice<const T extends string>(
  words: readonly T[],
  { others = {}, ...about }: About<T> & { others?: Readonly<Record<string, T>> },
): Field<T> {
  const known = new Map<string, T>([...words.map((word) => [word.toLowerCase(), word] as const), ...Object.entries(others)])
  const expected = words.length === 1 ? `"${words[0]}"` : `one of ${words.join(', ')}`
  return {
    ...about,
    expected,
    choices: words,
    read: (text) => known.get(text.toLowerCase()) ?? new Problem(expected, nearest(text, known.keys())),
    print: (value) => value,
  }
}

/** Text of `min` (default 1) to `max` (default 1000) characters, as it stands. */
export function text(about: TextAbout & { fallback: string }): WithFallback<string>
export function text(about: TextAbout): Field<string>
export function text({ min = 1, max = 1000, pattern, expected: said, ...about }: TextAbout): Field<string> {
  const expected = said ?? `text of ${min} to ${max} characters`
  return {
    ...about,
    expected,
    read: (value) => {
      const length = [...value].length
      return length >= min && length <= max && (pattern === undefined || pattern.test(value)) ? value : new Problem(expected)
    },
    print: (value) => value,
  }
}

export type TextAbout = About<string> & {
  readonly min?: number
  readonly max?: number
  /** Anchored, without nested quantifiers. */
  readonly pattern?: RegExp
  readonly expected?: string
}

/** The path of a folder, as it stands. */
export function folder(about: About<string> & { fallback: string }): WithFallback<string>
export function folder(about: About<string>): Field<string>
export function folder(about: About<string>): Field<string> {
  return text({ ...about, max: 4096, expected: 'the path of a folder' })
}

/**
 * Several values of one field, separated by commas; at most `max` of them (default 100).
 * Blanks around a value do not count; the empty text is the empty list.
 */
export function list<T>(item: Field<T>, about: About<readonly T[]> & { fallback: readonly T[]; max?: number }): WithFallback<readonly T[]>
export function list<T>(item: Field<T>, about: About<readonly T[]> & { max?: number }): Field<readonly T[]>
export function list<T>(item: Field<T>, { max = 100, ...about }: About<readonly T[]> & { max?: number }): Field<readonly T[]> {
  const expected = `up to ${max} values separated by commas, each ${item.expected}`
  return {
    ...about,
    expected,
    read: (joined) => {
      const parts = joined.trim() === '' ? [] : joined.split(',')
      if (parts.length > max) return new Problem(expected)
      const values: T[] = []
      for (const part of parts) {
        const value = item.read(part.trim())
        if (value instanceof Problem) return new Problem(expected, value.nearest)
        values.push(value)
      }
      return values
    },
    print: (values) => values.map((value) => item.print(value)).join(','),
  }
}

/** A field of another type, whose text is read by `read`; for values that only one dialect or part has. */
export function custom<T>(
  about: About<T> & { fallback: T; expected: string; read: (text: string) => T | undefined; print: (value: T) => string },
): WithFallback<T>
export function custom<T>(
  about: About<T> & { expected: string; read: (text: string) => T | undefined; print: (value: T) => string },
): Field<T>
export function custom<T>({
  read,
  ...about
}: About<T> & { expected: string; read: (text: string) => T | undefined; print: (value: T) => string }): Field<T> {
  return { ...about, read: (value) => read(value) ?? new Problem(about.expected) }
}

/** A number as text: at most six decimals, no trailing zeros, no exponent, no `-0`. */
export function printNumber(value: number): string {
  const rounded = sixDecimals(value)
  return Number.isInteger(rounded) ? rounded.toFixed(0) : rounded.toFixed(6).replace(/0+$/, '')
}

/** A number as its text holds it: six decimals, no `-0`. */
export function sixDecimals(value: number): number {
  return (Number.isInteger(value) ? value : Math.round(value * 1e6) / 1e6) + 0
}

function numeric(about: NumberAbout, shape: RegExp, expected: string): Field<number> {
  return {
    ...about,
    expected,
    read: (value) => {
      const read = shape.test(value) ? sixDecimals(Number(value)) : Number.NaN
      return read >= about.min && read <= about.max ? read : new Problem(expected)
    },
    print: printNumber,
  }
}

function range({ min, max, unit }: NumberAbout): string {
  return `${printNumber(min)} to ${printNumber(max)}${unit === undefined ? '' : ` ${unit}`}`
}
