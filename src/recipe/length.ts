import { type About, type Field, Problem } from '../schema/field.ts'
import { printNumber } from '../schema/fields.ts'

/** A length: whole px, or a part (0 to 1) of the side that it is measured along. */
export type Length = { readonly px: number } | { readonly part: number }

/** The length on a side of `side` px; not rounded. */
export function lengthOn(length: Length, side: number): number {
  return 'px' in length ? length.px : length.part * side
}

/** `300` is px, `0.5` and `50%` are parts. */
export function readLength(text: string): Length | undefined {
  if (/^\d{1,9}$/.test(text)) return { px: Number(text) }
  if (/^0?\.\d{1,15}$/.test(text)) return { part: Number(text) }
  if (/^\d{1,3}(?:\.\d{1,12})?%$/.test(text)) return { part: Number(`${text.slice(0, -1)}e-2`) } // the nearest double; a division would round twice
  return undefined
}

/** px as digits, a part as a percentage of at most ten decimals. */
export function printLength(length: Length): string {
  if ('px' in length) return printNumber(length.px)
  const percent = length.part * 100
  return `${Number.isInteger(percent) ? percent : percent.toFixed(10).replace(/0+$/, '').replace(/\.$/, '')}%`
}

type LengthAbout = About<Length> & {
  readonly min: number
  readonly max: number
  /** The largest part, at most 9.99: 1, the whole, unless said. */
  readonly parts?: number
}

/** A length of `min` to `max` px, or a part above 0 (from 0 where `min` is 0) up to `parts`. */
export function length(about: LengthAbout & { fallback: Length }): Field<Length> & { readonly fallback: Length }
export function length(about: LengthAbout): Field<Length>
export function length(about: LengthAbout): Field<Length> {
  const { parts = 1 } = about
  const expected = `whole px ${about.min} to ${about.max}, or a part of the side between 0 and ${parts}`
  return {
    ...about,
    unit: 'px',
    expected,
    read: (text) => {
      const value = readLength(text)
      if (value === undefined) return new Problem(expected)
      if ('px' in value) return value.px >= about.min && value.px <= about.max ? value : new Problem(expected)
      return value.part <= parts && (value.part > 0 || about.min === 0) ? value : new Problem(expected)
    },
    print: printLength,
  }
}
