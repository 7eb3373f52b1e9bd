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

/** One original asked for in many ways, as pixels and as what browsers get; twice each, so that levels are made and used. */
const family = [
  'orient()/resize(width=60)|format=jpeg',
  'orient()/resize(width=150)|format=gif',
  'orient()/resize(width=150)|format=tiff',
  'orient()/resize(width=40)|format=avif',
  'orient()/resize(width=80)|format=keep',
  'resize(width=90)/rotate(degrees=30,background=00ff00)|format=png',
  'resize(width=100)/pad(top=9,right=9,bottom=9,left=9,background=ff0000)|format=webp',
  'resize(width=100,height=100,fit=pad,background=0000ff)/flatten(background=ff8000)|format=jpeg',
  'orient()/resize(width=333)|format=webp',
  '|format=jpeg',
  'orient()/resize(width=60)|format=png',
  'orient()/resize(width=97)|format=png',
  'orient()/resize(width=150,height=150,fit=cover)|format=png',
  'orient()/resize(width=333)/blur(sigma=1)|format=png',
  'orient()/region(x=11%,y=7%,width=50%,height=61%)/resize(width=80)|format=png',
  'orient()/resize(width=200)/rotate(degrees=90)/flatten(background=ff0000)/gray()|format=png',
]

describe('a picture from a level is the one from its original', () => {
  const samples = readdirSync('samples').filter((name) => !/md$|^24mpx/.test(name))
  const valid = corpus('valid')
  const files = [
    ...samples.map((name) => ['sample', name, join('samples', name)] as const),
    ...(valid?.files ?? [])
      .filter(({ file, sharpDecodes, width, height }) => sharpDecodes && (width ?? 0) * (height ?? 0) < 3e6 && !/exif-[2-5,7]-/.test(file))
      .map(({ file }) => ['corpus', file, join(valid?.folder ?? '', file)] as const),
  ]
  const unlike: string[] = []
  let compared = 0
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
      compared += 1
      const [one, other] = [await made(cold, wish, bytes), await made(warm, wish, bytes, origin)]
      if (other.bytes.equals(one.bytes)) continue
      // libvips adds up where it stands from row to row, in floats, from wherever a strip begins: one row in a thousand may be rounded otherwise.
      const [first, second] = [await flat(one.bytes), await flat(other.bytes)]
      const { ssim, difference } = likeness(first, second)
      // The dither of a GIF carries what is rounded otherwise on to the rows below.
      const [least, most] = wish.endsWith('gif') ? [0.999, 0.2] : [0.9999, 0.02]
      expect([wish, ssim > least, difference < most]).toEqual([wish, true, true])
      unlike.push(`${name} ${wish}`)
    }
  })

  it('to the byte, but for one in a hundred', () => {
    expect(compared).toBe(files.length * family.length)
    expect(unlike.length).toBeLessThan(compared / 100)
  })

  it('and most of them do begin at one', () => {
    const { levelHits, levelsMade } = warm.figures()
    expect([levelsMade, levelHits / (2 * family.length * files.length)]).toEqual([
      expect.toSatisfy((made: number) => made > files.length / 2),
      expect.toSatisfy((share: number) => share > 0.2),
    ])
  })
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

  it('are made by the second of a family and used by the third; not where the decoder halves', async () => {
    const level = 400 * 300 * 3
    await open(1e7)
    expect(await ask(300)).toEqual([0, 0, 0])
    expect(await ask(200)).toEqual([0, 1, level])
    expect(await ask(300, 400)).toEqual([2, 1, level])
    expect(await ask(48, 100, 110)).toEqual([2, 1, level])
    expect(await ask(150)).toEqual([3, 1, level])
  })

  it('are none where the budget is none, and where nobody says what the original is known by', async () => {
    await open(0)
    expect(await ask(200, 200, 300)).toEqual([0, 0, 0])
    await open(1e7)
    for (const width of [200, 200, 200]) await made(renderer, wish(width), original)
    expect(renderer.figures()).toMatchObject({ levelHits: 0, levelsMade: 0 })
  })

  it('stay within the budget, of which one takes three quarters at most', async () => {
    const level = 400 * 300 * 3
    await open(level)
    expect(await ask(200, 200)).toEqual([0, 0, 0])
    await open(2.5 * level)
    for (const name of ['a', 'b', 'c']) for (const width of [200, 200]) await made(renderer, wish(width), original, { name, version: '1' })
    expect(renderer.figures()).toMatchObject({ levelsMade: 3, levelBytes: 2 * level })
  })

  it('are of one version, and forgotten with their original', async () => {
    await open(1e7)
    await ask(200, 200)
    const changed = await plain(400, 300, red).jpeg().toBuffer()
    const before = await made(renderer, wish(200), changed)
    for (const _ of [1, 2, 3])
      expect((await made(renderer, wish(200), changed, { ...origin, version: '2' })).bytes.equals(before.bytes)).toBe(true)
    renderer.forget('ca')
    expect(renderer.figures().levelBytes).toBe(2 * 400 * 300 * 3)
    renderer.forget('cat')
    expect(renderer.figures().levelBytes).toBe(0)
    const counts = renderer.figures().levelsMade
    await ask(200)
    expect(renderer.figures().levelsMade).toBe(counts)
  })

  it('are none of pixels with more bands than are taken as pixels', async () => {
    await open(1e7)
    const raw = (channels: 1 | 4) => ({ raw: { width: 400, height: 300, channels } })
    const extra = await sharp(Buffer.alloc(400 * 300 * 4, 90), raw(4))
      .joinChannel(Buffer.alloc(400 * 300, 50), raw(1))
      .tiff({ compression: 'none' })
      .toBuffer()
    expect((await sharp(extra).metadata()).channels).toBe(5)
    for (const width of [200, 190, 180]) expect((await made(renderer, wish(width), extra, origin)).width).toBe(width)
  })
})
