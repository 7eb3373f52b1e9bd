import { describe, expect, it } from 'vitest'
import { asRecipe, factsOf, limits } from '../../test/pictures.ts'
import { Failure } from '../errors.ts'
import { filters } from '../filters/all.ts'
import type { Facts, Findings } from '../geometry/facts.ts'
import { plan } from '../geometry/planner.ts'
import { effectsOf } from '../pixels/effects.ts'
import { thumborMeta } from './thumbor-meta.ts'

type Meta = {
  readonly source: { readonly url: string; readonly width: number; readonly height: number; readonly frameCount: number }
  readonly operations: readonly Readonly<Record<string, unknown>>[]
  readonly target: { readonly width: number; readonly height: number }
  readonly focal_points: readonly Readonly<Record<string, unknown>>[]
}

const photo = factsOf(800, 600)

function meta(wish: string, original: Facts = photo, findings: Findings = {}, key = 'a/b.jpg'): Meta {
  const recipe = asRecipe(`${wish}|`)
  const made = plan(recipe, { facts: [original], findings, limits, effects: effectsOf(filters) })
  if (made instanceof Failure) throw made
  return thumborMeta({ key }, { recipe, plan: made, facts: [original], findings }).thumbor as Meta
}

const cover = (width: number, height: number, more = ''): string =>
  `resize(width=${width},height=${height},fit=cover,enlarge=1,rounding=stepwise${more})`

/** Operations in short: `crop 0,34-800,567; resize 300x200`. */
const short = ({ operations }: Meta): string =>
  operations
    .map(({ type, left, top, right, bottom, width, height }) => {
      if (type === 'crop') return `crop ${left},${top}-${right},${bottom}`
      return type === 'resize' ? `resize ${width}x${height}` : type
    })
    .join('; ')

describe('the operations', () => {
  it.each<[wish: string, operations: string, target: string]>([
    [cover(300, 200), 'crop 0,34-800,567; resize 300x200', '300x200'],
    [cover(299, 225), 'resize 299x225', '299x225'],
    ['resize(width=300,fit=cover,enlarge=1,rounding=stepwise)', 'resize 300x225', '300x225'],
    ['', '', '800x600'],
    [
      `region(x=100,y=50,width=400,height=400,lenient=1)/${cover(200, 100)}`,
      'crop 100,50-500,450; crop 0,100-400,300; resize 200x100',
      '200x100',
    ],
    [`region(x=500,y=50,width=0,height=400,lenient=1)/${cover(200, 200)}`, 'crop 100,0-700,600; resize 200x200', '200x200'],
    ['resize(width=300,height=200,rounding=stepwise)', 'resize 267x200', '267x200'],
    ['resize(width=1000,height=1000,rounding=stepwise)', '', '800x600'],
    [`${cover(400, 300)}/mirror(flip=1,flop=1)`, 'resize 400x300; flip_horizontally; flip_vertically', '400x300'],
    [`focus(areas=700x500:800x600)/${cover(400, 400)}`, 'crop 200,0-800,600; resize 400x400', '400x400'],
    [`bound(width=400,height=1000)/${cover(300, 200)}`, 'resize 400x300; crop 0,16-400,283; resize 300x200', '300x200'],
    [`${cover(300, 200)}/scale(factor=0.5)`, 'crop 0,34-800,567; resize 300x200; resize 150x100', '150x100'],
  ])('of %s are %s', (wish, operations, target) => {
    const told = meta(wish)
    expect([short(told), `${told.target.width}x${told.target.height}`]).toEqual([operations, target])
  })

  it('begin with what a trim cuts off', () => {
    const told = meta(`trim()/${cover(50, 50)}`, photo, { trim: { left: 10, top: 20, width: 300, height: 200 } })
    expect(short(told)).toBe('crop 10,20-310,220; crop 50,0-250,200; resize 50x50')
  })
})

describe('the focal points', () => {
  it('are those that were said and found, in px of what is cropped, or where the crop is aligned', () => {
    const found = { areas: [{ left: 150, top: 150, width: 20, height: 10 }] }
    const inside = 'region(x=100,y=100,width=200,height=200)'
    expect(
      meta(`focus(areas=150x250:250x290%2C700x0:710x10,detect=saliency)/${inside}/${cover(200, 100)}`, photo, found).focal_points,
    ).toEqual([
      { x: 100, y: 170, z: 4000, height: 40, width: 100, origin: 'Explicit' },
      { x: 60, y: 55, z: 200, height: 10, width: 20, origin: 'detection' },
    ])
    expect(meta(`focus(detect=saliency)/${inside}/${cover(100, 50, ',gravity=right')}`, photo, { areas: [] }).focal_points).toEqual([
      { x: 200, y: 100, z: 1, height: 1, width: 1, origin: 'alignment' },
    ])
  })
})

describe('the source', () => {
  it('is the original, as large as it is, and named as Thumbor quotes', () => {
    expect(meta(cover(30, 20)).source).toEqual({ url: 'a/b.jpg', width: 800, height: 600, frameCount: 1 })
    expect(meta('', photo, {}, "http://h.example/ä (1)'.jpg?x=1").source.url).toBe('http%3A//h.example/%C3%A4%20%281%29%27.jpg%3Fx%3D1')
    expect(meta('', photo, {}, '\ud800.jpg').source.url).toBe('%EF%BF%BD.jpg')
  })

  it('is turned only where the recipe turns it', () => {
    const turned = { ...photo, orientation: 6 }
    expect(meta('', turned).source).toMatchObject({ width: 800, height: 600 })
    expect(meta('orient()', turned).source).toMatchObject({ width: 600, height: 800 })
    expect(meta('orient()', turned).target).toEqual({ width: 600, height: 800 })
  })

  it('tells its frames', () => {
    expect(meta('', factsOf(10, 10, { format: 'gif', animated: true, pages: 7 })).source.frameCount).toBe(7)
  })
})
