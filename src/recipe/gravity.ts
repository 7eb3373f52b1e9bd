import { type About, type Field, Problem } from '../schema/field.ts'
import { printNumber, sixDecimals } from '../schema/fields.ts'
import { nearest } from '../schema/nearest.ts'

/** Which part a crop keeps: a point (0..1 on each axis, 0,0 is top left), or what the picture itself suggests. */
export type Gravity = Point | 'attention' | 'entropy'
export type Point = { readonly x: number; readonly y: number }

export const middle: Point = { x: 0.5, y: 0.5 }

/** The eight compass points and the centre, as points. */
export const compass = {
  center: middle,
  top: { x: 0.5, y: 0 },
  bottom: { x: 0.5, y: 1 },
  left: { x: 0, y: 0.5 },
  right: { x: 1, y: 0.5 },
  'top-left': { x: 0, y: 0 },
  'top-right': { x: 1, y: 0 },
  'bottom-left': { x: 0, y: 1 },
  'bottom-right': { x: 1, y: 1 },
} as const satisfies Record<string, Point>

const others: Readonly<Record<string, Gravity>> = {
  auto: 'attention',
  attention: 'attention',
  entropy: 'entropy',
  centre: compass.center,
  middle: compass.center,
  north: compass.top,
  south: compass.bottom,
  west: compass.left,
  east: compass.right,
  northwest: compass['top-left'],
  northeast: compass['top-right'],
  southwest: compass['bottom-left'],
  southeast: compass['bottom-right'],
}

const known = new Map<string, Gravity>([...Object.entries(compass), ...Object.entries(others)])
const words = [...Object.keys(compass), 'auto', 'entropy']
const expected = `one of ${words.join(', ')}, or a focal point like 0.5x0.33`

/** A word of the compass in any order (`left-top`), `auto`, `entropy`, or `0.5x0.33`. */
export function readGravity(text: string): Gravity | undefined {
  const [, x, y] = /^([01]|[01]?\.\d{1,9})x([01]|[01]?\.\d{1,9})$/.exec(text) ?? []
  if (x !== undefined && y !== undefined) {
    const point = { x: sixDecimals(Number(x)), y: sixDecimals(Number(y)) }
    return point.x <= 1 && point.y <= 1 ? point : undefined
  }
  const word = text.toLowerCase()
  return known.get(word) ?? known.get(word.split('-').reverse().join('-'))
}

/** The compass word where there is one, else `0.5x0.33`. */
export function printGravity(gravity: Gravity): string {
  if (typeof gravity === 'string') return gravity
  for (const [name, point] of Object.entries(compass)) if (point.x === gravity.x && point.y === gravity.y) return name
  return `${printNumber(gravity.x)}x${printNumber(gravity.y)}`
}

/** A side, a corner, a focal point, or `auto` and `entropy`, which let the picture choose. */
export function gravity(about: About<Gravity> & { fallback: Gravity }): Field<Gravity> & { readonly fallback: Gravity } {
  return {
    ...about,
    expected,
    choices: words,
    read: (text) => readGravity(text) ?? new Problem(expected, nearest(text, known.keys())),
    print: printGravity,
  }
}

/** A place that does not depend on what the picture shows: a side, a corner or a point. */
export function anchor(about: About<Point> & { fallback: Point }): Field<Point> & { readonly fallback: Point } {
  const places = Object.keys(compass)
  const said = `one of ${places.join(', ')}, or a point like 0.5x0.33`
  return {
    ...about,
    expected: said,
    choices: places,
    read: (text) => {
      const value = readGravity(text)
      return typeof value === 'object' ? value : new Problem(said, nearest(text, places))
    },
    print: printGravity,
  }
}
