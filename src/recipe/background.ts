import { type Colour, printColour, readColour } from '../schema/colour.ts'
import { type About, type Field, Problem } from '../schema/field.ts'

/** What lies where the picture does not: a colour, the picture's own commonest or mean colour, or a blurred copy of it. */
export type Background = Colour | 'dominant' | 'mean' | 'blur'

const expected = 'a colour (3, 4, 6 or 8 hex digits, or a CSS name), auto, mean or blur'

/** A colour, `auto` (the dominant colour), `mean` or `blur`. */
export function background(about: About<Background>): Field<Background> {
  return {
    ...about,
    expected,
    read: (text) => {
      const word = text.toLowerCase()
      if (word === 'auto' || word === 'dominant') return 'dominant'
      return word === 'blur' || word === 'mean' ? word : (readColour(text) ?? new Problem(expected))
    },
    print: (value) => (typeof value === 'string' ? value : printColour(value)),
  }
}
