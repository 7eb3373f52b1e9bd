import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Rounding } from '../recipe/steps.ts'
import { step } from '../recipe/steps.ts'
import { clip, cropAround, place, rotatedSize, side, whole } from './rect.ts'
import { regionRect } from './region.ts'

describe('whole px', () => {
  it.each<[number, Rounding, number]>([
    [2.4, 'half-up', 2],
    [2.5, 'half-up', 3],
    [3.5, 'half-up', 4],
    [-0.5, 'half-up', 0],
    [2.5, 'half-even', 2],
    [3.5, 'half-even', 4],
    [2.51, 'half-even', 3],
    [2.9, 'floor', 2],
    [2.1, 'ceil', 3],
    [2, 'ceil', 2],
    // 0.07 * 100 is 7.000000000000001: no px more for a fault of binary fractions.
    [0.07 * 100, 'ceil', 7],
    [0.29 * 100, 'floor', 29],
    [1.005 * 100, 'half-up', 101],
  ])('%d %s is %d', (value, rule, expected) => expect(whole(value, rule)).toBe(expected))

  it('make no side less than 1', () => {
    for (const rule of ['half-up', 'half-even', 'floor', 'ceil'] as const) expect(side(0, rule)).toBe(1)
    expect(side(0.4, 'half-up')).toBe(1)
  })
})

describe('a place on a side', () => {
  it.each([
    [100, 40, 0, 0],
    [100, 40, 0.5, 30],
    [100, 40, 1, 60],
    [100, 40, 0.25, 5], // around px 25
    [100, 40, 0.1, 0], // as near as the edge allows
    [101, 40, 0.5, 31], // 30.5, half up
    [40, 40, 0.9, 0],
  ])('on %i for %i around %d begins at %i', (total, length, focus, expected) => expect(place(total, length, focus)).toBe(expected))
})

const sides = fc.integer({ min: 1, max: 3000 })
const sizes = fc.record({ width: sides, height: sides })
const parts = fc.integer({ min: 0, max: 1000 }).map((value) => value / 1000)

describe('rectangles', () => {
  it('of a crop are never empty and never outside', () => {
    fc.assert(
      fc.property(sizes, sizes, parts, parts, (image, asked, x, y) => {
        const size = { width: Math.min(asked.width, image.width), height: Math.min(asked.height, image.height) }
        const rect = cropAround(image, size, { x, y })
        expect(rect).toMatchObject(size)
        expect(clip(rect, image)).toEqual(rect)
      }),
    )
  })

  it('are cut off at the edges of the picture', () => {
    const image = { width: 100, height: 50 }
    expect(clip({ left: -10, top: 40, width: 30, height: 30 }, image)).toEqual({ left: 0, top: 40, width: 20, height: 10 })
    expect(clip({ left: 100, top: 0, width: 10, height: 10 }, image)).toBeUndefined()
    expect(clip({ left: -10, top: 0, width: 10, height: 10 }, image)).toBeUndefined()
    expect(clip({ left: 5, top: 5, width: 0, height: 10 }, image)).toBeUndefined()
  })

  it('of a region in parts lie on the picture and hold a pixel, however small', () => {
    const below = parts.filter((part) => part < 1)
    const some = parts.filter((part) => part > 0)
    fc.assert(
      fc.property(sizes, below, below, some, some, (image, x, y, width, height) => {
        const rect = regionRect(step('region', { x: { part: x }, y: { part: y }, width: { part: width }, height: { part: height } }), image)
        const inside = clip(rect, image)
        expect(inside).toMatchObject({ left: rect.left, top: rect.top })
      }),
    )
  })

  it('of a square region lie in the middle', () => {
    expect(regionRect(step('region', { square: true }), { width: 101, height: 40 })).toEqual({ left: 31, top: 0, width: 40, height: 40 })
  })
})

it('knows the box around a turned picture', () => {
  expect(rotatedSize({ width: 100, height: 50 }, 90)).toEqual({ width: 50, height: 100 })
  expect(rotatedSize({ width: 100, height: 100 }, 45)).toEqual({ width: 141, height: 141 })
  expect(rotatedSize({ width: 100, height: 50 }, 180)).toEqual({ width: 100, height: 50 })
  expect(rotatedSize({ width: 1, height: 1 }, 10)).toEqual({ width: 1, height: 1 })
})
