import { describe, expect, it } from 'vitest'
import { asRecipe, factsOf, limits } from '../../test/pictures.ts'
import { Failure } from '../errors.ts'
import { filters } from '../filters/all.ts'
import { effectsOf } from '../pixels/effects.ts'
import type { Facts } from './facts.ts'
import { type Plan, slotOf } from './plan.ts'
import { plan } from './planner.ts'
import { slots } from './slots.ts'

const effects = effectsOf(filters)
const mark = factsOf(40, 20, { format: 'png', alpha: true })

function planned(wish: string, original: Facts): Plan {
  const made = plan(asRecipe(wish), { facts: [original, mark, mark], findings: {}, limits, effects })
  if (made instanceof Failure) throw made
  return made
}

/** Passes as text, `resize+gray | flatten`: an effect by its name, a layer as `layer`. */
const road = ({ passes }: Plan): string =>
  passes
    .map((pass) => {
      if (pass.kind !== 'pipeline') return pass.kind === 'pixels' ? pass.name : pass.kind
      return pass.ops.map((op) => (op.op === 'effect' ? op.name : op.op)).join('+')
    })
    .join(' | ')

const jpeg = factsOf(400, 200)
const png = factsOf(400, 200, { format: 'png', alpha: true })
const gif = factsOf(400, 200, { format: 'gif', alpha: true, animated: true, pages: 3 })
const svg = factsOf(400, 200, { format: 'svg', alpha: true, vector: true })

describe('passes', () => {
  it.each<[wish: string, original: Facts, road: string]>([
    // One pass is enough for what most ask.
    ['|format=jpeg', jpeg, ''],
    ['orient()/resize(width=100)|format=webp', jpeg, 'resize'],
    ['resize(width=100)/gray()|format=jpeg', jpeg, 'resize+gray'],
    ['resize(width=100)|format=jpeg', png, 'flatten+resize'],
    ['resize(width=100)/flatten(background=ff0000)|format=jpeg', png, 'flatten+resize'],
    ['flatten(background=ff0000)/resize(width=100)|format=png', png, 'flatten+resize'],
    ['flatten(background=ff0000)|format=jpeg', jpeg, ''], // nothing shines through
    ['region(square=1)/resize(width=50)/mirror(flop=1)|', jpeg, 'cut+resize+turn'],
    ['orient()/region(square=1)/resize(width=50)|', { ...jpeg, orientation: 6 }, 'cut+resize+turn'],
    ['resize(width=100,height=100,fit=cover)|', jpeg, 'resize+extract'],
    [
      'rotate(degrees=90)/resize(width=50,height=50,fit=cover)/pad(top=3)/blur(sigma=2)|format=jpeg',
      jpeg,
      'resize+turn+extract+extend+blur',
    ],
    ['mirror(flip=1)/mirror(flop=1)/rotate(degrees=180)|', jpeg, ''], // turns that undo each other
    ['resize(width=100)/overlay(key=a)/text(text=b)/overlay(key=c)|', jpeg, 'resize+layer+words+layer'],
    ['resize(width=100)/sepia(percent=50)/blur(sigma=2)/sharpen(sigma=1)/invert()|', jpeg, 'resize+sepia | blur+sharpen+invert'],
    ['rotate(degrees=30)/radius(corners=5)|format=png', jpeg, 'rotate+radius'],
    // Another order than sharp's own begins a pass.
    ['blur(sigma=2)/resize(width=100)|', jpeg, 'blur | resize'],
    ['overlay(key=a)/blur(sigma=2)|', jpeg, 'layer | blur'],
    ['blur(sigma=2)/overlay(key=a)|', jpeg, 'blur+layer'],
    ['radius(corners=9)/blur(sigma=2)|format=png', jpeg, 'radius | blur'],
    ['invert()/gray()|', jpeg, 'invert | gray'],
    ['gray()/sepia(percent=50)|', jpeg, 'gray | sepia'], // one call of sharp would replace the other
    ['brightness(factor=2)/saturation(factor=2)|', jpeg, 'brightness | saturation'],
    ['resize(width=100)/resize(width=50)|', jpeg, 'resize | resize'],
    ['pad(top=3)/pad(top=3)|', jpeg, 'extend | extend'],
    ['rotate(degrees=90)/rotate(degrees=30)|', jpeg, 'turn | rotate'],
    ['rotate(degrees=30)/rotate(degrees=90)|', jpeg, 'rotate | turn'],
    ['pad(top=3)/mirror(flip=1)|', jpeg, 'extend | turn'],
    ['pad(top=3)/region(square=1)/resize(width=50)|', jpeg, 'extend | cut+resize'],
    ['flatten(background=ff0000)/pad(top=3)|format=png', png, 'flatten+extend'],
    ['pad(top=3)/flatten(background=ff0000)|format=png', png, 'extend | flatten'],
    ['pad(top=3,background=00000000)|format=jpeg', jpeg, 'extend | flatten'],
    ['radius(corners=9)|format=jpeg', jpeg, 'radius | flatten'],
    ['resize(width=100)/contrast(factor=2)/gray()|', jpeg, 'resize | contrast | gray'],
    ['resize(width=100,height=100,fit=pad,background=blur)/gray()|', jpeg, 'resize | backdrop | gray'],
    ['resize(width=100,height=100,fit=pad,background=blur)|format=jpeg', png, 'resize | backdrop'], // opaque by then
    // What mixes neighbours must neither bleed the black of a clear border in, nor be mixed into by what is not linear.
    ['pad(top=3)/blur(sigma=2)|format=png', jpeg, 'extend | blur'],
    ['pad(top=3)/blur(sigma=2)|format=png', png, 'extend+blur'],
    ['pad(top=3,background=ff0000)/blur(sigma=2)|format=png', jpeg, 'extend+blur'],
    ['rotate(degrees=30)/sharpen(sigma=2)|format=png', jpeg, 'rotate | sharpen'],
    ['resize(width=100)/brightness(factor=2)|format=png', jpeg, 'resize+brightness'],
    ['resize(width=100)/brightness(factor=2)|format=png', png, 'resize | brightness'],
    ['brightness(factor=2)/sharpen(sigma=2)|format=png', png, 'brightness | sharpen'],
    // A region of a drawing that is scaled up is drawn large first.
    ['page(density=144)|', svg, 'resize'],
    ['page(density=144)/resize(width=50)|', svg, 'resize'],
    ['page(density=144)/region(square=1)|', svg, 'resize+extract'],
    ['region(square=1)/resize(width=400)|', svg, 'resize | cut'],
    ['region(square=1)/resize(width=50)|', svg, 'cut+resize'],
  ])('of %s are $2', (wish, original, expected) => {
    expect(road(planned(wish, original))).toBe(expected)
  })

  it('hold operations in the order in which sharp runs them, each slot once but for layers', () => {
    const wish = 'orient()/region(square=1)/resize(width=50)/pad(top=1)/gray()/overlay(key=a)/text(text=b)/invert()|'
    for (const pass of planned(wish, { ...jpeg, orientation: 5 }).passes) {
      if (pass.kind !== 'pipeline') continue
      const places = pass.ops.filter((op) => op.op !== 'cut').map((op) => slots.indexOf(slotOf(op)))
      expect(places).toEqual([...places].sort((a, b) => a - b))
    }
  })

  it.each<[wish: string, apartFrom: number, road: string]>([
    ['page(animation=1)/resize(width=100)|format=gif', 1, 'resize'],
    ['page(animation=1)/mirror(flop=1)|format=gif', 1, 'turn'],
    ['page(animation=1)/rotate(degrees=90)|format=gif', 0, 'turn'],
    ['page(animation=1)/resize(width=100)/mirror(flip=1)|format=gif', 1, 'resize | turn'],
    ['page(animation=1)/resize(width=100)/blur(sigma=2)|format=gif', 1, 'resize | blur'],
    ['page(animation=1)/blur(sigma=2)/resize(width=100)|format=gif', 0, 'blur | resize'],
    ['page(animation=1)/contrast(factor=2)|format=gif', 0, 'contrast'],
    ['page(animation=1)/resize(width=100)/resize(width=50)|format=gif', 1, 'resize | resize'],
    ['page(animation=1)/resize(width=100,height=99,fit=pad,background=blur)|format=gif', 1, 'resize | backdrop'],
    ['resize(width=100)/blur(sigma=2)|format=gif', 1, 'resize+blur'], // a still
  ])('of an animation, %s, run on each frame apart from %i on: %s', (wish, apartFrom, expected) => {
    const made = planned(wish, gif)
    expect(road(made)).toBe(expected)
    expect(made.apartFrom).toBe(apartFrom)
  })
})
