import { describe, expect, it } from 'vitest'
import { stored } from '../../test/originals.ts'
import {
  blue,
  drawn,
  green,
  pixelsOf,
  plain,
  quadrants,
  type Rgba,
  red,
  rendered,
  type Seen,
  seen,
  white,
  yellow,
} from '../../test/pictures.ts'

/** Corners of a picture, 3 px in: top left, top right, bottom left, bottom right. */
function corners({ width, height, at }: Seen): string {
  const near = (x: number, y: number): string => nameOf(at(x, y))
  return [near(3, 3), near(width - 4, 3), near(3, height - 4), near(width - 4, height - 4)].join(' ')
}

/** The colour of our palette that a pixel is within 40 of, so that JPEG may be looked at too. */
function nameOf([r = 0, g = 0, b = 0, alpha = 255]: number[]): string {
  if (alpha < 10) return 'clear'
  const palette: Record<string, Rgba> = { red, green, blue, yellow, white, black: [0, 0, 0], cyan: [0, 255, 255] }
  const near = Object.entries(palette).find(([, [x, y, z]]) => Math.max(Math.abs(x - r), Math.abs(y - g), Math.abs(z - b)) < 40)
  return near?.[0] ?? `${r},${g},${b}`
}

const four = () => quadrants(60, 40).png().toBuffer()
const upright = 'red green blue yellow'

describe('orientation', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('%i is shown upright, in each format that can say it', async (orientation) => {
    for (const format of ['jpeg', 'png', 'tiff', 'webp'] as const) {
      const picture = await pixelsOf('orient()', await stored(orientation, format))
      expect([format, picture.width, picture.height, corners(picture)]).toEqual([format, 60, 40, upright])
    }
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('%i gives the same pixels through region, resize, crop, turn and border', async (orientation) => {
    const steps =
      'orient()/region(x=10,y=5,width=40,height=30)/resize(width=20,height=10,fit=cover,gravity=top-left)/rotate(degrees=90)/pad(left=2)'
    const [one, other] = [await pixelsOf(steps, await stored(1, 'png')), await pixelsOf(steps, await stored(orientation, 'png'))]
    // libvips scales down first, then across, and cuts overshoot off in between: where four colours meet that shows, a little.
    for (let y = 0; y < one.height; y++) for (let x = 0; x < one.width; x++) expect(close(one.at(x, y), other.at(x, y), 16)).toBe(true)
  })

  it('is left alone where nobody asks, and taken as told', async () => {
    expect(corners(await pixelsOf('', await stored(3, 'png')))).toBe('yellow blue green red')
    expect(corners(await pixelsOf('orient(tag=3)', await stored(6, 'png')))).toBe('blue red yellow green') // stored as 6, taken as 3
  })
})

const close = (a: number[], b: number[], by: number): boolean => a.every((value, index) => Math.abs(value - (b[index] ?? 0)) <= by)

describe('turns and mirrors', () => {
  it.each([
    ['mirror(flip=1)', 'blue yellow red green'],
    ['mirror(flop=1)', 'green red yellow blue'],
    ['mirror(flip=1,flop=1)', 'yellow blue green red'],
    ['rotate(degrees=90)', 'blue red yellow green'],
    ['rotate(degrees=180)', 'yellow blue green red'],
    ['rotate(degrees=270)', 'green yellow red blue'],
    ['rotate(degrees=90)/mirror(flop=1)', 'red blue green yellow'],
    ['mirror(flop=1)/rotate(degrees=90)', 'yellow green blue red'],
    ['mirror(flop=1)/region(width=50%)/rotate(degrees=90)', 'yellow green yellow green'],
  ])('%s shows %s', async (steps, expected) => expect(corners(await pixelsOf(steps, await four()))).toBe(expected))

  it('by 45 degrees leave clear corners and the middle where it was', async () => {
    const picture = await pixelsOf('rotate(degrees=45)', await plain(40, 40, red).png().toBuffer())
    expect([picture.width, picture.height]).toEqual([57, 57])
    expect(corners(picture)).toBe('clear clear clear clear')
    expect(picture.at(28, 28)).toEqual([255, 0, 0, 255])
  })

  it('fill the corners with the asked colour, or white where clear cannot be', async () => {
    const original = await plain(40, 40, red).png().toBuffer()
    expect(corners(await pixelsOf('rotate(degrees=45,background=0000ff)', original))).toBe('blue blue blue blue')
    const jpeg = await seen((await rendered('rotate(degrees=45)|format=jpeg', original)).bytes)
    expect(corners(jpeg)).toBe('white white white white')
  })
})

describe('cuts', () => {
  it.each([
    ['region(width=50%,height=50%)', 'red red red red'],
    ['region(x=50%,width=50%)', 'green green yellow yellow'],
    ['region(x=20,y=10,width=20,height=20)', upright],
    ['region(square=1)', upright],
    ['resize(width=20,height=40,fit=cover,gravity=left)', 'red red blue blue'],
    ['resize(width=20,height=40,fit=cover,gravity=right)', 'green green yellow yellow'],
    ['resize(width=60,height=20,fit=cover,gravity=top)', 'red green red green'],
    ['resize(width=60,height=20,fit=cover,gravity=bottom)', 'blue yellow blue yellow'],
    ['resize(width=30,height=10,fit=cover,gravity=0.5x0.75)', 'blue yellow blue yellow'],
    ['resize(width=20,height=20,fit=cover,gravity=center)', upright],
  ])('%s keep %s', async (steps, expected) => expect(corners(await pixelsOf(steps, await four()))).toBe(expected))

  it('trim a border of one colour, by default that of the corner', async () => {
    const framed = await drawn(60, 40, (x, y) => (x >= 10 && x < 40 && y >= 5 && y < 30 ? blue : white))
      .png()
      .toBuffer()
    expect(await pixelsOf('trim()', framed)).toMatchObject({ width: 30, height: 25 })
    expect(await pixelsOf('trim(background=ff0000)', framed)).toMatchObject({ width: 60, height: 40 })
    expect(await pixelsOf('trim()', await plain(30, 30, red).png().toBuffer())).toMatchObject({ width: 30, height: 30 }) // nothing but border
  })

  it('trim what stands before them, turned, bordered and large', async () => {
    const framed = await drawn(60, 40, (x, y) => (x >= 10 && x < 40 && y >= 5 && y < 30 ? blue : white))
      .png()
      .toBuffer()
    expect(await pixelsOf('rotate(degrees=90)/trim()', framed)).toMatchObject({ width: 25, height: 30 })
    const made = await rendered('pad(left=4,background=ffffff)/trim()/resize(width=15)|dpr=2,format=png', framed)
    expect(made).toMatchObject({ width: 30, height: 25 })
    const limited = await rendered('trim()|format=png', framed, { outputSide: 50 }) // the look is not shrunk by the limits of a result
    expect(limited).toMatchObject({ width: 30, height: 25 })
  })
})

describe('borders and corners', () => {
  it('pad with the asked colour, on the asked sides', async () => {
    const picture = await pixelsOf('pad(top=10,right=20,bottom=5,left=0,background=00ffff)', await four())
    expect([picture.width, picture.height]).toEqual([80, 55])
    expect([picture.at(0, 9), picture.at(0, 10), picture.at(59, 10), picture.at(60, 10), picture.at(0, 50)].map(nameOf)).toEqual([
      'cyan',
      'red',
      'green',
      'cyan',
      'cyan',
    ])
  })

  it('pad clear, or white where clear cannot be', async () => {
    expect(corners(await pixelsOf('pad(top=9,right=9,bottom=9,left=9)', await four()))).toBe('clear clear clear clear')
    const jpeg = await seen((await rendered('pad(top=9,right=9,bottom=9,left=9)|format=jpeg', await four())).bytes)
    expect(corners(jpeg)).toBe('white white white white')
  })

  it.each([
    ['center', 'clear clear clear clear'],
    ['left', 'red clear blue clear'],
    ['right', 'clear green clear yellow'],
  ])('put the picture of a padded box to the %s', async (gravity, expected) => {
    const picture = await pixelsOf(`resize(width=100,height=40,fit=pad,gravity=${gravity})`, await four())
    expect([picture.width, picture.height, corners(picture)]).toEqual([100, 40, expected])
  })

  it('round the corners off, each with its own radius, the middle whole', async () => {
    const picture = await pixelsOf('radius(corners=0%2C10%2C20%2C5)', await plain(60, 40, red).png().toBuffer())
    const alpha = (x: number, y: number): number => picture.at(x, y)[3] ?? 0
    expect([alpha(0, 0), alpha(59, 0), alpha(59, 39), alpha(0, 39), alpha(30, 20)]).toEqual([255, 0, 0, 0, 255])
    expect([alpha(49, 0), alpha(59, 10), alpha(39, 39), alpha(5, 39)]).toEqual([255, 255, 255, 255]) // where the arcs end
    for (let x = 0; x < 60; x++) expect(picture.at(x, 20).slice(0, 3)).toEqual([255, 0, 0])
  })

  it('round as round as can be: a circle of a square', async () => {
    const { at } = await pixelsOf('radius(round=1)', await plain(100, 100, red).png().toBuffer())
    let area = 0
    for (let y = 0; y < 100; y++) for (let x = 0; x < 100; x++) area += (at(x, y)[3] ?? 0) / 255
    expect(area).toBeGreaterThan(Math.PI * 2500 * 0.995)
    expect(area).toBeLessThan(Math.PI * 2500 * 1.005)
  })

  it('flatten what is clear onto the colour, before and after a clear border', async () => {
    const half = await plain(20, 20, [255, 0, 0, 128]).png().toBuffer()
    expect(close((await pixelsOf('flatten(background=0000ff)', half)).at(5, 5), [128, 0, 127, 255], 1)).toBe(true)
    const before = await pixelsOf('flatten(background=0000ff)/pad(top=5)', half)
    expect([before.at(5, 0)[3], before.at(5, 10)[3]]).toEqual([0, 255])
    const after = await pixelsOf('pad(top=5)/flatten(background=0000ff)', half)
    expect([nameOf(after.at(5, 0)), after.at(5, 10)[3]]).toEqual(['blue', 255])
    const jpeg = await seen((await rendered('|format=jpeg,quality=100', half)).bytes)
    expect(close(jpeg.at(5, 5), [255, 127, 127, 255], 2)).toBe(true)
  })
})

describe('order', () => {
  it('is kept where sharp itself tells a wrong size: a border behind a cut, and more passes behind that', async () => {
    const cut = 'resize(width=30,height=30,fit=cover,gravity=left)/pad(left=6,top=2,background=00ffff)'
    for (const more of ['', '/contrast(factor=1)', '/rotate(degrees=360)', '/mirror(flip=1)/mirror(flop=1)']) {
      const made = await rendered(`${cut}${more}/blur(sigma=0.3)/invert()/invert()|format=png`, await four())
      expect(made).toMatchObject({ width: 36, height: 32 })
      const { at } = await seen(made.bytes)
      const turned = more.includes('mirror')
      expect(nameOf(turned ? at(33, 20) : at(2, 10))).toBe('cyan')
      expect(nameOf(turned ? at(27, 27) : at(8, 5))).toBe('red')
    }
  })

  it('is kept: blurring before or after a mark, rounding before or after a blur', async () => {
    const [paper, mark] = [await plain(40, 40, white).png().toBuffer(), await plain(10, 40, red).png().toBuffer()]
    const sharp = await pixelsOf('blur(sigma=3)/overlay(key=m,gravity=left)', [paper, mark])
    expect([sharp.at(9, 20), sharp.at(10, 20)]).toEqual([
      [255, 0, 0, 255],
      [255, 255, 255, 255],
    ])
    const soft = await pixelsOf('overlay(key=m,gravity=left)/blur(sigma=3)', [paper, mark])
    expect(soft.at(10, 20)[1]).toBeGreaterThan(60)
    expect(soft.at(10, 20)[1]).toBeLessThan(200)
    expect((await pixelsOf('radius(corners=10)/blur(sigma=3)', paper)).at(20, 0)[3]).toBeGreaterThan(100)
    expect((await pixelsOf('blur(sigma=3)/radius(corners=10)', paper)).at(0, 0)[3]).toBe(0)
  })

  it('lets no black of a clear border into what is blurred', async () => {
    const { at } = await pixelsOf('pad(top=10,right=10,bottom=10,left=10)/blur(sigma=3)', await plain(20, 20, white).png().toBuffer())
    for (let x = 6; x < 20; x++) expect(Math.min(...at(x, 20).slice(0, 3))).toBeGreaterThanOrEqual(250)
  })

  it('treats half clear pixels alike, scaled or not', async () => {
    const half = await plain(20, 20, [100, 100, 100, 128]).png().toBuffer()
    const [once, twice] = [await pixelsOf('brightness(factor=2)', half), await pixelsOf('resize(width=10)/brightness(factor=2)', half)]
    expect(close(once.at(5, 5), twice.at(5, 5), 3)).toBe(true)
  })
})
