import sharp, { type Sharp } from 'sharp'
import { describe, expect, it, test } from 'vitest'
import { animation, blue, drawn, plain, quadrants, type Rgba, red, rendered, seen } from '../../test/pictures.ts'

const encoded = { jpeg: 'jpeg', png: 'png', webp: 'webp', avif: 'avif', gif: 'gif', tiff: 'png' } as const

test.each(Object.entries(encoded))('an original of %s is kept as %s, in its size and colours', async (from, to) => {
  const original = await quadrants(40, 20)
    .toFormat(from as keyof typeof encoded)
    .toBuffer()
  const made = await rendered('resize(width=20)|format=keep', original)
  expect(made).toMatchObject({ format: to, width: 20, height: 10, frames: 1 })
  const { at } = await seen(made.bytes)
  const corners = [at(2, 2), at(17, 2), at(2, 7), at(17, 7)]
  for (const [index, colour] of [red, [0, 255, 0], blue, [255, 255, 0]].entries())
    for (const [channel, value] of colour.entries()) expect(Math.abs((corners[index]?.[channel] ?? -99) - (value ?? 0))).toBeLessThan(40)
  expect((await sharp(made.bytes).metadata()).format).toBe(to === 'avif' ? 'heif' : to)
})

it('draws a vector as PNG, with its transparency', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="10" height="10" fill="#f00"/></svg>')
  const made = await rendered('|format=keep', svg)
  expect(made.format).toBe('png')
  const { at } = await seen(made.bytes)
  expect([at(2, 5), at(15, 5)[3]]).toEqual([[...red, 255], 0])
})

test.each(['gif', 'webp'] as const)('an animation of %s stays one, whatever is preferred', async (format) => {
  const original = await animation(format, [plain(12, 8, red), plain(12, 8, blue)], { delay: [70, 90], loop: 3 })
  const made = await rendered('page(animation=1)/resize(width=6)|format=keep,prefer=avif%2Cwebp%2Cjpeg%2Cpng', original)
  expect(made).toMatchObject({ format, frames: 2, findings: {} })
  expect(await sharp(made.bytes, { animated: true }).metadata()).toMatchObject({ pages: 2, delay: [70, 90], loop: 3 })
  expect(await rendered('|format=keep,prefer=webp', original)).toMatchObject({ format: 'webp', frames: 1 })
})

describe('a JPEG in place of what has an alpha channel', () => {
  const png = (picture: Sharp) => picture.png().toBuffer()
  const full = () => png(plain(16, 8, [...red, 255] as unknown as Rgba))
  const hole = () => png(drawn(16, 8, (x, y): Rgba => [255, 0, 0, x === 15 && y === 7 ? 254 : 255]))
  const wish = (steps: string, prefer: string, original: Buffer) =>
    rendered(`${steps}|format=keep,prefer=${encodeURIComponent(prefer)}`, original)

  it('is made where no pixel is transparent, and looks at every one', async () => {
    for (const prefer of ['jpeg', 'jpeg-for-png']) {
      expect(await wish('', prefer, await full())).toMatchObject({ format: 'jpeg', findings: { opaque: true } })
      expect(await wish('', prefer, await hole())).toMatchObject({ format: 'png', findings: { opaque: false } })
    }
  })

  it('is decided by the result: what is cut off or covered does not count', async () => {
    expect((await wish('region(width=10)', 'jpeg', await hole())).format).toBe('jpeg')
    expect((await wish('radius(round=1)', 'jpeg', await full())).format).toBe('png')
    expect((await wish('pad(top=3)', 'jpeg', await full())).format).toBe('png')
    expect(await wish('flatten(background=fff)', 'jpeg', await hole())).toMatchObject({ format: 'jpeg', findings: {} })
  })

  it('does not look where the format is settled without', async () => {
    expect((await wish('', 'webp,jpeg', await full())).findings).toEqual({})
    expect((await wish('', '', await full())).findings).toEqual({})
    expect((await wish('', 'png', await full())).findings).toEqual({})
    expect(await wish('', 'jpeg', await png(plain(9, 9, red)))).toMatchObject({ format: 'jpeg', findings: {} })
    expect((await rendered('|accepts=webp', await full())).findings).toEqual({})
  })

  it('asks of a JPEG for a PNG that the original is one', async () => {
    const webp = await plain(16, 8, [...red, 255] as unknown as Rgba)
      .webp({ lossless: true })
      .toBuffer()
    expect((await wish('', 'jpeg-for-png', webp)).format).toBe('webp')
  })

  it('keeps what else was found', async () => {
    const bordered = await png(drawn(30, 30, (x, y): Rgba => (x > 9 && x < 20 && y > 9 && y < 20 ? [0, 0, 255, 255] : [255, 0, 0, 255])))
    const made = await wish('trim()', 'jpeg', bordered)
    expect(made).toMatchObject({ format: 'jpeg', width: 10, height: 10, findings: { opaque: true, trim: { left: 10, top: 10 } } })
  })
})
