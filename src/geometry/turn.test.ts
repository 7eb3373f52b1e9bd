import { describe, expect, it } from 'vitest'
import type { Rect } from './facts.ts'
import { flip, flop, isNoTurn, noTurn, type Turn, thenTurn, turnedSize, unturnedRect, uprightTurn } from './turn.ts'

/** A picture as rows of letters, and turns done the slow way, to hold the algebra against. */
type Grid = readonly string[]

const picture: Grid = ['abc', 'def']
const mirrored = (grid: Grid): Grid => grid.map((row) => [...row].reverse().join(''))
const clockwise = (grid: Grid): Grid =>
  [...(grid[0] ?? '')].map((_, x) =>
    [...grid]
      .reverse()
      .map((row) => row[x])
      .join(''),
  )
const turned = (grid: Grid, { flop, quarters }: Turn): Grid => {
  let after = flop ? mirrored(grid) : grid
  for (let quarter = 0; quarter < quarters; quarter++) after = clockwise(after)
  return after
}
const part = (grid: Grid, { left, top, width, height }: Rect): Grid =>
  grid.slice(top, top + height).map((row) => row.slice(left, left + width))

const eight: readonly Turn[] = [false, true].flatMap((mirror) => [0, 1, 2, 3].map((quarters) => ({ flop: mirror, quarters })))

describe('turns', () => {
  // What a camera stored, so that the viewer sees `abc` over `def`. @see Exif 3.0, 4.6.5.1.6
  it.each<[orientation: number, stored: Grid]>([
    [1, ['abc', 'def']],
    [2, ['cba', 'fed']],
    [3, ['fed', 'cba']],
    [4, ['def', 'abc']],
    [5, ['ad', 'be', 'cf']],
    [6, ['cf', 'be', 'ad']],
    [7, ['fc', 'eb', 'da']],
    [8, ['da', 'eb', 'fc']],
  ])('bring orientation %i upright', (orientation, stored) => {
    expect(turned(stored, uprightTurn(orientation))).toEqual(picture)
  })

  it('leave a picture with any other tag as it is', () => {
    for (const tag of [0, 9, -1, Number.NaN]) expect(uprightTurn(tag)).toEqual(noTurn)
  })

  it('add up to one turn', () => {
    for (const a of eight) for (const b of eight) expect(turned(picture, thenTurn(a, b))).toEqual(turned(turned(picture, a), b))
  })

  it('add up alike however they are bracketed', () => {
    for (const a of eight)
      for (const b of eight) for (const c of eight) expect(thenTurn(thenTurn(a, b), c)).toEqual(thenTurn(a, thenTurn(b, c)))
  })

  it('have one each that undoes them', () => {
    for (const a of eight) expect(eight.filter((b) => isNoTurn(thenTurn(a, b)))).toHaveLength(1)
  })

  it('mirror as they say', () => {
    expect(turned(picture, flop)).toEqual(['cba', 'fed'])
    expect(turned(picture, flip)).toEqual(['def', 'abc'])
  })

  it('state the size after', () => {
    for (const turn of eight) {
      const after = turned(picture, turn)
      expect(turnedSize({ width: 3, height: 2 }, turn)).toEqual({ width: after[0]?.length, height: after.length })
    }
  })

  it('find every rectangle of the turned picture in the picture before', () => {
    for (const turn of eight) {
      const after = turned(picture, turn)
      for (const rect of rectangles({ width: after[0]?.length ?? 0, height: after.length })) {
        const before = unturnedRect(rect, { width: 3, height: 2 }, turn)
        expect(turned(part(picture, before), turn)).toEqual(part(after, rect))
      }
    }
  })
})

function* rectangles(size: { width: number; height: number }): Generator<Rect> {
  for (let left = 0; left < size.width; left++)
    for (let top = 0; top < size.height; top++)
      for (let width = 1; width <= size.width - left; width++)
        for (let height = 1; height <= size.height - top; height++) yield { left, top, width, height }
}
