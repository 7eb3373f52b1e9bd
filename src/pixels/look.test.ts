import { describe, expect, it } from 'vitest'
import { blue, drawn, pixelsOf, plain, quadrants, type Rgba, red, rendered, seen, white } from '../../test/pictures.ts'

/** A bright square with a pattern, 40 px wide, at `left` on dull gray. */
const subject = (left: number) =>
  drawn(
    400,
    100,
    (x, y): Rgba => (x >= left && x < left + 40 && y >= 30 && y < 70 ? ((x + y) % 8 < 4 ? [255, 40, 20] : [255, 230, 0]) : [110, 112, 115]),
  )
    .png()
    .toBuffer()

describe('a picture that chooses its own crop', () => {
  it.each([
    ['attention', 20],
    ['attention', 330],
    ['entropy', 20],
    ['entropy', 330],
  ])('by %s keeps what stands out at %i', async (gravity, left) => {
    const made = await rendered(`resize(width=100,height=100,fit=cover,gravity=${gravity})|format=png`, await subject(left))
    const focus = (made.findings.focus?.x ?? 0) * 400
    expect(Math.abs(focus - (left + 20))).toBeLessThan(50)
    const { at } = await seen(made.bytes)
    let bright = 0
    for (let y = 30; y < 70; y++) for (let x = 0; x < 100; x++) if ((at(x, y)[0] ?? 0) > 200) bright++
    expect(bright).toBeGreaterThan(40 * 40 * 0.95) // the whole of it
  })

  it('finds it alike at any dpr, and after turns and borders', async () => {
    const wish = 'rotate(degrees=90)/pad(top=20,background=6e7073)/resize(width=100,height=100,fit=cover,gravity=attention)'
    for (const dpr of [1, 0.5]) {
      const made = await rendered(`${wish}|format=png,dpr=${dpr}`, await subject(300))
      expect(Math.abs((made.findings.focus?.y ?? 0) * (400 + 20 * dpr) - (320 + 20 * dpr))).toBeLessThan(50)
    }
  })

  it('does not look where nothing is cut off', async () => {
    const made = await rendered('resize(width=200,height=50,fit=cover,gravity=attention)|format=png', await subject(20))
    expect(made.findings).toEqual({})
  })
})

describe('the mean of all pixels', () => {
  const threes = () =>
    drawn(
      3,
      1,
      (x): Rgba =>
        [
          [10, 20, 30, 255],
          [20, 20, 31, 255],
          [31, 20, 32, 0],
        ][x] as unknown as Rgba,
    )
  const mean = [20, 20, 31, 255] // 20.33, cut off; what is clear counts too

  it('fills a border, a box, and what shows through', async () => {
    const original = await threes().png().toBuffer()
    expect((await pixelsOf('pad(top=5,background=mean)', original)).at(1, 1)).toEqual(mean)
    expect((await pixelsOf('resize(width=3,height=9,fit=pad,background=mean)', original)).at(1, 1)).toEqual(mean)
    expect((await pixelsOf('flatten(background=mean)', original)).at(2, 0)).toEqual(mean)
    expect((await pixelsOf('flatten(background=auto)/pad(top=1)', original)).at(2, 1)[3]).toBe(255)
  })

  it('is that of the picture as it stands there, and of the first step that asks', async () => {
    const original = await quadrants(40, 20).png().toBuffer()
    const half = await rendered('region(width=50%,height=50%)/pad(left=2,background=mean)/pad(left=2,background=mean)|format=png', original)
    expect(half.findings).toEqual({ mean: { r: 255, g: 0, b: 0, alpha: 1 } })
    expect((await seen(half.bytes)).at(0, 5)).toEqual([255, 0, 0, 255])
    expect((await rendered('pad(left=2,background=mean)|format=png', original)).findings.mean).toEqual({ r: 127, g: 127, b: 63, alpha: 1 })
    const gray = await plain(9, 9, [77, 77, 77]).toColourspace('b-w').png().toBuffer()
    expect((await pixelsOf('pad(left=2,background=mean)', gray)).at(0, 5)).toEqual([77, 77, 77, 255])
  })

  it('is not looked for where nothing shows it', async () => {
    const made = await rendered('flatten(background=mean)|format=png', await quadrants(40, 20).png().toBuffer())
    expect(made.findings).toEqual({})
  })
})

describe('a picture stretched behind itself', () => {
  it('is as soft as 50 px make it, and fills the canvas without a crop', async () => {
    const original = await drawn(200, 100, (x) => (x < 100 ? red : blue))
      .png()
      .toBuffer()
    const { at, width, height } = await pixelsOf('pad(top=50,bottom=50,left=20,right=20,background=stretch)', original)
    expect([width, height]).toEqual([240, 200])
    expect([at(25, 60), at(215, 140)]).toEqual([
      [255, 0, 0, 255],
      [0, 0, 255, 255],
    ])
    // Far from the middle the colours are pure, as the weights end 50 px away; there it is half of each.
    expect([at(2, 2), at(237, 197)].map((pixel) => pixel.map((value) => Math.round(value / 16)))).toEqual([
      [16, 0, 0, 16],
      [0, 0, 16, 16],
    ])
    for (const channel of [0, 2]) expect(Math.abs((at(120, 2)[channel] ?? 0) - 127)).toBeLessThan(6)
  })

  it('is as clear as the picture', async () => {
    const { at } = await pixelsOf('pad(top=9,background=stretch)', await plain(30, 30, [255, 0, 0, 0]).png().toBuffer())
    expect([at(3, 3)[3], at(3, 20)[3]]).toEqual([0, 0])
    const jpeg = await rendered('pad(top=9,background=stretch)|format=jpeg', await plain(30, 30, [255, 0, 0, 0]).png().toBuffer())
    expect((await seen(jpeg.bytes)).at(3, 3)).toEqual([255, 255, 255, 255])
  })
})

describe('the commonest colour', () => {
  it('fills a padded box', async () => {
    const original = await drawn(60, 40, (x) => (x < 45 ? [200, 30, 40] : white))
      .png()
      .toBuffer()
    const { at } = await pixelsOf('resize(width=60,height=60,fit=pad,background=auto)', original)
    for (const [channel, value] of [200, 30, 40].entries()) expect(Math.abs((at(30, 2)[channel] ?? 0) - value)).toBeLessThan(20)
    expect((await pixelsOf('pad(top=5,background=auto)', original)).at(30, 2)[0]).toBeGreaterThan(180)
  })

  it('is none of what is clear, and nothing where all is clear', async () => {
    const logo = await drawn(60, 40, (x) => (x < 10 ? [20, 60, 220, 255] : [0, 0, 0, 0]))
      .png()
      .toBuffer()
    const { at } = await pixelsOf('resize(width=60,height=60,fit=pad,background=auto)', logo)
    expect(at(30, 2)[2]).toBeGreaterThan(180)
    const nothing = await plain(20, 10, [0, 0, 0, 0]).png().toBuffer()
    expect((await pixelsOf('resize(width=20,height=20,fit=pad,background=auto)', nothing)).at(5, 2)[3]).toBe(0)
  })
})

describe('a blurred backdrop', () => {
  it('continues the picture, which lies on it as it is', async () => {
    const { at, width, height } = await pixelsOf(
      'resize(width=200,height=40,fit=pad,background=blur)',
      await quadrants(60, 40).png().toBuffer(),
    )
    expect([width, height]).toEqual([200, 40])
    expect(at(75, 5)).toEqual([255, 0, 0, 255])
    expect(at(5, 2)[0]).toBeGreaterThan(200) // red on the left, green on the right
    expect(at(194, 2)[1]).toBeGreaterThan(200)
    const [r = 0, , b = 0] = at(5, 20)
    expect([r, b].every((value) => value > 40 && value < 230)).toBe(true) // soft where red meets blue
  })

  it('is white behind what is clear', async () => {
    const half = await drawn(20, 20, (x) => (x < 10 ? ([...red, 255] as unknown as Rgba) : [0, 0, 0, 0]))
      .png()
      .toBuffer()
    const { at } = await pixelsOf('resize(width=60,height=20,fit=pad,background=blur)', half)
    expect(at(58, 10)).toEqual([255, 255, 255, 255])
    expect(at(22, 10)).toEqual([255, 0, 0, 255])
  })

  it('may stand around a border too', async () => {
    const { at } = await pixelsOf('pad(left=20,right=20,background=blur)', await plain(40, 40, blue).png().toBuffer())
    expect(at(3, 20)).toEqual([0, 0, 255, 255])
  })
})

it.each([
  [1, 1],
  [2, 40],
  [40, 2],
])('leaves a picture of %i x %i px whole where it should be trimmed: too small to tell border from content', async (width, height) => {
  const made = await rendered('trim()|format=png', await plain(width, height, red).png().toBuffer())
  expect(made).toMatchObject({ width, height })
})

it.each([
  ['trim(corner=bottom-right)', 'by the colour of the last pixel'],
  ['trim(corner=bottom-right,distance=0)', 'by the distance from the last pixel'],
])('%s trims %s', async (wish) => {
  // Blue on the left and above, red from there on: seen from the bottom right, red is the border.
  const corner = await drawn(20, 16, (x, y) => (x < 8 && y < 6 ? [0, 0, 255, 255] : [255, 0, 0, 255]))
    .png()
    .toBuffer()
  expect(await rendered(`${wish}|format=png`, corner)).toMatchObject({ width: 8, height: 6 })
})
