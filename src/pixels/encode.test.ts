import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { drawn, plain, quadrants, red, rendered, seen, tried } from '../../test/pictures.ts'

/** Soft colours with some detail, as a photo has. */
const photo = () =>
  drawn(160, 120, (x, y) => [128 + 90 * Math.sin(x / 9), 128 + 90 * Math.cos(y / 7), 128 + 60 * Math.sin((x + y) / 5)])
    .png()
    .toBuffer()
const made = async (output: string) => (await rendered(`|${output}`, await photo())).bytes

describe('the encoders', () => {
  it.each(['jpeg', 'webp', 'avif'])('spend more bytes on more quality: %s', async (format) => {
    const sizes = await Promise.all(
      [20, 50, 80, 95].map(async (quality) => (await made(`format=${format},quality=${quality},effort=0`)).length),
    )
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b))
    expect(new Set(sizes).size).toBe(4)
  })

  it('choose chroma by quality unless told', async () => {
    const chroma = async (output: string): Promise<string | undefined> => (await sharp(await made(output)).metadata()).chromaSubsampling
    expect(await chroma('format=jpeg')).toBe('4:2:0')
    expect(await chroma('format=jpeg,quality=90')).toBe('4:4:4')
    expect(await chroma('format=jpeg,quality=95,chroma=4:2:0')).toBe('4:2:0')
    expect(await chroma('format=jpeg,chroma=4:4:4')).toBe('4:4:4')
  })

  it('show a JPEG coarse first unless told', async () => {
    expect((await sharp(await made('format=jpeg')).metadata()).isProgressive).toBe(true)
    expect((await sharp(await made('format=jpeg,progressive=0')).metadata()).isProgressive).toBe(false)
    expect((await sharp(await made('format=png')).metadata()).isProgressive).toBe(false)
  })

  it.each(['png', 'tiff', 'webp,lossless=1', 'avif,lossless=1,effort=0'])('keep every pixel where they can: %s', async (format) => {
    const [before, after] = [await seen(await photo()), await seen(await made(`format=${format}`))]
    // AVIF counts light and colour apart, and rounds once on the way.
    const slack = format.startsWith('avif') ? 2 : 0
    for (let y = 0; y < 120; y += 7)
      for (let x = 0; x < 160; x += 5)
        for (const [channel, value] of before.at(x, y).entries())
          expect(Math.abs(value - (after.at(x, y)[channel] ?? 0))).toBeLessThanOrEqual(slack)
  })

  it.each([
    ['png', 2, 2],
    ['png', 4, 4],
    ['png', 8, 16], // libvips counts up to what whole bits hold: 2, 4, 16 or 256
    ['gif', 4, 4],
    ['gif', 16, 16],
  ])('have a palette: %s of %i', async (format, colours, most) => {
    const { at } = await seen(await made(`format=${format},colours=${colours}`))
    const found = new Set<string>()
    for (let y = 0; y < 120; y++) for (let x = 0; x < 160; x++) found.add(at(x, y).join())
    expect(found.size).toBe(most)
  })

  it('choose a format that holds what the picture has', async () => {
    const clear = await plain(20, 20, [255, 0, 0, 100]).png().toBuffer()
    const format = async (output: string, original: Buffer): Promise<string> =>
      (await rendered(`resize(width=10)|${output}`, original)).format
    const opaque = await plain(20, 20, red).png().toBuffer()
    expect(await format('', opaque)).toBe('jpeg')
    expect(await format('', clear)).toBe('png')
    expect(await format('lossless=1', opaque)).toBe('png')
    expect(await format('accepts=webp', clear)).toBe('webp')
    expect(await format('accepts=avif%2Cwebp', opaque)).toBe('avif')
    expect((await rendered('resize(width=10)|accepts=avif%2Cwebp', opaque, { avifPixels: 50 })).format).toBe('webp') // too large for AVIF
  })

  it('make a small AVIF of an original that is too large for one', async () => {
    const original = await quadrants(60, 40).png().toBuffer()
    const few = { avifPixels: 600 }
    for (const steps of [
      'resize(width=30)',
      'trim()/resize(width=30)',
      'region(square=1)/resize(width=20,height=20,fit=cover,gravity=entropy)',
    ])
      expect((await rendered(`${steps}|format=avif,effort=0`, original, few)).format).toBe('avif')
    expect(await tried('resize(width=31)|format=avif,effort=0', original, few)).toMatchObject({ code: 'output-too-large' })
  })
})
