import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSpot, type Spot } from '../recipe/spot.ts'
import { spread } from './spots.ts'

/** Firsts, counts and pitches: `first+count*pitch` on each axis. */
function placed(picture: string, mark: string, x: string, y: string): string {
  const [width = 0, height = 0] = picture.split('x').map(Number)
  const [wide = 0, high = 0] = mark.split('x').map(Number)
  const axes = { x: { picture: width, layer: wide }, y: { picture: height, layer: high } }
  const made = spread(axes, { x: readSpot(x), y: readSpot(y) }, { x: 0, y: 0 }, 1)
  const said = ({ first, count, pitch }: (typeof made)['x']): string => (count === 1 ? `${first}` : `${first}+${count}*${pitch}`)
  return `${said(made.x)} ${said(made.y)}`
}

describe('a spot', () => {
  it.each([
    // picture, mark, across, down, where
    ['200x120', '50x30', '10', '20', '10 20'],
    ['200x120', '50x30', '0', '-0', '0 90'],
    ['200x120', '50x30', '-10', '-20', '140 70'],
    ['200x120', '50x30', '190', '-100', '190 -10'],
    ['200x120', '50x30', '10%', '-20%', '20 66'],
    ['201x105', '50x30', '50%', '-50%', '101 22'], // 100.5 and 52.5: halves upwards
    ['201x121', '50x30', 'center', 'center', '75 45'],
    ['51x31', '60x40', 'center', 'center', '-4 -4'], // -4.5, towards zero
    ['200x120', '50x30', 'repeat', '0', '0+4*50 0'],
    ['210x120', '50x30', 'repeat', '7', '0+4*53 7'], // 10 px in three gaps
    ['200x125', '50x30', 'center', 'repeat', '75 0+4*31'],
    ['200x125', '50x30', 'repeat', 'repeat', '0+4*50 0+4*31'],
    ['99x120', '50x30', 'repeat', '0', '0+2*60 0'], // less than twice: a gap of 10, cut off
    ['100x120', '50x30', 'repeat', '0', '0+2*50 0'],
    ['50x30', '50x30', 'repeat', 'repeat', '0 0'],
    ['40x20', '50x30', 'repeat', 'repeat', '0 0'],
    ['200x120', '20x12', 'repeat', 'repeat', '0+10*20 0+10*12'], // 100, not more
    ['220x120', '20x12', 'repeat', 'repeat', '0+6*40 0+6*21'], // 110: 6 by 6, spread
    ['2000x18', '10x12', 'repeat', 'repeat', '0+6*398 0+2*6'], // few and overlapping: the second ends at the far edge
    ['2000x20', '10x12', 'repeat', '3', '0+200*10 3'], // one axis alone repeats without that bound
  ])('%s, %s at %s, %s: %s', (picture, mark, x, y, where) => expect(placed(picture, mark, x, y)).toBe(where))

  it('leaves an axis without one as it is', () => {
    const axis = { picture: 100, layer: 10 }
    const { x, y } = spread({ x: axis, y: axis }, { x: undefined, y: 'repeat' }, { x: 33, y: 44 }, 1)
    expect([x, y]).toEqual([
      { first: 33, count: 1, pitch: 10 },
      { first: 0, count: 10, pitch: 10 },
    ])
  })

  it('measures px in device px, parts in parts', () => {
    const axis = { picture: 100, layer: 10 }
    const spots: Record<'x' | 'y', Spot | undefined> = { x: readSpot('-7'), y: readSpot('20%') }
    expect(spread({ x: axis, y: axis }, spots, { x: 0, y: 0 }, 2)).toMatchObject({ x: { first: 76 }, y: { first: 20 } })
  })

  it('repeats at most as often as there are px, first and last in the picture, 100 times at most on both axes', () => {
    const side = fc.integer({ min: 1, max: 3000 })
    fc.assert(
      fc.property(side, side, side, side, (width, height, wide, high) => {
        const axes = { x: { picture: width, layer: wide }, y: { picture: height, layer: high } }
        const { x, y } = spread(axes, { x: 'repeat', y: 'repeat' }, { x: 0, y: 0 }, 1)
        expect(x.count * y.count).toBeLessThanOrEqual(100)
        for (const [{ first, count, pitch }, picture, mark] of [[x, width, wide] as const, [y, height, high] as const]) {
          expect(first).toBe(0)
          expect(count).toBeGreaterThanOrEqual(1)
          if (count > 1) expect(pitch).toBeGreaterThanOrEqual(1)
          // Whole copies where it fits twice; else the second may be cut off, or lie behind its gap of 10 px.
          const end = (count - 1) * pitch + mark
          if (picture >= 2 * mark) expect(end).toBeLessThanOrEqual(picture)
          else if (count > 1) expect((count - 1) * pitch).toBeLessThan(picture + 10)
        }
        const alone = spread(axes, { x: 'repeat', y: { edge: 'near', distance: { px: 0 } } }, { x: 0, y: 0 }, 1)
        expect(alone.x.count).toBeLessThanOrEqual(Math.max(1, width))
      }),
      { numRuns: 2000 },
    )
  })
})
