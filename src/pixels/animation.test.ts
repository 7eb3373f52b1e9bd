import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { animation, blue, drawn, green, plain, quadrants, red, rendered, seen, white } from '../../test/pictures.ts'

const delay = [40, 120, 300]
const film = (format: 'gif' | 'webp', loop = 3) =>
  animation(format, [plain(40, 30, red), plain(40, 30, green), plain(40, 30, blue)], { delay, loop })

async function timing(bytes: Buffer): Promise<{ pages: number | undefined; delay: number[] | undefined; loop: number | undefined }> {
  const { pages, delay, loop } = await sharp(bytes, { pages: -1 }).metadata()
  return { pages, delay, loop }
}

describe('an animation', () => {
  it.each([
    ['gif', 'gif'],
    ['gif', 'webp'],
    ['webp', 'gif'],
    ['webp', 'webp'],
  ] as const)('from %s to %s keeps its frames, their times and how often it runs', async (from, to) => {
    const made = await rendered(`page(animation=1)/resize(width=20)|format=${to}`, await film(from))
    expect(made).toMatchObject({ width: 20, height: 15, frames: 3, format: to })
    expect(await timing(made.bytes)).toEqual({ pages: 3, delay, loop: 3 })
    const { at } = await seen(made.bytes)
    for (const [frame, colour] of [red, green, blue].entries())
      for (const [channel, value] of colour.entries())
        expect(Math.abs((at(10, frame * 15 + 7)[channel] ?? 0) - (value ?? 0))).toBeLessThan(12)
  })

  it.each(['gif', 'webp'] as const)('to %s shows no frame for longer than can be said', async (to) => {
    const slow = await film('gif')
    // The time of the first frame, in hundredths of a second, behind its label and flags.
    slow.writeUInt16LE(32_778, slow.indexOf(Buffer.from([0x21, 0xf9, 4])) + 4)
    const { bytes } = await rendered(`page(animation=1)/resize(width=20)|format=${to}`, slow)
    const [first = 0, ...others] = (await timing(bytes)).delay ?? []
    expect(Math.abs(first - 65_535)).toBeLessThan(10)
    expect(others).toEqual(delay.slice(1))
  })

  it('runs as fast and as often as asked', async () => {
    const made = await rendered('page(animation=1)|format=gif,fps=10,loop=7', await film('webp'))
    expect(await timing(made.bytes)).toEqual({ pages: 3, delay: [100, 100, 100], loop: 7 })
    const endless = await rendered('page(animation=1)|format=webp,loop=0', await film('gif'))
    expect(await timing(endless.bytes)).toEqual({ pages: 3, delay, loop: 0 })
  })

  it('chooses a format that moves, and is a still in one that cannot', async () => {
    expect(await rendered('page(animation=1)/resize(width=20)|', await film('gif'))).toMatchObject({ format: 'gif', frames: 3 })
    expect(await rendered('page(animation=1)/resize(width=20)|accepts=avif%2Cwebp', await film('gif'))).toMatchObject({
      format: 'webp',
      frames: 3,
    })
    expect(await rendered('page(animation=1)|format=jpeg', await film('gif'))).toMatchObject({ frames: 1 })
    const second = await rendered('page(index=1)|format=png', await film('gif'))
    expect((await seen(second.bytes)).at(5, 5)).toEqual([0, 255, 0, 255])
  })

  it('from a frame on keeps the times of those frames', async () => {
    const made = await rendered('page(index=1,count=2)/mirror(flop=1)|format=gif', await film('gif'))
    expect(await timing(made.bytes)).toMatchObject({ pages: 2, delay: [120, 300] })
  })

  it.each([
    ['rotate(degrees=90)', 30, 40],
    ['rotate(degrees=180)', 40, 30],
    ['mirror(flip=1)', 40, 30],
    ['blur(sigma=4)', 40, 30],
    ['median(size=9)', 40, 30],
    ['pixelate(side=7)', 40, 30],
    ['pad(top=3,bottom=3,background=ffffff)', 40, 36],
    ['region(x=10,y=10,width=20,height=15)', 20, 15],
    ['resize(width=20,height=20,fit=cover)', 20, 20],
    ['resize(width=20)/resize(width=10)', 10, 8],
    ['contrast(factor=1.5)', 40, 30],
    ['invert()/invert()', 40, 30],
  ])('%s treats each frame apart: no colour of one in another', async (steps, width, height) => {
    const made = await rendered(`page(animation=1)/${steps}|format=webp,lossless=1`, await film('gif'))
    expect(made).toMatchObject({ width, height, frames: 3 })
    const { at } = await seen(made.bytes)
    for (const [frame, colour] of [red, green, blue].entries())
      for (let y = 0; y < height; y++) {
        const pixel = at(width >> 1, frame * height + y)
        const border = pixel.every((value) => value === 255)
        // libvips scales an animation as one tall picture: its outermost row holds some of the neighbour.
        const slack = steps.includes('resize') ? 40 : 2
        if (!border)
          for (const [channel, value] of colour.entries()) expect(Math.abs((pixel[channel] ?? 0) - (value ?? 0))).toBeLessThanOrEqual(slack)
      }
  })

  it('turns and mirrors each frame as a still', async () => {
    const frames = await animation('webp', [quadrants(40, 30), plain(40, 30, red)])
    const made = await rendered('page(animation=1)/rotate(degrees=90)|format=webp,lossless=1', frames)
    const { at } = await seen(made.bytes)
    expect([at(2, 2), at(27, 2), at(2, 37), at(27, 37)].map((pixel) => pixel.slice(0, 3))).toEqual([
      [0, 0, 255],
      [255, 0, 0],
      [255, 255, 0],
      [0, 255, 0],
    ])
    expect(at(2, 42)).toEqual([255, 0, 0, 255])
  })

  it('takes marks, corners and clear pixels on every frame', async () => {
    const mark = await plain(5, 5, white).png().toBuffer()
    const made = await rendered('page(animation=1)/overlay(key=m,gravity=center)/radius(corners=8)|format=webp,lossless=1', [
      await film('gif'),
      mark,
    ])
    const { at } = await seen(made.bytes)
    for (const top of [0, 30, 60]) expect([at(20, top + 15).slice(0, 3), at(0, top)[3]]).toEqual([[255, 255, 255], 0])
    const holed = await animation(
      'gif',
      [red, blue].map((colour) =>
        drawn(20, 20, (x) => (x < 10 ? [0, 0, 0, 0] : ([...colour.slice(0, 3), 255] as unknown as [number, number, number, number]))),
      ),
    )
    const kept = await seen((await rendered('page(animation=1)/resize(width=10)|format=gif', holed)).bytes)
    expect([kept.at(1, 5)[3], kept.at(8, 5), kept.at(1, 15)[3], kept.at(8, 15)]).toEqual([0, [255, 0, 0, 255], 0, [0, 0, 255, 255]])
  })

  it('takes repeated marks on every frame', async () => {
    const mark = await plain(8, 5, white).png().toBuffer()
    const wish = 'page(animation=1)/overlay(key=m,across=repeat,down=-2)|format=webp,lossless=1'
    const { at } = await seen((await rendered(wish, [await film('gif'), mark])).bytes)
    for (const [frame, colour] of [red, green, blue].entries())
      expect([at(0, frame * 30 + 25), at(39, frame * 30 + 27), at(39, frame * 30 + 28)]).toEqual(
        [white, white, colour].map((each) => [...each, 255]),
      )
  })

  it('is trimmed by its first frame, and padded on its own blurred copies', async () => {
    const framed = await animation('webp', [drawn(40, 30, (x) => (x >= 10 && x < 30 ? red : white)), plain(40, 30, blue)])
    expect(await rendered('page(animation=1)/trim()|format=webp', framed)).toMatchObject({ width: 20, height: 30, frames: 2 })
    const made = await rendered(
      'page(animation=1)/resize(width=60,height=30,fit=pad,background=blur)|format=webp,lossless=1',
      await film('gif'),
    )
    const { at } = await seen(made.bytes)
    for (const [frame, colour] of [red, green, blue].entries()) expect(at(2, frame * 30 + 15).slice(0, 3)).toEqual(colour)
  })

  it('meets a budget of bytes', async () => {
    const noisy = await animation(
      'webp',
      [1, 2].map((seed) => drawn(80, 60, (x, y) => [(x * 73 * seed + y * 151) % 256, (x * y * seed) % 256, (x * 7 + y * 13) % 256])),
    )
    const made = await rendered('page(animation=1)|format=webp,bytes=6000', noisy)
    expect(made.bytes.length).toBeLessThanOrEqual(6000)
    expect(await timing(made.bytes)).toMatchObject({ pages: 2 })
  })
})
