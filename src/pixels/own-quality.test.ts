import sharp from 'sharp'
import { describe, expect, it, test } from 'vitest'
import { drawn, type Rgba, rendered, tried } from '../../test/pictures.ts'

/** Soft colours with some detail, as a photo has. */
const photo = () =>
  drawn(160, 120, (x, y) => [128 + 90 * Math.sin(x / 9), 128 + 90 * Math.cos(y / 7), 128 + 60 * Math.sin((x + y) / 5)])
    .png()
    .toBuffer()
const made = async (output: string) => (await rendered(`|${output}`, await photo())).bytes
const decoded = async () => sharp(await photo())

describe('a quality on the scale of the encoder', () => {
  test.each([10, 55, 80, 95])('is that of sharp itself: %i', async (quality) => {
    const own = (format: string) => made(`format=${format},quality=${quality},chroma=4:2:0,qualityScale=own`)
    expect(await own('jpeg')).toEqual(await (await decoded()).jpeg({ quality, progressive: true, chromaSubsampling: '4:2:0' }).toBuffer())
    expect(await own('webp')).toEqual(await (await decoded()).webp({ quality, effort: 4 }).toBuffer())
    expect(await own('avif')).toEqual(await (await decoded()).avif({ quality, effort: 1, chromaSubsampling: '4:2:0' }).toBuffer())
  })

  it('is another than the mapped one, which a JPEG does not notice', async () => {
    expect(await made('format=webp,qualityScale=own')).not.toEqual(await made('format=webp'))
    expect(await made('format=jpeg,qualityScale=own')).toEqual(await made('format=jpeg'))
  })

  it('is exact in a WebP of 100, and only there', async () => {
    const before = await (await decoded()).raw().toBuffer()
    const pixels = async (output: string) =>
      sharp(await made(output))
        .raw()
        .toBuffer()
    expect(await pixels('format=webp,quality=100,qualityScale=own')).toEqual(before)
    expect(await pixels('format=webp,quality=100')).not.toEqual(before)
    expect(await pixels('format=webp,quality=99,qualityScale=own')).not.toEqual(before)
  })
})

describe('a quality of each format', () => {
  it('holds where that format is chosen', async () => {
    const each = 'qualities=jpeg:30%2Cwebp:50,quality=90'
    expect(await made(`format=jpeg,${each}`)).toEqual(await made('format=jpeg,quality=30'))
    expect(await made(`format=webp,${each}`)).toEqual(await made('format=webp,quality=50'))
    expect(await made(`format=avif,${each}`)).toEqual(await made('format=avif,quality=90'))
    expect(await made(`format=png,${each}`)).toEqual(await made('format=png'))
    expect(await made(`format=keep,prefer=webp,${each}`)).toEqual(await made('format=webp,quality=50'))
  })
})

describe('a byte budget', () => {
  it('that cannot be met gives the picture as it first was, where that is wished', async () => {
    for (const format of ['jpeg', 'webp', 'avif', 'png'])
      expect(await made(`format=${format},bytes=20,overBytes=give`)).toEqual(await made(`format=${format}`))
    expect(await tried('|format=jpeg,bytes=20', await photo())).toMatchObject({ code: 'output-too-large' })
  })

  it('is met no lower than quality 10 then', async () => {
    const [ten, nine] = await Promise.all([10, 9].map(async (quality) => (await made(`format=jpeg,quality=${quality}`)).length))
    const within = (bytes: number) => made(`format=jpeg,bytes=${bytes},overBytes=give`)
    expect((await within(ten ?? 0)).length).toBe(ten)
    expect(nine).toBeLessThan(ten ?? 0)
    expect(await within(nine ?? 0)).toEqual(await made('format=jpeg'))
  })

  it('is met with at least the quality of the steps of three quarters', async () => {
    for (const budget of [3000, 2500, 2000, 1700]) {
      let quality = 80
      let ladder = await made(`format=jpeg,quality=${quality}`)
      while (ladder.length > budget && quality >= 10) {
        quality = Math.trunc(quality * 0.75)
        ladder = await made(`format=jpeg,quality=${quality}`)
      }
      const ours = await made(`format=jpeg,bytes=${budget},overBytes=give`)
      expect(ours.length).toBeLessThanOrEqual(budget)
      expect(ours.length).toBeGreaterThanOrEqual(ladder.length)
    }
  })

  it('makes an exact WebP a lossy one', async () => {
    const noise = await drawn(
      64,
      64,
      (x, y) =>
        [1, 2, 3].map((n) => Math.floor((Math.abs(Math.sin(x * 12.9898 + y * 78.233 + n) * 43758.5453) % 1) * 256)) as unknown as Rgba,
    )
      .png()
      .toBuffer()
    const wish = '|format=webp,quality=100,qualityScale=own'
    expect((await rendered(wish, noise)).bytes.length).toBeGreaterThan(4000)
    expect((await rendered(`${wish},bytes=4000`, noise)).bytes.length).toBeLessThanOrEqual(4000)
  })
})
