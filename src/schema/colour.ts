import colorString from 'color-string'
import { type About, type Field, Problem } from './field.ts'

/** An sRGB colour: red, green and blue whole 0..255, alpha 0 (clear) to 1 (opaque). */
export type Colour = { readonly r: number; readonly g: number; readonly b: number; readonly alpha: number }

export const white: Colour = { r: 255, g: 255, b: 255, alpha: 1 }
export const black: Colour = { r: 0, g: 0, b: 0, alpha: 1 }
export const clear: Colour = { r: 0, g: 0, b: 0, alpha: 0 }

const expected = 'a colour: 3, 4, 6 or 8 hex digits, or a CSS name'

/**
 * `f00`, `#ff0000`, `ff000080` or a CSS colour name, any case; `undefined` when it is none.
 * @see CSS Color Module Level 4, 5.2 and 6
 */
export function readColour(text: string): Colour | undefined {
  const name = text.toLowerCase()
  const css = /^[0-9a-f]{3,8}$/.test(name) ? `#${name}` : name
  if (!/^(#[0-9a-f]{3,8}|[a-z]{3,24})$/.test(css)) return undefined
  const [r, g, b, alpha] = colorString.get.rgb(css) ?? []
  if (r === undefined || g === undefined || b === undefined || alpha === undefined) return undefined
  return { r, g, b, alpha: Math.round(alpha * 255) / 255 }
}

/** `rrggbb`, with `aa` behind it when not opaque. */
export function printColour({ r, g, b, alpha }: Colour): string {
  const bytes = alpha === 1 ? [r, g, b] : [r, g, b, Math.round(alpha * 255)]
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A colour, in hex digits or by its CSS name. */
export function colour(about: About<Colour> & { fallback: Colour }): Field<Colour> & { readonly fallback: Colour }
export function colour(about: About<Colour>): Field<Colour>
export function colour(about: About<Colour>): Field<Colour> {
  return { ...about, expected, read: (text) => readColour(text) ?? new Problem(expected), print: printColour }
}

/** A colour that hides what lies behind it. */
export function opaqueColour(about: About<Colour> & { fallback: Colour }): Field<Colour> & { readonly fallback: Colour }
export function opaqueColour(about: About<Colour>): Field<Colour>
export function opaqueColour(about: About<Colour>): Field<Colour> {
  const said = 'an opaque colour: 3 or 6 hex digits, or a CSS name'
  return {
    ...about,
    expected: said,
    read: (text) => {
      const value = readColour(text)
      return value?.alpha === 1 ? value : new Problem(said)
    },
    print: printColour,
  }
}
