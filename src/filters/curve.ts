import { custom } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'
import { mapEach } from './kernel.ts'
import { printRows, readRows } from './number-rows.ts'

/** What a value becomes: before, after, whole 0..255. */
type Point = readonly [before: number, after: number]

const points = (doc: string) =>
  custom<readonly Point[]>({
    doc,
    expected: 'points before_after separated by colons, whole 0 to 255, by rising before; or nothing',
    fallback: [],
    read: readPoints,
    print: printRows,
  })

/** Tone curves: one for each colour channel, then one for all. */
export const curve = defineFilter({
  name: 'curve',
  doc: 'Gives each value another one, along a smooth curve through points.',
  example: 'curve=0_0:64_40:192_220:255_255',
  params: {
    all: points('Curve of all channels, after their own; none leaves them.'),
    red: points('Curve of red.'),
    green: points('Curve of green.'),
    blue: points('Curve of blue.'),
  },
  noop: ({ all, red, green, blue }) => [all, red, green, blue].every((curve) => curve.length === 0),
  slot: 'pixels',
  apply: (pixels, { all, red, green, blue }) => {
    const last = along(all)
    const both = (own: readonly Point[]): Uint8ClampedArray => along(own).map((value) => last[value] ?? 0)
    return mapEach(pixels, [both(red), both(green), both(blue)])
  },
})

function readPoints(text: string): readonly Point[] | undefined {
  if (text === '') return []
  const read: Point[] = []
  for (const [before, after, ...more] of readRows(text, 255) ?? [[]]) {
    if (before === undefined || after === undefined || more.length > 0) return undefined
    if (![before, after].every((value) => Number.isInteger(value) && value >= 0) || before <= (read.at(-1)?.[0] ?? -1)) return undefined
    read.push([before, after])
  }
  return read
}

/** The table of a natural cubic spline through the points, level before the first and behind the last. Without points nothing changes. */
function along(points: readonly Point[]): Uint8ClampedArray {
  const [first] = points
  if (first === undefined) return Uint8ClampedArray.from({ length: 256 }, (_, value) => value)
  const bends = bendsOf(points)
  const table = new Uint8ClampedArray(256).fill(first[1])
  for (const [index, [x0, y0]] of points.entries()) {
    const [x1, y1] = points[index + 1] ?? [256, y0]
    const width = x1 - x0
    for (let x = x0; x < x1; x++) {
      const right = (x - x0) / width
      const left = 1 - right
      const bend = (left ** 3 - left) * (bends[index] ?? 0) + (right ** 3 - right) * (bends[index + 1] ?? 0)
      table[x] = Math.round(left * y0 + right * y1 + (index < points.length - 1 ? (bend * width ** 2) / 6 : 0))
    }
  }
  return table
}

/** The second derivative at each point, none at both ends: a tridiagonal system, solved by elimination downwards and upwards. */
function bendsOf(points: readonly Point[]): Float64Array {
  const bends = new Float64Array(points.length)
  const above = new Float64Array(points.length)
  for (let at = 1; at < points.length - 1; at++) {
    const [[x0, y0], [x1, y1], [x2, y2]] = [points[at - 1] ?? origin, points[at] ?? origin, points[at + 1] ?? origin]
    const steepening = (y2 - y1) / (x2 - x1) - (y1 - y0) / (x1 - x0)
    const pivot = (x2 - x0) / 3 - ((x1 - x0) / 6) * (above[at - 1] ?? 0)
    above[at] = (x2 - x1) / 6 / pivot
    bends[at] = (steepening - ((x1 - x0) / 6) * (bends[at - 1] ?? 0)) / pivot
  }
  for (let at = points.length - 2; at > 0; at--) bends[at] = (bends[at] ?? 0) - (above[at] ?? 0) * (bends[at + 1] ?? 0)
  return bends
}

const origin: Point = [0, 0]
