import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asRecipe, factsOf, limits } from '../../test/pictures.ts'
import { marks, shapes, wishes } from '../../test/wishes.ts'
import { Failure } from '../errors.ts'
import { filters } from '../filters/all.ts'
import { effectsOf } from '../pixels/effects.ts'
import { type Recipe, recipe } from '../recipe/recipe.ts'
import { type Step, step } from '../recipe/steps.ts'
import type { Facts, Findings, Rect, Size } from './facts.ts'
import type { Limits } from './limits.ts'
import type { Op, Plan } from './plan.ts'
import { plan } from './planner.ts'
import { turnedSize, uprightTurn } from './turn.ts'

const effects = effectsOf(filters)
const mark = factsOf(40, 20, { format: 'png', alpha: true })

type More = { limits?: Partial<Limits>; findings?: Findings; overlays?: readonly Facts[] }

function tried(
  wish: string | Recipe,
  original: Facts,
  { limits: given = {}, findings = {}, overlays = [mark, mark, mark, mark, mark] }: More = {},
) {
  const known = { facts: [original, ...overlays], findings, limits: { ...limits, ...given }, effects }
  return plan(typeof wish === 'string' ? asRecipe(wish) : wish, known)
}

function planned(wish: string | Recipe, original: Facts, more: More = {}): Plan {
  const made = tried(wish, original, more)
  if (made instanceof Failure) throw made
  return made
}

const said = ({ width, height }: Size) => `${width}x${height}`
const ops = ({ passes }: Plan): Op[] => passes.flatMap((pass) => (pass.kind === 'pipeline' ? pass.ops : []))
const rectOf = (made: Plan, name: 'cut' | 'extract'): Rect | undefined =>
  ops(made).flatMap((op) => ((op.op === 'cut' || op.op === 'extract') && op.op === name ? [op.rect] : []))[0]
const rect = (left: number, top: number, width: number, height: number): Rect => ({ left, top, width, height })

/** A JPEG of 400x200. */
const photo = factsOf(400, 200)

describe('the size of a result', () => {
  it.each([
    ['|', '400x200'],
    ['region(x=10,y=20,width=100,height=50)|', '100x50'],
    ['region(x=350,y=150,width=100,height=100)|', '50x50'], // what lies outside is not kept
    ['region(x=25%,y=25%,width=50%,height=50%)|', '200x100'],
    ['region(square=1)|', '200x200'],
    ['region(width=50%)/resize(width=50%)|', '100x100'],
    ['region(square=1)/resize(width=100)|', '100x100'],
    ['rotate(degrees=90)|', '200x400'],
    ['rotate(degrees=90)/resize(width=100)|', '100x200'],
    ['resize(width=100)/rotate(degrees=270)|', '50x100'],
    ['rotate(degrees=45)|', '424x424'],
    ['mirror(flip=1)|', '400x200'],
    ['pad(top=1,right=2,bottom=3,left=4)|', '406x204'],
    ['pad(top=1,right=2,bottom=3,left=4)|dpr=2', '412x208'],
    ['region(x=10,y=10,width=100,height=100)|dpr=2', '100x100'], // dpr never counts in a region
    ['resize(width=100,height=100,fit=cover)/pad(left=10)|dpr=1.5', '165x150'],
    ['resize(width=100,height=100,fit=pad,background=blur)|', '100x100'],
    ['resize(width=100)/resize(width=50)|', '50x25'],
    ['trim()|', '400x200'], // before anything is found
  ])('%s is %s', (wish, size) => {
    expect(said(planned(wish, photo).size)).toBe(size)
  })

  it('is what a trim left, scaled', () => {
    const made = planned('trim()/resize(width=50)|', photo, { findings: { trim: rect(20, 30, 100, 80) } })
    expect(said(made.size)).toBe('50x40')
    expect(rectOf(made, 'cut')).toEqual(rect(20, 30, 100, 80))
  })

  it('is that of the page as the viewer sees it, whichever way it is stored', () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const stored = { ...factsOf(0, 0), ...turnedSize({ width: 400, height: 200 }, uprightTurn(orientation)), orientation }
      expect(said(planned('orient()/resize(width=100)|', stored).size)).toBe('100x50')
      expect(said(planned(`orient(tag=${orientation})/resize(width=100)|`, { ...stored, orientation: 1 }).size)).toBe('100x50')
    }
  })
})

describe('a crop', () => {
  it.each<[gravity: string, rect: Rect]>([
    ['center', rect(50, 0, 100, 100)],
    ['left', rect(0, 0, 100, 100)],
    ['right', rect(100, 0, 100, 100)],
    ['top-right', rect(100, 0, 100, 100)],
    ['0.25x0.5', rect(0, 0, 100, 100)],
    ['0.4x0.5', rect(30, 0, 100, 100)],
    ['0.9x0', rect(100, 0, 100, 100)],
  ])('to the %s of 200x100 keeps %o', (gravity, kept) => {
    expect(rectOf(planned(`resize(width=100,height=100,fit=cover,gravity=${gravity})|`, photo), 'extract')).toEqual(kept)
  })

  it('keeps the point that a look found', () => {
    const made = planned('resize(width=100,height=100,fit=cover,gravity=attention)|', photo, { findings: { focus: { x: 0.7, y: 0.5 } } })
    expect(rectOf(made, 'extract')).toEqual(rect(90, 0, 100, 100))
  })

  it('outside the picture is a failure', () => {
    expect(tried('region(x=400)|', photo)).toMatchObject({ code: 'region-outside' })
    expect(tried('region(y=900,width=5,height=5)|', photo)).toMatchObject({ code: 'region-outside' })
    expect(tried('region(width=0)|', photo)).toMatchObject({ code: 'region-outside' })
  })

  it('is never empty and never outside, and what is stated is what the passes come to', () => {
    const originals = fc.record({ width: fc.integer({ min: 1, max: 600 }), height: fc.integer({ min: 1, max: 600 }), alpha: fc.boolean() })
    fc.assert(
      fc.property(originals, wishes(shapes, marks), fc.constantFrom(0.5, 1, 2), ({ width, height, alpha }, steps, dpr) => {
        const made = tried(recipe(steps, { format: 'png' }, dpr), factsOf(width, height, { alpha }))
        if (made instanceof Failure) {
          expect(['region-outside', 'output-too-large']).toContain(made.code)
          return
        }
        expect(JSON.parse(JSON.stringify(made))).toEqual(made)
        expect(made.passes.at(-1)?.size ?? { width, height }).toEqual(made.size)
        let size: Size = made.load.size
        for (const pass of made.passes) {
          if (pass.kind === 'pipeline') for (const op of pass.ops) size = holds(op, size)
          expect(pass.size.width * pass.size.height).toBeGreaterThanOrEqual(1)
          size = pass.size
        }
      }),
      { numRuns: 1500 },
    )
  })

  /** The size after an operation; every rectangle lies inside what it is cut from. */
  function holds(op: Op, size: Size): Size {
    if (op.op === 'resize') return op
    if (op.op === 'turn') return turnedSize(size, op.turn)
    if (op.op === 'cut' || op.op === 'extract') {
      expect(op.rect.left).toBeGreaterThanOrEqual(0)
      expect(op.rect.top).toBeGreaterThanOrEqual(0)
      expect(Math.min(op.rect.width, op.rect.height)).toBeGreaterThanOrEqual(1)
      if (op.op === 'extract') return op.rect
      expect(op.rect.left + op.rect.width).toBeLessThanOrEqual(size.width)
      expect(op.rect.top + op.rect.height).toBeLessThanOrEqual(size.height)
      return op.rect
    }
    if (op.op === 'layer') expect(Math.min(op.left, op.top, op.visible.left, op.visible.top)).toBeGreaterThanOrEqual(0)
    return size
  }
})

it('agrees on the eight ways to store one picture: the same sizes for every recipe', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 }), wishes(shapes), (width, height, steps) => {
      const all = [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => {
        const stored = { ...factsOf(0, 0), ...turnedSize({ width, height }, uprightTurn(orientation)), orientation }
        const made = tried(recipe([step('orient'), ...steps], { format: 'png' }), stored)
        return made instanceof Failure ? made.code : said(made.size)
      })
      expect(new Set(all).size).toBe(1)
    }),
    { numRuns: 300 },
  )
})

describe('limits', () => {
  const large = factsOf(10_000, 5000)

  it('shrink a result whose size nobody asked for', () => {
    expect(said(planned('|', large).size)).toBe('8192x4096')
    expect(said(planned('region(square=1)|', large, { limits: { outputSide: 1000 } }).size)).toBe('1000x1000')
    expect(said(planned('|', large, { limits: { outputPixels: 2_000_000 } }).size)).toBe('2000x1000')
    expect(said(planned('|', factsOf(20_000, 1)).size)).toBe('8192x1')
  })

  it('refuse one that was asked for', () => {
    expect(tried('resize(width=9000)|', large)).toMatchObject({ code: 'output-too-large' })
    expect(tried('pad(left=9000)|', photo)).toMatchObject({ code: 'output-too-large' })
    expect(tried('resize(width=8192,height=8192,fit=pad)|', photo)).toMatchObject({ code: 'output-too-large' })
    expect(tried('resize(width=300,enlarge=1)|dpr=5000', photo)).toMatchObject({ code: 'output-too-large' })
    expect(tried('|format=avif', factsOf(4000, 3000))).toMatchObject({ code: 'output-too-large', detail: { parameter: 'f' } })
    const known = { facts: [factsOf(4000, 3000)], findings: {}, limits, effects }
    expect(plan(asRecipe('resize(width=20)|format=avif'), known, 0)).toMatchObject({ size: { width: 4000, height: 3000 } }) // no result yet
  })

  it('hold on the way to a small result too', () => {
    expect(tried('resize(width=50000,enlarge=1)/resize(width=10)|', photo)).toMatchObject({ code: 'output-too-large' })
    expect(tried('pad(left=1000000)/region(square=1)|', photo)).toMatchObject({ code: 'output-too-large' })
    expect(tried('rotate(degrees=45)/resize(width=10)|', factsOf(50_000, 10))).toMatchObject({ code: 'output-too-large' })
    expect(tried('resize(width=8000,height=8000,fit=cover,enlarge=1)|', factsOf(3000, 1))).toMatchObject({ code: 'output-too-large' })
    expect(said(planned('rotate(degrees=45)/resize(width=10)|', factsOf(8000, 6000)).size)).toBe('10x10')
  })

  it('count the frames of an animation', () => {
    const long = factsOf(1000, 1000, { format: 'gif', animated: true, pages: 20, alpha: true })
    expect(said(planned('page(animation=1)|', long, { limits: { outputPixels: 5_000_000 } }).size)).toBe('500x500')
    expect(said(planned('page(animation=1)|format=jpeg', long, { limits: { outputPixels: 5_000_000 } }).size)).toBe('1000x1000')
    expect(tried('page(animation=1)|', long, { limits: { frames: 10 } })).toMatchObject({ code: 'original-too-many-frames' })
    expect(tried('page(animation=1)|', long, { limits: { sourcePixels: 10_000_000 } })).toMatchObject({ code: 'original-too-many-pixels' })
    expect(planned('page(animation=1)|format=png', long, { limits: { sourcePixels: 10_000_000 } }).frames).toBe(1)
  })

  it('bound what is drawn from an SVG', () => {
    const logo = factsOf(100, 50, { format: 'svg', vector: true, alpha: true })
    expect(said(planned('resize(width=4000)|', logo).size)).toBe('4000x2000')
    expect(tried('resize(width=8000)|', logo)).toMatchObject({ code: 'output-too-large' })
    expect(tried('page(density=1200)/resize(width=10)|', factsOf(1000, 1000, { format: 'svg', vector: true }))).toMatchObject({
      code: 'original-too-many-pixels',
    })
  })
})

describe('pages', () => {
  const book = factsOf(100, 100, { format: 'tiff', pages: 3 })
  const film = factsOf(100, 100, { format: 'gif', animated: true, pages: 5, alpha: true })

  it.each<[wish: string, original: Facts, page: number, frames: number]>([
    ['|', book, 0, 1],
    ['page(index=2)|', book, 2, 1],
    ['page(count=9)|format=webp', book, 0, 3],
    ['page(count=9)|format=png', book, 0, 1],
    ['|', film, 0, 1],
    ['page(animation=1)|', film, 0, 5],
    ['page(animation=1,index=3)|', film, 3, 2],
    ['page(index=1,count=2)|', film, 1, 2],
    ['page(animation=1)|format=jpeg', film, 0, 1],
    ['page(animation=1)|', book, 0, 1], // pages are no animation
  ])('of %s are those from $2 on, $3 of them', (wish, original, page, frames) => {
    expect(planned(wish, original)).toMatchObject({ load: { page, pages: frames }, frames })
  })

  it('beyond the last are a failure that says how many there are', () => {
    expect(tried('page(index=3)|', book)).toMatchObject({ code: 'page-outside', detail: { expected: 'a page from 1 to 3' } })
    expect(tried('page(index=1)|', photo)).toMatchObject({ code: 'page-outside' })
  })
})

it('looks once for a trim and once for a focus: findings hold one of each', () => {
  expect(tried('trim()/pad(top=1)/trim()|', photo)).toMatchObject({ code: 'parameter-conflict', detail: { parameter: 'trim' } })
  const twice = 'resize(width=90,height=90,fit=cover,gravity=attention)/resize(width=9,height=5,fit=cover,gravity=entropy)|'
  expect(tried(twice, photo)).toMatchObject({ code: 'parameter-conflict', detail: { parameter: 'g' } })
  expect(tried('trim()/resize(width=90,height=90,fit=cover,gravity=attention)|', photo)).not.toBeInstanceOf(Failure)
})

it('fails where it lacks facts or knows no such filter', () => {
  const blot: Step = { kind: 'filter', name: 'blot', args: {} }
  expect(tried(recipe([blot]), photo)).toMatchObject({ code: 'parameter-unknown' })
  expect(tried('overlay(key=a)|', photo, { overlays: [] })).toMatchObject({ code: 'internal' })
})
