import { describe, expect, it } from 'vitest'
import { black, blue, drawn, pixelsOf, plain, quadrants, red, rendered, type Seen, seen, white } from '../../test/pictures.ts'

const paper = () => plain(100, 60, white).png().toBuffer()
const stamp = () => plain(20, 10, red).png().toBuffer()
const overlay = async (fields: string) => pixelsOf(`overlay(key=m,${fields})`, [await paper(), await stamp()])

/** The box of all pixels that are not white: left, top, right, bottom, the last two exclusive. */
function ink({ width, height, at }: Seen): number[] | undefined {
  let box: number[] | undefined
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (at(x, y).every((value) => value > 250)) continue
      box =
        box === undefined
          ? [x, y, x + 1, y + 1]
          : [Math.min(box[0] ?? 0, x), Math.min(box[1] ?? 0, y), Math.max(box[2] ?? 0, x + 1), Math.max(box[3] ?? 0, y + 1)]
    }
  return box
}

describe('an overlay', () => {
  it.each<[fields: string, box: number[] | undefined]>([
    ['gravity=bottom-right', [80, 50, 100, 60]],
    ['gravity=top-left', [0, 0, 20, 10]],
    ['gravity=center', [40, 25, 60, 35]],
    ['gravity=bottom-right,margin=8', [72, 42, 92, 52]],
    ['gravity=top-left,margin=8', [8, 8, 28, 18]],
    ['gravity=center,margin=8', [40, 25, 60, 35]],
    ['gravity=top-left,x=5,y=7', [5, 7, 25, 17]],
    ['gravity=top-left,x=-5,y=-3', [0, 0, 15, 7]], // partly outside
    ['gravity=bottom-right,x=12', [92, 50, 100, 60]],
    ['gravity=top-left,x=-30', undefined], // wholly outside
    ['gravity=top-left,width=50%', [0, 0, 50, 25]],
    ['gravity=top-left,height=30', [0, 0, 60, 30]],
    ['gravity=top-left,width=10,height=30', [0, 0, 10, 30]],
    ['gravity=top-left,width=200', [0, 0, 100, 60]], // larger than the picture
    ['gravity=top-left,degrees=90', [0, 0, 10, 20]],
    ['gravity=0.25x0.5', [20, 25, 40, 35]],
  ])('with %s lies at %o', async (fields, box) => expect(ink(await overlay(fields))).toEqual(box))

  it.each<[fields: string, box: number[] | undefined]>([
    ['across=7,down=9', [7, 9, 27, 19]],
    ['across=-7,down=-0', [73, 50, 93, 60]],
    ['across=25%,down=-25%', [25, 35, 45, 45]],
    ['across=center,down=center', [40, 25, 60, 35]],
    ['across=90,down=-55', [90, 0, 100, 5]], // over two edges
    ['across=100,down=0', undefined],
    ['across=3', [3, 50, 23, 60]], // below, where gravity puts it
    ['across=0,down=0,width=50%,height=50%,fit=contain', [0, 0, 50, 25]],
    ['across=0,down=0,width=10%,height=50%,fit=contain', [0, 0, 10, 5]],
    ['across=0,down=0,width=10%,height=50%', [0, 0, 10, 30]],
    ['across=-0,down=0,width=45%,rounding=half-even', [55, 0, 100, 22]], // 22.5 high
    ['across=-0,down=0,width=45%', [55, 0, 100, 23]],
    ['across=-0,down=-0,width=150%', [0, 0, 100, 60]],
    ['across=0,down=0,degrees=90', [0, 0, 10, 20]],
  ])('with %s lies at %o', async (fields, box) => expect(ink(await overlay(fields))).toEqual(box))

  it('larger than the picture is cut, not scaled', async () => {
    const large = await drawn(100, 100, (x, y) => (x < 50 ? (y < 50 ? red : blue) : black))
      .png()
      .toBuffer()
    const { at } = await pixelsOf('overlay(key=m,across=-0,down=-0)', [await plain(10, 10, white).png().toBuffer(), large])
    expect(at(0, 0)).toEqual([0, 0, 0, 255])
    const shifted = await pixelsOf('overlay(key=m,across=0,down=center)', [await plain(10, 10, white).png().toBuffer(), large])
    expect([shifted.at(9, 4), shifted.at(9, 5)]).toEqual([
      [255, 0, 0, 255],
      [0, 0, 255, 255],
    ])
  })

  it('is repeated along one axis or both, whole, with what is left between', async () => {
    const inked = async (fields: string, size: [number, number]): Promise<string[]> => {
      const { at, width, height } = await pixelsOf(`overlay(key=m,${fields})`, [
        await plain(...size, white)
          .png()
          .toBuffer(),
        await stamp(),
      ])
      const runs = (length: number, isInk: (at: number) => boolean): string =>
        Array.from({ length }, (_, at) => (isInk(at) ? '#' : '.'))
          .join('')
          .replace(/(.)\1*/g, (run) => `${run[0]}${run.length} `)
      const red = (x: number, y: number): boolean => at(x, y)[1] === 0
      return [runs(width, (x) => red(x, 0)), runs(height, (y) => red(0, y))]
    }
    expect(await inked('across=repeat,down=0', [70, 30])).toEqual(['#20 .5 #20 .5 #20 ', '#10 .20 '])
    expect(await inked('across=0,down=repeat', [70, 33])).toEqual(['#20 .50 ', '#10 .1 #10 .1 #10 .1 '])
    expect(await inked('across=repeat,down=repeat', [70, 33])).toEqual(['#20 .5 #20 .5 #20 ', '#10 .1 #10 .1 #10 .1 '])
    expect(await inked('across=repeat,down=repeat', [35, 30])).toEqual(['#20 .10 #5 ', '#30 ']) // cut off behind its gap
    expect(await inked('across=repeat,down=repeat', [230, 110])).toEqual([
      '#20 .22 #20 .22 #20 .22 #20 .22 #20 .22 #20 ',
      '#10 .10 #10 .10 #10 .10 #10 .10 #10 .10 #10 ',
    ])
  })

  it('mixes with itself where copies overlap', async () => {
    const half = await plain(10, 12, [255, 0, 0, 128]).png().toBuffer()
    const { at } = await pixelsOf('overlay(key=m,across=repeat,down=repeat)', [await plain(600, 18, white).png().toBuffer(), half])
    // Two of 12 px on 18: rows 6 to 11 lie under both.
    expect([at(3, 3)[1], at(3, 8)[1], at(3, 15)[1], at(30, 8)[1]]).toEqual([126, 62, 126, 255])
  })

  it('loses opacity by so much, not by its share', async () => {
    const ramp = await drawn(4, 1, (x) => [255, 0, 0, [255, 200, 76, 10][x] ?? 0])
      .png()
      .toBuffer()
    const { at } = await pixelsOf('overlay(key=m,across=0,down=0,fade=30)', [await plain(4, 1, [0, 0, 0, 0]).png().toBuffer(), ramp])
    expect([0, 1, 2, 3].map((x) => at(x, 0)[3])).toEqual([255 - 76, 200 - 76, 0, 0]) // 76.5, cut off
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10" fill="red"/></svg>',
    )
    const drawing = await pixelsOf('overlay(key=m,across=0,down=0,width=80%,fade=50)', [await paper(), svg])
    expect([drawing.at(40, 20), drawing.at(78, 38)]).toEqual([
      [255, 126, 126, 255],
      [255, 126, 126, 255],
    ])
  })

  it('loses opacity before it is scaled', async () => {
    const checks = await drawn(40, 40, (x) => [255, 0, 0, x % 2 === 0 ? 255 : 51])
      .png()
      .toBuffer()
    const picture = await plain(10, 10, [0, 0, 0, 0]).png().toBuffer()
    const { at } = await pixelsOf('overlay(key=m,across=0,down=0,width=10,fade=40)', [picture, checks])
    // Half of 255 - 102, half of nothing; scaled first it would be 153 - 102.
    expect(Math.abs((at(5, 5)[3] ?? 0) - 76)).toBeLessThanOrEqual(2)
  })

  it('counts lengths in device px', async () => {
    const wish = 'resize(width=50)/overlay(key=m,width=10,gravity=top-left,margin=3,x=1)|dpr=2,format=png'
    const { bytes } = await rendered(wish, [await paper(), await stamp()])
    expect(ink(await seen(bytes))).toEqual([8, 6, 28, 16])
  })

  it('is as opaque as asked', async () => {
    expect((await overlay('gravity=top-left,alpha=0.5')).at(5, 5)).toEqual([255, 126, 126, 255]) // alpha 128 of 255
    expect(ink(await overlay('gravity=top-left,alpha=0'))).toBeUndefined()
  })

  it('is repeated from the top left corner on', async () => {
    const picture = await pixelsOf('overlay(key=m,tile=1)', [
      await paper(),
      await drawn(20, 10, (x) => (x < 10 ? red : blue))
        .png()
        .toBuffer(),
    ])
    for (const [x, y] of [
      [0, 0],
      [25, 15],
      [89, 59],
    ])
      expect(picture.at(x ?? 0, y ?? 0)).toEqual([255, 0, 0, 255])
    expect(picture.at(99, 59)).toEqual([0, 0, 255, 255])
  })

  it.each([
    ['multiply', [51, 0, 0]],
    ['screen', [255, 80, 40]],
    ['darken', [51, 0, 0]],
    ['lighten', [255, 80, 40]],
    ['difference', [204, 80, 40]],
    ['exclusion', [204, 80, 40]],
  ])('blends by %s', async (blend, expected) => {
    const picture = await pixelsOf(`overlay(key=m,gravity=top-left,blend=${blend})`, [
      await plain(30, 30, [51, 80, 40]).png().toBuffer(),
      await stamp(),
    ])
    const [r = 0, g = 0, b = 0] = picture.at(5, 5)
    for (const [index, value] of [r, g, b].entries()) expect(Math.abs(value - (expected[index] ?? 0))).toBeLessThanOrEqual(1)
    expect(picture.at(25, 25)).toEqual([51, 80, 40, 255])
  })

  it('is turned about its own box, clear around it', async () => {
    const picture = await overlay('gravity=center,width=40,height=40,degrees=45')
    expect(picture.at(50, 30)).toEqual([255, 0, 0, 255])
    expect(picture.at(50, 4)).toEqual([255, 0, 0, 255]) // the diamond reaches 28 px up
    expect(picture.at(32, 12)).toEqual([255, 255, 255, 255])
  })

  it('is shown upright, and from any format', async () => {
    const stored = await quadrants(60, 40)
      .rotate(270)
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer()
    const picture = await pixelsOf('overlay(key=m,gravity=top-left)', [await paper(), stored])
    expect(picture.at(5, 5)[0]).toBeGreaterThan(240)
    expect(picture.at(5, 35)[2]).toBeGreaterThan(240) // blue bottom left
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10" fill="#00f"/></svg>',
    )
    expect((await pixelsOf('overlay(key=m,width=60,gravity=top-left)', [await paper(), svg])).at(58, 58)).toEqual([0, 0, 255, 255])
  })

  it('lies on those before it', async () => {
    const picture = await pixelsOf('overlay(key=a,gravity=top-left)/overlay(key=b,gravity=top-left,x=5)', [
      await paper(),
      await stamp(),
      await plain(20, 10, blue).png().toBuffer(),
    ])
    expect([picture.at(4, 5), picture.at(5, 5)]).toEqual([
      [255, 0, 0, 255],
      [0, 0, 255, 255],
    ])
  })
})

describe('text', () => {
  const sheet = () => plain(300, 120, white).png().toBuffer()
  const write = async (fields: string) => pixelsOf(`text(colour=000000,size=24,${fields})`, await sheet())
  const box = async (fields: string): Promise<number[]> => ink(await write(fields)) ?? []

  it.each<[gravity: string, left: number, top: number]>([
    ['top-left', 0, 0],
    ['top-right', 1, 0],
    ['bottom-left', 0, 1],
    ['bottom', 0.5, 1],
    ['center', 0.5, 0.5],
  ])('stands at %s, half its size from the edges', async (gravity, x, y) => {
    const [left = 0, top = 0, right = 0, bottom = 0] = await box(`text=Hxg,gravity=${gravity}`)
    // Where the box of the letters must begin, if its size is as measured.
    expect(Math.abs(left - (12 + (276 - (right - left)) * x))).toBeLessThanOrEqual(3)
    expect(Math.abs(top - (12 + (96 - (bottom - top)) * y))).toBeLessThanOrEqual(3)
    expect(right - left).toBeGreaterThan(30)
  })

  it('is as high as asked, and in its colour', async () => {
    const [, top = 0, , bottom = 0] = await box('text=Hg,gravity=center')
    expect(bottom - top).toBeGreaterThan(20)
    expect(bottom - top).toBeLessThan(28)
    const picture = await pixelsOf('text(text=%E2%96%88,size=40,colour=ff0000,gravity=center)', await sheet())
    expect(picture.at(150, 60)).toEqual([255, 0, 0, 255])
    const faint = await pixelsOf('text(text=%E2%96%88,size=40,colour=ff000080,gravity=center)', await sheet())
    expect(faint.at(150, 60)[1]).toBeGreaterThan(120)
    expect(faint.at(150, 60)[1]).toBeLessThan(134)
  })

  it('breaks at the asked width and where it is told', async () => {
    const one = await box('text=one%20two%20three,gravity=center')
    const many = await box('text=one%20two%20three,gravity=center,width=80')
    const told = await box('text=one%0Atwo%0Athree,gravity=center')
    const height = ([, top = 0, , bottom = 0]: number[]): number => bottom - top
    expect(height(many)).toBeGreaterThan(2 * height(one))
    expect(height(told)).toBeGreaterThan(2 * height(one))
    expect((many[2] ?? 0) - (many[0] ?? 0)).toBeLessThanOrEqual(80)
    expect(height(await box('text=one%0Atwo%0Athree,gravity=center,line=10'))).toBe(height(told) + 20)
  })

  it('shows the signs of markup as they are', async () => {
    const tagged = await box('text=%3Cb%3EA%26amp;%3C%2Fb%3E,gravity=top-left,size=16')
    const plainly = await box('text=A,gravity=top-left,size=16')
    expect((tagged[2] ?? 0) - (tagged[0] ?? 0)).toBeGreaterThan(6 * ((plainly[2] ?? 0) - (plainly[0] ?? 0)))
  })

  it('lies on its box, with a rim of a quarter of its size', async () => {
    const [left = 0, top = 0, right = 0, bottom = 0] = await box('text=Hxg,gravity=center')
    const backed = await pixelsOf('text(text=Hxg,size=24,gravity=center,background=0000ff)', await sheet())
    const [l = 0, t = 0, r = 0, b = 0] = ink(backed) ?? []
    for (const [inner, outer] of [
      [left, l + 6],
      [top, t + 6],
      [right, r - 6],
      [bottom, b - 6],
    ])
      expect(Math.abs((inner ?? 0) - (outer ?? 0))).toBeLessThanOrEqual(2)
    expect(backed.at(l, t)).toEqual([0, 0, 255, 255])
  })

  it('throws a soft shadow', async () => {
    const sharp = await pixelsOf('text(text=Hxg,size=24,gravity=center)', await sheet()) // white on white
    const shaded = await pixelsOf('text(text=Hxg,size=24,gravity=center,shadow=4)', await sheet())
    expect(ink(sharp)).toBeUndefined()
    expect(ink(shaded)).toBeDefined()
  })

  it('may lie partly or wholly outside, and be larger than the picture', async () => {
    expect(await box('text=Hxg,gravity=bottom-right,x=30,y=20')).toEqual([expect.any(Number), expect.any(Number), 300, 120])
    expect(ink(await write('text=Hxg,gravity=top-left,x=-900'))).toBeUndefined()
    const small = await pixelsOf('text(text=Words%20that%20never%20fit,size=40,colour=000000)', await plain(30, 20, white).png().toBuffer())
    expect([small.width, small.height]).toEqual([30, 20])
  })

  it('that is blank leaves the picture as it is', async () => {
    expect(ink(await write('text=%20%20'))).toBeUndefined()
    expect(ink(await pixelsOf('text(text=x)', await plain(1, 1, black).png().toBuffer()))).toEqual([0, 0, 1, 1])
  })
})
