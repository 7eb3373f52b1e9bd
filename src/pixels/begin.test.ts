import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { likeness } from '../../scripts/flat.mjs'
import { corpus } from '../../test/corpus.ts'
import { flat } from '../../test/golden/compare.ts'
import { asRecipe, limits, plain, quadrants, red } from '../../test/pictures.ts'
import { Failure } from '../errors.ts'
import { filters } from '../filters/all.ts'
import { openInProcess } from './in-process.ts'
import type { Origin, Rendered, Renderer } from './renderer.ts'

const { signal } = new AbortController()

async function made(renderer: Renderer, wish: string, bytes: Buffer, origin?: Origin): Promise<Rendered> {
  const job = { recipe: asRecipe(wish), originals: [bytes], limits, ...(origin === undefined ? {} : { origin }) }
  const rendered = await renderer.render(job, signal)
  if (rendered instanceof Failure) throw rendered
  return rendered
}

/** One original asked for in many ways: small ones first, so that levels of every kind are made and used; twice each. */
const family = [
  'orient()/resize(width=60)|format=png',
  'orient()/resize(width=97)|format=png',
  'orient()/resize(width=150,height=150,fit=cover)|format=png',
  'orient()/resize(width=333)/blur(sigma=1)|format=png',
  'orient()/region(x=11%,y=7%,width=50%,height=61%)/resize(width=80)|format=png',
  'orient()/resize(width=200)/rotate(degrees=90)/flatten(background=ff0000)/gray()|format=png',
]

describe('a picture from a level is like the one from its original', () => {
  const samples = readdirSync('samples').filter((name) => !/md$|^24mpx/.test(name))
  const valid = corpus('valid')
  const files = [
    ...samples.map((name) => ['sample', name, join('samples', name)] as const),
    ...(valid?.files ?? [])
      .filter(({ file, sharpDecodes, width, height }) => sharpDecodes && (width ?? 0) * (height ?? 0) < 3e6 && !/exif-[2-5,7]-/.test(file))
      .map(({ file }) => ['corpus', file, join(valid?.folder ?? '', file)] as const),
  ]
  let cold: Renderer
  let warm: Renderer
  beforeAll(async () => {
    cold = await openInProcess({ filters })
    warm = await openInProcess({ filters, levelBytes: 200_000_000 })
  })

  it.each(files)('%s %s', async (_, name, path) => {
    const bytes = await readFile(path)
    const origin = { name, version: '1' }
    for (const wish of family) await made(warm, wish, bytes, origin)
    for (const wish of family) {
      const [one, other] = [await made(cold, wish, bytes), await made(warm, wish, bytes, origin)]
      expect([other.width, other.height, other.frames]).toEqual([one.width, one.height, one.frames])
      const [first, second] = [await flat(one.bytes), await flat(other.bytes)]
      // Windows of a likeness are 11 px wide: smaller pictures have none.
      if (Math.min(one.width, one.height) < 11) continue
      const { ssim, difference } = likeness(first, second)
      const coarse = /jpeg|webp/.test(one.facts[0]?.format ?? '')
      expect([wish, ssim]).toEqual([wish, expect.toSatisfy((like: number) => like >= (coarse ? 0.985 : 0.995))])
      expect(difference).toBeLessThan(coarse ? 4 : 1)
    }
  })

  // The decoders of JPEG and WebP halve while they decode, coarsely: a level is finer than that, so the measure is the picture decoded whole.
  it.each(files.filter(([, name]) => /\.(?:jpe?g|webp)$/.test(name)))(
    'and no less like the whole original, scaled once, than without: %s %s',
    async (_, name, path) => {
      const bytes = await readFile(path)
      const whole = await sharp(await sharp(bytes).autoOrient().toColourspace('srgb').png().toBuffer())
      for (const width of [97, 222, 333]) {
        const wish = `orient()/resize(width=${width})|format=png`
        const one = await made(cold, wish, bytes)
        if (Math.min(one.width, one.height) < 11 || one.width < width) continue
        for (let time = 0; time < 2; time++) await made(warm, wish, bytes, { name: `${name} ${width}`, version: '1' })
        const other = await made(warm, wish, bytes, { name: `${name} ${width}`, version: '1' })
        const exact = await flat(await whole.clone().resize(one.width, one.height, { fit: 'fill' }).png().toBuffer())
        const like = async (bytes: Buffer): Promise<number> => likeness(exact, await flat(bytes)).ssim
        const [before, after] = [await like(one.bytes), await like(other.bytes)]
        expect([width, after]).toEqual([width, expect.toSatisfy((found: number) => found >= Math.min(0.995, before - 0.002))])
      }
    },
  )
})

describe('levels', () => {
  const wish = (width: number): string => `resize(width=${width})|format=webp`
  const origin = { name: 'cat', version: '1' }
  let original: Buffer
  let renderer: Renderer
  beforeAll(async () => {
    original = await quadrants(400, 300).jpeg().toBuffer()
  })

  const open = async (levelBytes: number): Promise<void> => {
    renderer = await openInProcess({ filters, levelBytes })
  }
  const ask = async (...widths: readonly number[]): Promise<readonly [hits: number, made: number, bytes: number]> => {
    for (const width of widths) await made(renderer, wish(width), original, origin)
    const { levelHits, levelsMade, levelBytes } = renderer.figures()
    return [levelHits, levelsMade, levelBytes]
  }

  it('are made by the second of a family and used by the third; a finer wish makes the finest, from which coarser ones come', async () => {
    await open(1e7)
    expect(await ask(48)).toEqual([0, 0, 0])
    expect(await ask(44)).toEqual([0, 1, 100 * 75 * 3])
    expect(await ask(48)).toEqual([1, 1, 100 * 75 * 3])
    expect(await ask(100)).toEqual([1, 2, (100 * 75 + 400 * 300) * 3])
    expect(await ask(300)).toEqual([2, 2, (100 * 75 + 400 * 300) * 3])
    expect(await ask(100)).toEqual([3, 3, (100 * 75 + 200 * 150 + 400 * 300) * 3])
    expect(await ask(96, 48)).toEqual([5, 3, (100 * 75 + 200 * 150 + 400 * 300) * 3])
  })

  it('are none where the budget is none, and where nobody says what the original is known by', async () => {
    await open(0)
    expect(await ask(50, 50, 300)).toEqual([0, 0, 0])
    await open(1e7)
    for (const width of [50, 50, 50]) await made(renderer, wish(width), original)
    expect(renderer.figures()).toMatchObject({ levelHits: 0, levelsMade: 0 })
  })

  it('stay within the budget, of which one takes three quarters at most', async () => {
    await open(2 * 200 * 150 * 4)
    expect(await ask(100, 100)).toEqual([0, 1, 200 * 150 * 3])
    expect(await ask(300, 300)).toEqual([0, 1, 200 * 150 * 3])
    for (const name of ['a', 'b', 'c']) for (const width of [100, 100]) await made(renderer, wish(width), original, { name, version: '1' })
    expect(renderer.figures().levelBytes).toBeLessThanOrEqual(2 * 200 * 150 * 4)
  })

  it('are of one version, and forgotten with their original', async () => {
    await open(1e7)
    await ask(48, 48)
    const changed = await plain(400, 300, red).jpeg().toBuffer()
    const before = await made(renderer, wish(48), changed)
    for (const _ of [1, 2, 3])
      expect((await made(renderer, wish(48), changed, { ...origin, version: '2' })).bytes.equals(before.bytes)).toBe(true)
    renderer.forget('ca')
    expect(renderer.figures().levelBytes).toBe(2 * 100 * 75 * 3)
    renderer.forget('cat')
    expect(renderer.figures().levelBytes).toBe(0)
    const counts = renderer.figures().levelsMade
    await ask(48)
    expect(renderer.figures().levelsMade).toBe(counts)
  })
})
