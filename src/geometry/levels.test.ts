import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asRecipe, factsOf, limits } from '../../test/pictures.ts'
import { Failure } from '../errors.ts'
import { filters } from '../filters/all.ts'
import { effectsOf } from '../pixels/effects.ts'
import type { Facts } from './facts.ts'
import { type FromLevel, fromLevel, levelSize } from './levels.ts'
import { plan } from './planner.ts'

const effects = effectsOf(filters)
const photo = factsOf(2000, 1000)

function begun(wish: string, facts: Facts = photo): FromLevel | undefined {
  const made = plan(asRecipe(wish), { facts: [facts], findings: {}, limits, effects })
  if (made instanceof Failure) throw made
  return fromLevel(made, facts)
}

const whole = { left: 0, top: 0, width: 2000, height: 1000 }

describe('where a plan may begin', () => {
  it.each([
    ['|', whole, 0],
    ['resize(width=2000,enlarge=1)|', whole, 0],
    ['resize(width=1500)|', whole, 0],
    ['resize(width=501)|', whole, 0],
    ['resize(width=500)|', whole, 1],
    ['resize(width=251)|', whole, 1],
    ['resize(width=250)|', whole, 2],
    ['resize(width=100)|', whole, 3],
    ['resize(width=10)|', whole, 6],
    ['resize(width=1)|', whole, 6],
    ['resize(width=100,height=100,fit=cover)|', whole, 2],
    ['region(x=10,y=20,width=400,height=200)/resize(width=50)|', { left: 10, top: 20, width: 400, height: 200 }, 2],
    ['orient()/resize(width=250)/blur(sigma=2)/rotate(degrees=90)|', whole, 2],
    ['blur(sigma=2)/resize(width=250)|', whole, 0],
    ['pixelate(size=10)|', whole, 0],
  ])('%s: of %j, halved %i times', (wish, rect, step) => expect(begun(wish)?.wish).toEqual({ page: 0, rect, step }))

  it.each(['png', 'gif', 'tiff'] as const)('is the whole of a %s, whose drawings would show that they are scaled twice', (format) => {
    expect(begun('resize(width=100)|', factsOf(2000, 1000, { format }))?.wish.step).toBe(0)
  })

  it('leaves out the cut that the level has made, and nothing else', () => {
    const made = begun('region(x=10,y=20,width=400,height=200)/resize(width=50)/mirror(flop=1)|')
    expect(made?.passes).toMatchObject([{ ops: [{ op: 'resize', width: 50, height: 25 }, { op: 'turn' }] }])
    expect(begun('region(x=10,y=20,width=400,height=200)|')?.passes).toEqual([])
    expect(begun('pixelate(size=10)|')?.passes).toMatchObject([{ kind: 'pixels' }])
  })

  it('is the second page of a file where that is asked', () => {
    expect(begun('page(index=1)/resize(width=250)|', factsOf(2000, 1000, { format: 'tiff', pages: 2 }))?.wish).toMatchObject({ page: 1 })
  })

  it.each<[string, Partial<Facts>]>([
    ['resize(width=100)|profile=keep', {}],
    ['resize(width=100)|profile=p3', {}],
    ['resize(width=100)|metadata=keep', {}],
    ['resize(width=100)|gainMap=1,format=jpeg', {}],
    ['resize(width=100,kernel=nearest)|', {}],
    ['resize(width=100)|', { depth: 'ushort' }],
    ['resize(width=100)|', { space: 'cmyk' }],
    ['resize(width=100)|', { vector: true, format: 'svg' }],
    ['page(animation=1)/resize(width=100)|', { format: 'gif', pages: 3, animated: true }],
  ])('is the original: %s of %j', (wish, facts) => expect(begun(wish, factsOf(2000, 1000, facts))).toBeUndefined())

  it('still has twice the size of what is scaled from it, or is the whole', () => {
    const side = fc.integer({ min: 1, max: 5000 })
    fc.assert(
      fc.property(side, side, side, (width, height, wanted) => {
        const made = begun(`resize(width=${wanted})|`, factsOf(width, height))
        const size = levelSize(made?.wish ?? { rect: { ...whole, width, height }, step: 0 })
        if (made?.wish.step === 0) expect(size).toEqual({ width, height })
        // Rounded down by less than one px.
        else expect(size.width + 1).toBeGreaterThan(2 * Math.min(wanted, width))
      }),
    )
  })
})
