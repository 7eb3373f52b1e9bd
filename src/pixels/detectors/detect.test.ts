import { describe, expect, it } from 'vitest'
import { animation, asRecipe, drawn, limits, plain, type Rgba, rendered, seen, tried } from '../../../test/pictures.ts'
import { Failure } from '../../errors.ts'
import type { Rect, Size } from '../../geometry/facts.ts'
import { detectorNames } from '../../recipe/steps.ts'
import { openInProcess } from '../in-process.ts'
import { detectors } from './all.ts'
import { detect } from './detect.ts'
import type { Copy, Detector } from './detector.ts'

const { signal } = new AbortController()
const found: Rect = { left: 10, top: 20, width: 30, height: 40 }

function fake(name: string, areas: readonly Rect[] | Failure, side = 100): Detector & { readonly asked: Size[] } {
  const asked: Size[] = []
  const find = async ({ width, height }: Copy): Promise<readonly Rect[] | Failure> => {
    asked.push({ width, height })
    return areas
  }
  return { name: name as Detector['name'], doc: '', side, asked, find }
}

const copyOf = async ({ width, height }: Size): Promise<Copy> => ({ data: Buffer.alloc(width * height * 3), width, height, channels: 3 })
const by = (all: readonly Detector[], size: Size = { width: 1000, height: 500 }): ReturnType<typeof detect> =>
  detect(
    all,
    all.map(({ name }) => name),
    size,
    copyOf,
    signal,
  )

describe('detectors', () => {
  it('are those that a recipe can name', () => expect(detectors.map(({ name }) => name)).toEqual([...detectorNames]))

  it('look one after the other until one finds something', async () => {
    const all = [fake('a', []), fake('b', [found], 200), fake('c', [found])]
    expect(await by(all)).toEqual([{ left: 50, top: 100, width: 150, height: 200 }])
    expect(all.map(({ asked }) => asked)).toEqual([[{ width: 100, height: 50 }], [{ width: 200, height: 100 }], []])
    expect(await by([fake('a', [])])).toEqual([])
  })

  it('see a picture that is small already as it is', async () => {
    const one = fake('a', [found])
    expect(await by([one], { width: 90, height: 80 })).toEqual([found])
    expect(one.asked).toEqual([{ width: 90, height: 80 }])
  })

  it('find nothing outside the picture, and few things', async () => {
    const outside = [
      { left: 150, top: 0, width: 9, height: 9 },
      { left: -10, top: -10, width: 20, height: 20 },
      { left: 5, top: 5, width: 0, height: 9 },
    ]
    expect(await by([fake('a', outside)])).toEqual([{ left: 0, top: 0, width: 100, height: 100 }])
    expect(
      await by([
        fake(
          'a',
          Array.from({ length: 500 }, () => found),
        ),
      ]),
    ).toHaveLength(16)
  })

  it('say what is missing', async () => {
    const missing = new Failure('setting-invalid', 'Install a model.')
    expect(await by([fake('a', missing), fake('b', [found])])).toBe(missing)
    expect(await detect([], ['saliency'], { width: 9, height: 9 }, copyOf, signal)).toMatchObject({ code: 'setting-invalid' })
  })
})

/** A red disc on gray, as a picture of that size. */
const disc = (width: number, height: number, cx: number, cy: number, radius: number) =>
  drawn(width, height, (x, y): Rgba => ((x - cx) ** 2 + (y - cy) ** 2 <= radius ** 2 ? [210, 20, 20] : [150, 155, 150]))

const middleOf = (areas: readonly Rect[] | undefined): readonly [number, number] => {
  const [{ left, top, width, height } = { left: 0, top: 0, width: 0, height: 0 }] = areas ?? []
  return [left + width / 2, top + height / 2]
}

describe('a focus that is found', () => {
  it('is in px of the picture as it stands before it: turned and trimmed', async () => {
    // A border of 50 px around 800x400, in which the disc is at 600, 100.
    const bordered = await disc(800, 400, 600, 100, 60)
      .extend({ top: 50, bottom: 50, left: 50, right: 50, background: '#00f' })
      .png()
      .toBuffer()
    const [x, y] = middleOf((await rendered('trim()/focus(detect=saliency)|format=png', bordered)).findings.areas)
    expect([Math.abs(x - 600) < 25, Math.abs(y - 100) < 25]).toEqual([true, true])
    const original = await disc(800, 400, 600, 100, 60).jpeg().withMetadata({ orientation: 6 }).toBuffer()
    const [across, down] = middleOf((await rendered('orient()/focus(detect=saliency)|format=png', original)).findings.areas)
    expect([Math.abs(across - 300) < 25, Math.abs(down - 600) < 25]).toEqual([true, true])
  })

  it('moves the crop of a region, and only as far as it lies in it', async () => {
    const original = await disc(800, 400, 600, 100, 60).png().toBuffer()
    const red = async (wish: string): Promise<number> => {
      const { at, width, height } = await seen((await rendered(`${wish}|format=png`, original)).bytes)
      let count = 0
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if ((at(x, y)[1] ?? 0) < 80) count += 1
      return count
    }
    const cover = 'resize(width=100,height=200,fit=cover,enlarge=1,rounding=stepwise,gravity=left)'
    const whole = Math.PI * 30 * 30
    expect(await red(cover)).toBe(0)
    expect(await red(`focus(detect=saliency)/${cover}`)).toBeGreaterThan(0.9 * whole)
    expect(await red(`focus(detect=saliency)/region(x=100,width=600)/${cover}`)).toBeGreaterThan(0.9 * whole)
    expect(await red(`focus(detect=saliency)/region(width=400)/${cover}`)).toBe(0)
  })

  it('leaves the alignment where nothing stands out', async () => {
    const flat = await plain(400, 100, [90, 120, 30]).png().toBuffer()
    const made = await rendered('focus(detect=saliency)/resize(width=50,height=50,fit=cover,enlarge=1,rounding=stepwise)|format=png', flat)
    expect([made.findings.areas, made.width, made.height]).toEqual([[], 50, 50])
  })

  it.each<[what: string, bytes: () => Promise<Buffer>]>([
    ['one pixel', () => plain(1, 1, [200, 0, 0]).png().toBuffer()],
    [
      'a line across',
      () =>
        drawn(8000, 3, (x) => (x > 7000 && x < 7400 ? [200, 0, 0] : [90, 90, 90]))
          .png()
          .toBuffer(),
    ],
    [
      'a line down',
      () =>
        drawn(3, 8000, (_, y) => (y > 7000 && y < 7400 ? [200, 0, 0] : [90, 90, 90]))
          .png()
          .toBuffer(),
    ],
    ['gray', () => disc(300, 200, 50, 50, 20).toColourspace('b-w').png().toBuffer()],
    ['16 bits', () => disc(300, 200, 50, 50, 20).toColourspace('rgb16').png().toBuffer()],
    ['CMYK', () => disc(300, 200, 50, 50, 20).toColourspace('cmyk').jpeg().toBuffer()],
    ['what is all clear', () => plain(60, 40, [0, 0, 0, 0]).png().toBuffer()],
    ['an animation', () => animation('gif', [disc(60, 40, 10, 10, 8), plain(60, 40, [9, 9, 9])])],
    [
      'a drawing',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><circle cx="70" cy="20" r="9"/></svg>'),
    ],
  ])('takes %s', async (_, bytes) => {
    const original = await bytes()
    const made = await rendered(
      'page(animation=1)/focus(detect=saliency)/resize(width=20,height=30,fit=cover,enlarge=1,rounding=stepwise)|',
      original,
    )
    expect([made.width, made.height]).toEqual([20, 30])
    const [{ width, height } = { width: 0, height: 0 }] = made.facts
    for (const area of made.findings.areas ?? []) {
      expect(Math.min(area.left, area.top, area.width - 1, area.height - 1)).toBeGreaterThanOrEqual(0)
      expect([area.left + area.width <= width, area.top + area.height <= height]).toEqual([true, true])
    }
    const [a, b] = [await tried('focus(detect=saliency)|format=png', original), await tried('focus(detect=saliency)|format=png', original)]
    expect(a instanceof Failure ? a : a.findings).toEqual(b instanceof Failure ? b : b.findings)
  })

  it('finds the thing on a line of 8000 px', async () => {
    const line = await drawn(8000, 3, (x) => (x > 7000 && x < 7400 ? [200, 0, 0] : [90, 90, 90]))
      .png()
      .toBuffer()
    const [x] = middleOf((await rendered('focus(detect=saliency)|format=png', line)).findings.areas)
    expect(Math.abs(x - 7200)).toBeLessThan(250)
  })

  it('is not looked for twice in one recipe', async () => {
    const original = await disc(100, 100, 20, 20, 9).png().toBuffer()
    expect(await tried('focus(detect=saliency)/pad(top=9)/focus(detect=saliency)|format=png', original)).toMatchObject({
      code: 'parameter-conflict',
    })
  })

  it('is not looked for again where it is known, and is the same from kept pixels', async () => {
    const original = await disc(1600, 800, 1300, 200, 90).png().toBuffer()
    const looked = fake('saliency', [found])
    const counting = await openInProcess({ filters: [], detectors: [looked], levelBytes: 50_000_000 })
    const recipe = asRecipe('focus(detect=saliency)/resize(width=20,height=30,fit=cover,enlarge=1,rounding=stepwise)|format=png')
    const origin = { name: 'a', version: '1' }
    const known = { areas: [{ left: 3, top: 4, width: 5, height: 6 }] }
    expect(await counting.render({ recipe, originals: [original], limits, findings: known }, signal)).toMatchObject({ findings: known })
    expect(looked.asked).toEqual([])
    const real = await openInProcess({ filters: [], detectors, levelBytes: 50_000_000 })
    const sizes = [20, 30, 40, 50].map((width) => asRecipe(`focus(detect=saliency)/resize(width=${width})|format=png`))
    const all = []
    for (const each of sizes) all.push(await real.render({ recipe: each, originals: [original], limits, origin }, signal))
    expect(real.figures().levelHits).toBeGreaterThan(0)
    const [first, ...others] = all.map((made) => (made instanceof Failure ? made : made.findings))
    for (const other of others) expect(other).toEqual(first)
    // Without the original, what is not known cannot be looked for; what is known need not be.
    const [smallest = recipe] = sizes
    expect(await real.renderHeld({ recipe: smallest, limits, origin }, signal)).toBeUndefined()
    expect(await real.renderHeld({ recipe: smallest, limits, origin, findings: known }, signal)).toMatchObject({
      findings: known,
      width: 20,
    })
  })

  it('fails where no such detector is there', async () => {
    const none = await openInProcess({ filters: [] })
    const original = await disc(100, 100, 20, 20, 9).png().toBuffer()
    expect(
      await none.render({ recipe: asRecipe('focus(detect=saliency)|format=png'), originals: [original], limits }, signal),
    ).toMatchObject({
      code: 'setting-invalid',
    })
  })
})
