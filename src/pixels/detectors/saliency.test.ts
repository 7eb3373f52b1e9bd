import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawn, type Rgba, rendered, seen } from '../../../test/pictures.ts'
import type { Rect } from '../../geometry/facts.ts'
import type { Copy } from './detector.ts'
import { saliency } from './saliency.ts'

const { signal } = new AbortController()

/** A picture of single pixels, as a detector sees it. */
async function copy(width: number, height: number, at: (x: number, y: number) => Rgba): Promise<Copy> {
  const { data, info } = await drawn(width, height, at).raw().toBuffer({ resolveWithObject: true })
  return { data, width, height, channels: info.channels as 3 | 4 }
}

async function found(width: number, height: number, at: (x: number, y: number) => Rgba): Promise<readonly Rect[]> {
  return (await saliency.find(await copy(width, height, at), signal)) as readonly Rect[]
}

const middle = ({ left, top, width, height }: Rect): readonly [number, number] => [left + width / 2, top + height / 2]

/** The same noise in each run, -1 to 1. */
function noise(x: number, y: number): number {
  let bits = (x * 374_761_393 + y * 668_265_263) | 0
  bits = Math.imul(bits ^ (bits >>> 13), 1_274_126_177)
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 31 - 1
}

const inEllipse = (x: number, y: number, [cx, cy, rx, ry]: readonly [number, number, number, number]): boolean =>
  ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1

/** A face as a child draws it: an ellipse of skin, eyes and a mouth, on a ground that is not quite even. */
const face =
  (skin: Rgba, ground: Rgba, [cx, cy, rx, ry]: readonly [number, number, number, number]) =>
  (x: number, y: number): Rgba => {
    const eye = inEllipse(x, y, [cx - rx / 3, cy - ry / 4, rx / 6, ry / 10]) || inEllipse(x, y, [cx + rx / 3, cy - ry / 4, rx / 6, ry / 10])
    const mouth = inEllipse(x, y, [cx, cy + ry / 2, rx / 3, ry / 12])
    const [r, g, b] = eye || mouth ? ([60, 30, 30] as const) : inEllipse(x, y, [cx, cy, rx, ry]) ? skin : ground
    return [r, g, b].map((value) => Math.max(0, Math.min(255, Math.round(value + 3 * noise(x, y))))) as unknown as Rgba
  }

describe('what stands out', () => {
  it.each<[what: string, skin: Rgba, ground: Rgba]>([
    ['light on blue', [224, 172, 105], [90, 120, 150]],
    ['dark on gray', [141, 85, 36], [150, 150, 150]],
    ['dark on a dark ground', [90, 56, 37], [40, 42, 40]],
    ['light on white', [241, 194, 160], [250, 250, 250]],
  ])('is a face left of the middle, %s', async (_, skin, ground) => {
    const [area, ...others] = await found(240, 160, face(skin, ground, [70, 80, 24, 32]))
    expect(others).toEqual([])
    const [x, y] = middle(area as Rect)
    expect([Math.abs(x - 70) < 8, Math.abs(y - 80) < 10]).toEqual([true, true])
  })

  it('is a face among leaves, which are full of detail', async () => {
    const leaves = (x: number, y: number): Rgba =>
      [60 + 40 * noise(x >> 1, y >> 1), 110 + 60 * noise(x >> 1, y >> 1), 50].map(Math.round) as unknown as Rgba
    const drawing = face([224, 172, 105], [0, 0, 0], [180, 60, 26, 34])
    const [area] = await found(240, 160, (x, y) => (inEllipse(x, y, [180, 60, 26, 34]) ? drawing(x, y) : leaves(x, y)))
    const [x, y] = middle(area as Rect)
    expect([Math.abs(x - 180) < 16, Math.abs(y - 60) < 20]).toEqual([true, true])
  })

  it.each([
    ['top left', 4, 4],
    ['top right', 220, 4],
    ['bottom left', 4, 140],
    ['bottom right', 220, 140],
  ])('is a small thing full of detail in the corner, %s', async (_, left, top) => {
    const areas = await found(240, 160, (x, y) =>
      x >= left && x < left + 16 && y >= top && y < top + 16
        ? ((x >> 1) + (y >> 1)) % 2 === 0
          ? [20, 20, 20]
          : [235, 235, 235]
        : [120, 125, 122],
    )
    expect(areas).toHaveLength(1)
    const [x, y] = middle(areas[0] as Rect)
    expect([Math.abs(x - left - 8) < 12, Math.abs(y - top - 8) < 12]).toEqual([true, true])
  })

  it('is a block of text on an empty page', async () => {
    const inked = (x: number, y: number): boolean => x >= 140 && x < 220 && y >= 100 && y < 140 && y % 8 < 5 && noise(x >> 1, y >> 3) > 0
    const [area, ...others] = await found(240, 160, (x, y) => (inked(x, y) ? [30, 30, 30] : [250, 250, 248]))
    expect(others).toEqual([])
    const [x, y] = middle(area as Rect)
    expect([Math.abs(x - 180) < 12, Math.abs(y - 120) < 10]).toEqual([true, true])
  })

  it('is the horizon between sky and sea', async () => {
    const areas = await found(160, 240, (_, y) => (y < 180 ? [150, 190, 230] : [30, 70, 90]))
    const around = areas.filter(({ top, height }) => top <= 180 && top + height >= 180)
    expect(around.length).toBe(areas.length)
    expect(areas.length).toBeGreaterThan(0)
  })

  it('is two things, where two are alike', async () => {
    const areas = await found(240, 120, (x, y) =>
      inEllipse(x, y, [50, 60, 16, 16]) || inEllipse(x, y, [190, 60, 16, 16]) ? [200, 30, 30] : [225, 225, 220],
    )
    expect(areas.map((area) => Math.round(middle(area)[0] / 10)).sort((a, b) => a - b)).toEqual([5, 19])
  })

  it('is what is not clear', async () => {
    const areas = await found(200, 100, (x, y) => (inEllipse(x, y, [150, 50, 20, 20]) ? [128, 128, 128, 255] : [255, 0, 0, 0]))
    const [x] = middle(areas[0] as Rect)
    expect([areas.length, Math.abs(x - 150) < 10]).toEqual([1, true])
  })
})

describe('nothing stands out', () => {
  it.each<[what: string, width: number, height: number, at: (x: number, y: number) => Rgba]>([
    ['in one colour', 200, 100, () => [90, 140, 30]],
    ['in the colour of skin alone', 200, 100, () => [224, 172, 105]],
    ['in what is all clear', 200, 100, (x, y) => [x, y, 0, 0]],
    ['in faint noise', 200, 100, (x, y) => [128 + 2 * noise(x, y), 128 + 2 * noise(x, y), 128].map(Math.round) as unknown as Rgba],
    ['in one pixel', 1, 1, () => [200, 10, 10]],
    ['in one row of one colour', 256, 1, () => [200, 10, 10]],
  ])('%s', async (_, width, height, at) => expect(await found(width, height, at)).toEqual([]))
})

it('lies inside the picture, is few, never empty, and the same each time', async () => {
  const sides = fc.integer({ min: 1, max: 40 })
  await fc.assert(
    fc.asyncProperty(
      sides,
      sides,
      fc.constantFrom(3 as const, 4 as const),
      fc.infiniteStream(fc.nat(255)),
      async (width, height, channels, stream) => {
        const data = Buffer.from([...stream.take(width * height * channels)])
        const given: Copy = { data, width, height, channels }
        const areas = (await saliency.find(given, signal)) as readonly Rect[]
        expect(areas.length).toBeLessThanOrEqual(3)
        for (const area of areas) {
          expect(Object.values(area).every(Number.isInteger)).toBe(true)
          expect(Math.min(area.left, area.top)).toBeGreaterThanOrEqual(0)
          expect(Math.min(area.width, area.height)).toBeGreaterThanOrEqual(1)
          expect(area.left + area.width).toBeLessThanOrEqual(width)
          expect(area.top + area.height).toBeLessThanOrEqual(height)
        }
        expect(await saliency.find(given, signal)).toEqual(areas)
      },
    ),
    { numRuns: 150 },
  )
})

describe('a crop that keeps what was found', () => {
  const cropped = (width: number, height: number): string =>
    `focus(detect=saliency)/resize(width=${width},height=${height},fit=cover,enlarge=1,rounding=stepwise)|format=png`

  it('has the face in it, at any size', async () => {
    const original = await drawn(960, 640, face([224, 172, 105], [90, 120, 150], [200, 320, 90, 120]))
      .png()
      .toBuffer()
    for (const [width, height] of [
      [200, 320],
      [100, 200],
      [320, 320],
    ] as const) {
      const made = await rendered(cropped(width, height), original)
      const { at } = await seen(made.bytes)
      // As wide as the crop is on the original, 200 lies where it lies.
      let skin = 0
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (Math.abs((at(x, y)[0] ?? 0) - 224) < 20) skin += 1
      const scale = height / 640
      expect(skin).toBeGreaterThan(0.85 * Math.PI * 90 * 120 * scale * scale)
    }
  })

  it('has the same areas from a JPEG of the same picture, give or take a little', async () => {
    const drawing = drawn(960, 640, face([224, 172, 105], [90, 120, 150], [700, 300, 90, 120]))
    const [png, jpeg] = [await drawing.clone().png().toBuffer(), await drawing.clone().jpeg().toBuffer()]
    const areas = await Promise.all([png, jpeg].map(async (bytes) => (await rendered(cropped(100, 200), bytes)).findings.areas ?? []))
    const [a, b] = areas.map(([area]) => middle(area as Rect))
    expect(Math.hypot((a?.[0] ?? 0) - (b?.[0] ?? 999), (a?.[1] ?? 0) - (b?.[1] ?? 999))).toBeLessThan(25)
  })
})
