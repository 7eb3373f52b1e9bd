import { describe, expect, it } from 'vitest'
import { asRecipe, factsOf, limits } from '../../test/pictures.ts'
import { Failure } from '../errors.ts'
import { filters } from '../filters/all.ts'
import { effectsOf } from '../pixels/effects.ts'
import type { Facts } from './facts.ts'
import { type FromLevel, fromLevel } from './levels.ts'
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
  const part = { left: 10, top: 20, width: 400, height: 200 }
  it.each([
    ['|', whole],
    ['resize(width=2000,enlarge=1)|', whole],
    ['resize(width=700)|', whole],
    ['resize(width=501,height=501,fit=cover)|', whole],
    ['region(x=10,y=20,width=400,height=200)/resize(width=50)|', part],
    ['orient()/resize(width=600)/blur(sigma=2)/rotate(degrees=90)|', whole],
    ['blur(sigma=2)/resize(width=250)|', whole],
    ['pixelate(size=10)|', whole],
  ])('%s: at %j', (wish, rect) => expect(begun(wish)?.wish).toEqual({ page: 0, rect }))

  it('is the whole of whatever no decoder halves', () => {
    for (const format of ['png', 'gif', 'tiff', 'webp', 'avif'] as const)
      expect(begun('resize(width=100)|', factsOf(2000, 1000, { format }))?.wish.rect).toEqual(whole)
  })

  it('leaves out the cut that the level has made, and nothing else', () => {
    const made = begun('region(x=10,y=20,width=400,height=200)/resize(width=50)/mirror(flop=1)|')
    expect(made?.passes).toMatchObject([{ ops: [{ op: 'resize', width: 50, height: 25 }, { op: 'turn' }] }])
    expect(begun('region(x=10,y=20,width=400,height=200)|')?.passes).toEqual([])
    expect(begun('pixelate(size=10)|')?.passes).toMatchObject([{ kind: 'pixels' }])
  })

  it('is the second page of a file where that is asked', () => {
    expect(begun('page(index=1)/resize(width=550)|', factsOf(2000, 1000, { format: 'tiff', pages: 2 }))?.wish).toMatchObject({ page: 1 })
  })

  it.each<[string, Partial<Facts>]>([
    ['resize(width=500)|', {}],
    ['resize(width=580)|', {}],
    ['resize(width=20)|', {}],
    ['resize(width=700)|profile=keep', {}],
    ['resize(width=700)|profile=p3', {}],
    ['resize(width=700)|metadata=keep', {}],
    ['resize(width=700)|gainMap=1,format=jpeg', {}],
    ['resize(width=700,kernel=nearest)|', {}],
    ['resize(width=700)|', { depth: 'ushort' }],
    ['resize(width=700)|', { space: 'cmyk' }],
    ['resize(width=700)|', { space: 'b-w' }],
    ['resize(width=700)|format=gif', { format: 'gif' }],
    ['resize(width=700)|format=keep', { format: 'gif' }],
    ['resize(width=100)|', { vector: true, format: 'svg' }],
    ['page(animation=1)/resize(width=100)|', { format: 'gif', pages: 3, animated: true }],
  ])('is the original: %s of %j', (wish, facts) => expect(begun(wish, factsOf(2000, 1000, facts))).toBeUndefined())
})
