import { type Colour, printColour, readColour } from '../schema/colour.ts'
import { type About, type Field, Problem } from '../schema/field.ts'

/** One colour: a given one, the picture's own commonest, or the mean of all its pixels. */
export type Solid = Colour | 'dominant' | 'mean'

/**
 * What lies where the picture does not: one colour, or a blurred copy of the picture. `blur` covers the canvas and is cut, as soft as the
 * canvas is large; `stretch` is blurred at the picture's own size, by 50 px, and stretched to the canvas.
 */
export type Background = Solid | 'blur' | 'stretch'

const solids: ReadonlyMap<string, Solid> = new Map([
  ['auto', 'dominant'],
  ['dominant', 'dominant'],
  ['mean', 'mean'],
])
const words: ReadonlyMap<string, Background> = new Map<string, Background>([...solids, ['blur', 'blur'], ['stretch', 'stretch']])
const hex = 'a colour (3, 4, 6 or 8 hex digits, or a CSS name)'

/** A colour, `auto` (the dominant colour), `mean`, `blur` or `stretch`. */
export function background(about: About<Background>): Field<Background> {
  return ofWords(about, words, `${hex}, auto, mean, blur or stretch`)
}

/** A colour, `auto` (the dominant colour) or `mean`. */
export function solid(about: About<Solid> & { fallback: Solid }): Field<Solid> & { readonly fallback: Solid }
export function solid(about: About<Solid>): Field<Solid>
export function solid(about: About<Solid>): Field<Solid> {
  return ofWords(about, solids, `${hex}, auto or mean`)
}

function ofWords<T extends Background>(about: About<T>, words: ReadonlyMap<string, T>, expected: string): Field<T | Colour> & About<T> {
  return {
    ...about,
    expected,
    read: (text) => words.get(text.toLowerCase()) ?? readColour(text) ?? new Problem(expected),
    print: (value) => (typeof value === 'string' ? value : printColour(value)),
  }
}
