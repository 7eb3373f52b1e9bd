import { expect, it } from 'vitest'
import { amplified, type Plane } from './wavelets.ts'

/** The way back from either end, as often as needed. */
function mirror(at: number, length: number): number {
  if (length === 1) return 0
  if (at < 0) return mirror(-at, length)
  return at < length ? at : mirror(2 * (length - 1) - at, length)
}

/** The same by the definition: detail is what a picture has and its smoother one lacks. */
function plainly(values: Float64Array, width: number, height: number, gains: readonly number[]): Float64Array {
  const result = new Float64Array(values.length)
  let fine = values
  for (const [level, gain] of gains.entries()) {
    const step = 2 ** level
    const smooth = (from: Float64Array, neighbour: (x: number, y: number, off: number) => number): Float64Array =>
      from.map((value, at) => {
        const [x, y] = [at % width, Math.floor(at / width)]
        return (2 * value + (from[neighbour(x, y, -step)] ?? Number.NaN) + (from[neighbour(x, y, step)] ?? Number.NaN)) / 4
      })
    const rows = smooth(fine, (x, y, off) => y * width + mirror(x + off, width))
    const coarse = smooth(rows, (x, y, off) => mirror(y + off, height) * width + x)
    for (const [at, value] of fine.entries()) result[at] = (result[at] ?? 0) + gain * (value - (coarse[at] ?? 0))
    fine = coarse
  }
  return result.map((value, at) => value + (fine[at] ?? 0))
}

const gains = [2.5, 1.5, 0.5, 1, -1]

it.each([
  [1, 1],
  [4, 3],
  [1, 40],
  [33, 2],
  [64, 70],
  [4500, 200], // in several bands
])('amplifies a picture of %i x %i px as the definition does', (width, height) => {
  const values = Float64Array.from({ length: width * height }, (_, at) => ((at * 7919) % 256) * ((at % width) / width))
  const expected = plainly(values, width, height, gains)
  const read = (plane: Plane, from: number): void => plane.set(values.subarray(from, from + plane.length))
  let [farthest, seen] = [0, 0]
  for (const { from, plane } of amplified({ width, height }, read, gains)) {
    expect(from).toBe(seen)
    seen += plane.length
    for (const [at, value] of plane.entries()) farthest = Math.max(farthest, Math.abs(value - (expected[from + at] ?? Number.NaN)))
  }
  expect(seen).toBe(width * height)
  expect(farthest).toBeLessThan(0.01)
})
