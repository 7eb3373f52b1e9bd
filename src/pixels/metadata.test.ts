import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import readExif from 'exif-reader'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { corpus } from '../../test/corpus.ts'
import { stored } from '../../test/originals.ts'
import { drawn, plain, quadrants, red, rendered, seen, tried } from '../../test/pictures.ts'
import { withLoaders } from './sharp.ts'

/** A photo that says where and by whom it was taken, stored lying on its side. */
const photo = () =>
  quadrants(60, 40)
    .rotate(270)
    .withExif({
      IFD0: { Copyright: '(c) 2024 Ada', Artist: 'Ada', Make: 'Camera' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
    })
    .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><secret/></x:xmpmeta>')
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer()

async function tags(bytes: Buffer): Promise<ReturnType<typeof readExif> | undefined> {
  const { exif } = await sharp(bytes).metadata()
  return exif && readExif(exif)
}

const formats = ['jpeg', 'webp', 'png', 'avif'] as const

describe('metadata', () => {
  it('tell by default whose the picture is, and nothing else', async () => {
    for (const format of formats) {
      const { bytes } = await rendered(`orient()|format=${format},effort=0`, await photo())
      const found = await tags(bytes)
      expect([format, found?.Image?.Copyright, found?.Image?.Artist]).toEqual([format, '(c) 2024 Ada', 'Ada'])
      expect([found?.Image?.Make, found?.GPSInfo, found?.Image?.Orientation ?? 1]).toEqual([undefined, undefined, 1])
      expect((await sharp(bytes).metadata()).xmp).toBeUndefined()
      expect(bytes.includes('Camera')).toBe(false)
    }
  })

  it('are none where none may stay', async () => {
    for (const format of formats) {
      const { exif, xmp } = await sharp(
        (await rendered(`orient()|format=${format},metadata=none,effort=0`, await photo())).bytes,
      ).metadata()
      expect([exif, xmp]).toEqual([undefined, undefined])
    }
  })

  it.each(['orient()', 'orient()/resize(width=20)', 'orient()/blur(sigma=1)/resize(width=20)', 'orient()/resize(width=20)|bytes=40000,'])(
    'all stay where all are kept, but the tag that would turn the picture again: %s',
    async (steps) => {
      const [before, more = ''] = steps.split('|')
      const { bytes, width, height } = await rendered(`${before}|${more}format=jpeg,metadata=keep`, await photo())
      const found = await tags(bytes)
      expect(found?.Image).toMatchObject({ Copyright: '(c) 2024 Ada', Make: 'Camera', Orientation: 1 })
      expect(found?.GPSInfo?.GPSLatitudeRef).toBe('N')
      expect((await sharp(bytes).metadata()).xmp).toBeDefined()
      expect(width).toBeGreaterThan(height)
      expect((await sharp(bytes).autoOrient().toBuffer({ resolveWithObject: true })).info).toMatchObject({ width, height })
    },
  )

  it('keep the tag with a picture that was not turned', async () => {
    const { bytes } = await rendered('|format=jpeg,metadata=keep', await photo())
    expect((await sharp(bytes).metadata()).orientation).toBe(6)
    expect((await sharp((await rendered('|format=jpeg', await photo())).bytes).metadata()).orientation ?? 1).toBe(1)
  })
})

/** The sample's left edge: 255, 0, 0 in Display P3. */
const widest = async () =>
  sharp(await readFile(fileURLToPath(new URL('../../samples/wide-gamut.png', import.meta.url))))
    .extract({ left: 2, top: 200, width: 1, height: 1 })
    .keepIccProfile()
    .png()
    .toBuffer()

const p3 = () => plain(20, 20, red).withIccProfile('p3').png().toBuffer()

describe('colour', () => {
  it('comes as sRGB without a profile', async () => {
    const wide = await sharp(await p3())
      .keepIccProfile()
      .png()
      .toBuffer()
    const { bytes } = await rendered('|format=png', wide)
    expect((await sharp(bytes).metadata()).icc).toBeUndefined()
    expect((await seen(bytes)).at(5, 5)).toEqual([255, 0, 0, 255])
  })

  it('keeps its profile, or takes that of Display P3, through every pass and budget', async () => {
    for (const steps of ['', 'resize(width=10)', 'blur(sigma=1)/resize(width=10)'])
      for (const wish of ['profile=keep', 'profile=p3', 'profile=keep,bytes=50000', 'profile=p3,bytes=50000']) {
        const { bytes } = await rendered(`${steps}|format=png,${wish}`, await p3())
        expect((await sharp(bytes).metadata()).icc?.length).toBeGreaterThan(100)
        expect((await seen(bytes)).at(5, 5).slice(0, 3)).toEqual([255, 0, 0]) // read through the profile
      }
  })

  it('beyond sRGB stays in Display P3, and only there', async () => {
    const wide = await sharp(await plain(20, 20, red).png().toBuffer())
      .withMetadata()
      .png()
      .toBuffer()
    // The numbers of the reddest red that P3 has, with its profile: those of sRGB's red are 234, 51, 34.
    const original = await widest()
    const numbers = async (wish: string) => {
      const { data } = await sharp((await rendered(wish, original)).bytes, { ignoreIcc: true })
        .raw()
        .toBuffer({ resolveWithObject: true })
      return [...data.subarray(0, 3)]
    }
    for (const steps of ['', 'resize(width=10)', 'region(square=1)/rotate(degrees=90)']) {
      expect(await numbers(`${steps}|format=png,profile=p3`)).toEqual([255, 0, 0])
      expect(await numbers(`${steps}|format=png,profile=p3,bytes=50000`)).toEqual([255, 0, 0])
    }
    expect(await numbers('resize(width=10)|format=png')).toEqual([255, 0, 0]) // sRGB's own red
    expect(await numbers('blur(sigma=1)/blur(sigma=0.5)|format=png,profile=p3')).toEqual([234, 51, 34]) // effects know sRGB alone
    expect((await seen((await rendered('|format=png,profile=p3', wide)).bytes)).at(5, 5)).toEqual([255, 0, 0, 255])
  })

  it('of a CMYK picture comes as sRGB, whatever is to be kept', async () => {
    const cmyk = await plain(20, 20, [200, 60, 40]).toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 100 }).toBuffer()
    for (const wish of [
      'format=jpeg',
      'format=png',
      'format=webp,profile=keep',
      'format=jpeg,profile=keep',
      'format=jpeg,metadata=keep',
      'format=png,profile=p3',
    ]) {
      const { bytes } = await rendered(`resize(width=10)|${wish}`, cmyk)
      expect((await sharp(bytes).metadata()).channels).toBe(3)
      const [r = 0, g = 0, b = 0] = (await seen(bytes)).at(5, 5)
      expect([wish, Math.abs(r - 200) < 24, Math.abs(g - 60) < 24, Math.abs(b - 40) < 24]).toEqual([wish, true, true, true])
    }
  })

  it('of a gray or 16-bit picture is the same', async () => {
    const gray = await plain(20, 20, [90, 90, 90]).toColourspace('b-w').png().toBuffer()
    expect((await seen((await rendered('resize(width=10)/sepia(percent=0)|format=png', gray)).bytes)).at(5, 5)).toEqual([90, 90, 90, 255])
    const deep = await plain(20, 20, [90, 20, 200]).toColourspace('rgb16').png().toBuffer()
    for (const format of ['png', 'webp,lossless=1', 'tiff'])
      expect((await seen((await rendered(`resize(width=10)/blur(sigma=1)|format=${format}`, deep)).bytes)).at(5, 5)).toEqual([
        90, 20, 200, 255,
      ])
  })
})

describe('a gain map', () => {
  const valid = corpus('valid')
  const read = (): Promise<Buffer> => readFile(join(valid?.folder ?? '', 'jpeg-gainmap-8mpx.jpg'))

  const gainMapOf = async (bytes: Buffer) => withLoaders(sharp, ['gainMap'], async () => (await sharp(bytes).metadata()).gainMap)

  it.skipIf(valid === undefined)('stays where it is asked for and can', async () => {
    const original = await read()
    const kept = await rendered('orient()/resize(width=400)|format=jpeg,gainMap=1', original)
    expect(await gainMapOf(kept.bytes)).toBeDefined()
    const tight = await rendered('orient()/resize(width=400)|format=jpeg,gainMap=1,bytes=60000', original)
    expect(await gainMapOf(tight.bytes)).toBeDefined()
    expect(await gainMapOf((await rendered('orient()/resize(width=400)|format=jpeg', original)).bytes)).toBeUndefined()
    expect(await tried('orient()/blur(sigma=2)|format=jpeg,gainMap=1', original)).toMatchObject({ code: 'parameter-conflict' })
  })
})

describe('a budget of bytes', () => {
  const noise = () =>
    drawn(200, 150, (x, y) => [(x * 73 + y * 151) % 256, (x * y) % 256, (x * 7 + y * 13) % 256])
      .png()
      .toBuffer()

  it.each(['jpeg', 'webp', 'avif'] as const)('is met with the best quality that meets it: %s', async (format) => {
    const free = await rendered(`|format=${format},effort=0`, await noise())
    const budget = Math.round(free.bytes.length / 2)
    const made = await rendered(`|format=${format},effort=0,bytes=${budget}`, await noise())
    expect(made.bytes.length).toBeLessThanOrEqual(budget)
    expect(made.bytes.length).toBeGreaterThan(budget * 0.75)
    expect((await rendered(`|format=${format},effort=0,bytes=${free.bytes.length}`, await noise())).bytes.length).toBe(free.bytes.length)
  })

  it('that cannot be met is a failure that says what could', async () => {
    for (const format of ['jpeg', 'png']) {
      expect(await tried(`|format=${format},bytes=1000`, await noise())).toMatchObject({
        code: 'output-too-large',
        detail: { parameter: 'bytes' },
      })
    }
  })
})

describe('an original that is already right', () => {
  const small = () => quadrants(60, 40).jpeg({ quality: 30 }).toBuffer()

  it.each([
    ['|format=jpeg', true],
    ['orient()/resize(width=600)|format=jpeg', true], // not enlarged: nothing to do
    ['|format=jpeg,quality=95', true],
    ['resize(width=30)|format=jpeg', false],
    ['gray()|format=jpeg', false],
    ['|format=webp', false],
    ['|format=jpeg,profile=p3', false],
  ])('%s passes it on: %s', async (wish, passedOn) => {
    const original = await small()
    const made = await rendered(wish, original)
    expect(made.passedOn).toBe(passedOn)
    expect(made.bytes.equals(original)).toBe(passedOn)
  })

  it('is not passed on with anything private in it, or when it is the larger', async () => {
    expect((await rendered('|format=jpeg', await stored(6))).passedOn).toBe(false)
    expect((await rendered('|format=jpeg', await photo())).passedOn).toBe(false)
    const large = await drawn(200, 200, (x, y) => [(x * 73 + y * 151) % 256, (x * y) % 256, 0])
      .jpeg({ quality: 100 })
      .toBuffer()
    expect((await rendered('|format=jpeg,quality=30', large)).passedOn).toBe(false)
  })
})
