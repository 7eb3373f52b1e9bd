import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import readExif from 'exif-reader'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pictureOnly } from '../../src/pixels/picture-only.ts'
import { sandbox } from '../../src/service/problem.ts'
import { corpus } from '../corpus.ts'
import { drawn, quadrants, seen } from '../pictures.ts'
import { exifBlock, insert, jpegSegment, mark, owner, privateOriginals, xmp } from '../private-originals.ts'
import { polyglots } from './polyglots.ts'
import { type Got, openServer, type Server } from './server.ts'

/** What results may hold of their originals: pixels, and whose they are. */

const formats = ['jpeg', 'webp', 'avif', 'png', 'gif', 'tiff'] as const
type Format = (typeof formats)[number]

const valid = corpus('valid')
const hostile = corpus('hostile')
const privates = await privateOriginals()
const forged = await polyglots()
const file = (name: string): string => name.replaceAll(' ', '-')
let folder: string
let server: Server

const write = (name: string, bytes: Buffer): Promise<void> => writeFile(join(folder, file(name)), bytes)
const codeOf = ({ body }: Got): string => JSON.parse(body.toString()).code

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tintype-originals-'))
  for (const [name, bytes] of Object.entries({ ...privates, ...forged })) await write(name, bytes)
  for (const name of ['jpeg-gps-exif.jpg']) if (valid !== undefined) await write(name, readFileSync(join(valid.folder, name)))
  for (const each of hostile?.files ?? [])
    if (each.file.startsWith('poly-')) await write(each.file, readFileSync(join(hostile?.folder ?? '', each.file)))
  server = await openServer({}, folder)
})
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** The picture is of that format, and says so, and nobody is to read it as anything else. */
async function expectPicture(got: Got, format: Format): Promise<void> {
  expect([got.status, got.headers['content-type']]).toEqual([200, `image/${format}`])
  expect(got.headers['x-content-type-options']).toBe('nosniff')
  expect(got.headers['content-security-policy']).toBe(sandbox)
  expect((await sharp(got.body).metadata()).format).toBe(format === 'avif' ? 'heif' : format)
}

const holds = (bytes: Buffer, text: string): boolean =>
  [Buffer.from(text), Buffer.from(text, 'utf16le'), Buffer.from(Buffer.from(text).toString('hex'))].some((spelt) => bytes.includes(spelt))

/** Nothing but the picture and, of its Exif data, whose it is. */
async function expectNothingPrivate({ body }: Got): Promise<void> {
  expect(holds(body, mark)).toBe(false)
  const { exif, xmp, iptc, tifftagPhotoshop, comments, orientation } = await sharp(body).metadata()
  expect([xmp, iptc, tifftagPhotoshop, comments, orientation ?? 1]).toEqual([undefined, undefined, undefined, undefined, 1])
  if (exif === undefined) return
  const { bigEndian: _, Image, Photo, ...more } = readExif(exif)
  expect(more).toEqual({})
  // What libvips says of the picture itself, beside its owner.
  const ours = /^(?:Orientation|[XY]Resolution|ResolutionUnit|YCbCrPositioning|ExifTag|Artist|Copyright)$/
  expect(Object.keys(Image ?? {}).filter((name) => !ours.test(name))).toEqual([])
  const photo = /^(?:ExifVersion|ComponentsConfiguration|FlashpixVersion|ColorSpace|Pixel[XY]Dimension)$/
  expect(Object.keys(Photo ?? {}).filter((name) => !photo.test(name))).toEqual([])
}

/** 60x40 as the viewer sees it: red, green, blue, yellow from top left to bottom right. */
async function expectUpright({ body }: Got): Promise<void> {
  const { width, height, at } = await seen(body)
  expect([width, height]).toEqual([60, 40])
  const near = (x: number, y: number, colour: number[]): boolean => at(x, y).every((value, i) => Math.abs(value - (colour[i] ?? 255)) < 60)
  expect([near(5, 5, [255, 0, 0]), near(55, 5, [0, 255, 0]), near(5, 35, [0, 0, 255]), near(55, 35, [255, 255, 0])]).toEqual(
    Array(4).fill(true),
  )
}

const pixelsOf = (bytes: Buffer): Promise<Buffer> => sharp(bytes, { pages: -1 }).raw().toBuffer()

describe('private data', () => {
  const quadrant = Object.keys(privates).filter((name) => name !== 'gif animation')
  /** Formats whose Exif block libvips reads, and those it writes one into. */
  const told = /^(?:jpeg|webp|avif|png)/

  it.each(quadrant)('check 21: of a %s stay behind, but for whose it is', async (name) => {
    expect(holds(privates[name] ?? Buffer.alloc(0), mark)).toBe(true)
    for (const format of formats) {
      const got = await server.get(`/i/${file(name)}?f=${format}`)
      await expectPicture(got, format)
      await expectUpright(got)
      await expectNothingPrivate(got)
      const { exif } = await sharp(got.body).metadata()
      if (told.test(name) && told.test(format)) expect(readExif(exif ?? Buffer.alloc(0)).Image).toMatchObject(owner)
      else expect(exif).toBeUndefined()
    }
  })

  it.each(['w=30', 'q=100', 'w=20&blur=2', 'bytes=30k', 'icc=keep', 'icc=p3&blur=1', 'orient=none', 'lossless=1&effort=0', 'f=auto'])(
    'check 21: of any original stay behind with %s',
    async (query) => {
      for (const name of Object.keys(privates))
        for (const format of formats) {
          const got = await server.get(`/i/${file(name)}?f=${format}&${query}`.replace(/f=\w+&f=/, 'f='), { accept: `image/${format}` })
          expect(got.status).toBe(200)
          await expectNothingPrivate(got)
        }
    },
  )

  it('check 21: nothing at all is left where nothing is to be kept', async () => {
    for (const name of Object.keys(privates))
      for (const format of formats) {
        const got = await server.get(`/i/${file(name)}?f=${format}&meta=none`)
        await expectNothingPrivate(got)
        expect((await sharp(got.body).metadata()).exif).toBeUndefined()
        if (format !== 'avif' && format !== 'tiff') expect(pictureOnly(got.body, format)).toBe(true)
      }
  })

  it('check 21: come neither by an overlay nor by an explanation', async () => {
    for (const name of Object.keys(privates)) {
      await expectNothingPrivate(await server.get(`/i/${file('png by sharp')}?f=png&w=50&mark=${file(name)}`))
      const { status, body } = await server.get(`/i/${file(name)}?f=json`)
      expect([status, holds(body, mark)]).toEqual([200, false])
    }
  })

  it('check 21: an original that is already right is passed on only without them', async () => {
    const small = await quadrants(60, 40).jpeg({ quality: 20 }).toBuffer()
    const block = exifBlock(1, small)
    await write('small.jpg', small)
    await write('small-private.jpg', insert(small, 2, jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), block]))))
    const plain = await server.get('/i/small.jpg?f=jpeg&q=100')
    expect(plain.body.equals(small)).toBe(true)
    const made = await server.get('/i/small-private.jpg?f=jpeg&q=100')
    await expectNothingPrivate(made)
    expect(made.body.length).toBeGreaterThan(small.length)
  })

  it('check 21: stay, but for a thumbnail, where all are kept', async () => {
    for (const name of quadrant.filter((each) => told.test(each)))
      for (const format of ['jpeg', 'webp', 'avif', 'png'] as const) {
        const got = await server.get(`/i/${file(name)}?f=${format}&meta=keep`)
        await expectPicture(got, format)
        await expectUpright(got)
        const found = await sharp(got.body).metadata()
        const { Image, GPSInfo, ...more } = readExif(found.exif ?? Buffer.alloc(0))
        expect(Image).toMatchObject({ ...owner, Make: `${mark} make`, Orientation: 1 })
        expect(GPSInfo?.GPSLatitudeRef).toBe('N')
        expect(more).not.toHaveProperty('Thumbnail')
        expect(holds(got.body, 'of the thumbnail')).toBe(false)
        if (name !== 'avif with a thumbnail')
          expect([name, format, found.xmp?.toString()]).toEqual([name, format, expect.stringContaining(xmp)])
      }
  })

  it('check 21: but for comments, are in the original that is passed on where that is asked for', async () => {
    for (const [name, bytes] of Object.entries(privates)) {
      const got = await server.get(`/i/${file(name)}?f=original`)
      expect([got.status, got.headers['content-type']]).toEqual([200, `image/${name.split(' ')[0]}`])
      expect((await pixelsOf(got.body)).equals(await pixelsOf(bytes))).toBe(true)
      expect((await sharp(got.body).metadata()).exif).toEqual((await sharp(bytes).metadata()).exif)
      expect([got.headers['x-content-type-options'], got.headers['content-security-policy']]).toEqual(['nosniff', sandbox])
    }
  })

  it.skipIf(valid === undefined).each(formats)('check 21: jpeg-gps-exif.jpg of the corpus as %s tells nothing', async (format) => {
    expect(holds(readFileSync(join(valid?.folder ?? '', 'jpeg-gps-exif.jpg')), mark)).toBe(true)
    for (const query of ['', '&w=200', '&q=100']) {
      const got = await server.get(`/i/jpeg-gps-exif.jpg?f=${format}${query}`)
      await expectPicture(got, format)
      await expectNothingPrivate(got)
    }
  })

  it.skipIf(valid === undefined)('check 21: a gain map brings none with it', async () => {
    const original = readFileSync(join(valid?.folder ?? '', 'jpeg-gainmap-8mpx.jpg'))
    const second = original.indexOf(Buffer.from([0xff, 0xd8, 0xff]), original.length / 2)
    const app1 = jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exifBlock(1)]))
    const comment = jpegSegment(0xfe, `${mark} comment`)
    await write('gain-map.jpg', insert(insert(original, second + 2, comment), 2, Buffer.concat([app1, comment])))
    const got = await server.get('/i/gain-map.jpg?w=400&f=jpeg&hdr=1')
    await expectPicture(got, 'jpeg')
    expect(holds(got.body, mark)).toBe(false)
  })
})

describe('files that are two things', () => {
  it.each(Object.keys(forged))('check 22: %s comes out as a picture alone, in every format', async (name) => {
    expect(holds(forged[name] ?? Buffer.alloc(0), mark)).toBe(true)
    for (const format of formats)
      for (const query of ['', '&q=100', '&w=30']) {
        const got = await server.get(`/i/${file(name)}?f=${format}${query}`)
        await expectPicture(got, format)
        expect(holds(got.body, mark)).toBe(false)
        expect(got.body.toString('latin1')).not.toMatch(/<\?php|<script|<html/i)
      }
  })

  it('check 22: what is passed on is named by its bytes, has no comments and nothing behind its end, and may run nothing', async () => {
    for (const [name, bytes] of Object.entries(forged)) {
      const got = await server.get(`/i/${file(name)}?f=original`)
      expect([got.status, got.headers['content-type']]).toEqual([200, `image/${name.split(' ')[0]}`])
      expect((await pixelsOf(got.body)).equals(await pixelsOf(bytes))).toBe(true)
      // Comments and what lies behind the end are left out; in other places it is the headers that let nothing run.
      if (/^(?:jpeg|png|gif|webp).* (?:behind|in a (?:comment|text))/.test(name))
        expect([name, holds(got.body, mark)]).toEqual([name, false])
      expect([got.headers['x-content-type-options'], got.headers['content-security-policy']]).toEqual(['nosniff', sandbox])
    }
  })

  const files = (hostile?.files ?? []).filter((each) => each.file.startsWith('poly-'))
  it.skipIf(hostile === undefined).each(files)(
    'check 22: $file of the corpus: $note',
    async ({ file: name, expect: wanted, mustNotContain }) => {
      for (const format of formats)
        for (const query of ['', '&q=100', '&w=30']) {
          const got = await server.get(`/i/${name}?f=${format}${query}`)
          if (mustNotContain !== undefined) expect(holds(got.body, mustNotContain)).toBe(false)
          expect(got.headers['x-content-type-options']).toBe('nosniff')
          if (got.status === 200) await expectPicture(got, format)
          else expect([wanted, got.status]).toEqual(['decodes or error', 415])
        }
    },
  )
})

describe('pictures that are too large for AVIF', () => {
  const limit = 9_000_000
  const marginMs = 2000
  /** A picture of that size that no encoder finds easy. */
  const grainy = async (name: string, width: number, height: number): Promise<void> => {
    let state = 30
    const grain = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state >>> 24
    }
    const tile = await drawn(500, 500, (x, y) => [(x + grain()) / 3, (y + grain()) / 3, grain()])
      .png()
      .toBuffer()
    const ground = { create: { width, height, channels: 3, background: '#777' } } as const
    await write(
      name,
      await sharp(ground)
        .composite([{ input: tile, tile: true }])
        .jpeg({ quality: 90 })
        .toBuffer(),
    )
  }
  beforeAll(async () => {
    await grainy('over.jpg', 3001, 3000)
    await grainy('under.jpg', 3000, 3000)
  })

  it('check 30: are refused as AVIF, at once, by name', async () => {
    for (const query of ['f=avif', 'f=avif&effort=9', 'f=avif&lossless=1', 'f=avif&w=3001&h=3000&enlarge=1']) {
      const got = await server.get(`/i/over.jpg?${query}`)
      expect([got.status, codeOf(got)]).toEqual([400, 'output-too-large'])
      expect(JSON.parse(got.body.toString()).detail).toContain(`an AVIF of at most ${limit} pixels, got 3001x3000`)
      expect(got.ms).toBeLessThan(1000)
    }
  })

  it.each([
    ['image/avif,image/webp,*/*', 'webp'],
    ['image/avif,*/*', 'jpeg'],
  ])('check 30: come as something else to who takes %s', async (accept, format) => {
    const got = await server.get('/i/over.jpg?f=auto', { accept })
    expect([got.status, got.headers['content-type'], got.headers.vary]).toEqual([200, `image/${format}`, 'Accept'])
    expect(got.ms).toBeLessThan(10_000 + marginMs)
    const { width, height } = await sharp(got.body).metadata()
    expect([width, height]).toEqual([3001, 3000])
  })

  it('check 30: just below the limit end within the time for a picture, also at the highest effort and by several tries', async () => {
    // One after the other takes as long as they like; two at once are what this many processes do.
    for (const queries of [['f=avif'], ['f=avif&effort=9', 'f=avif&effort=5&bytes=300k']]) {
      const answers = await Promise.all(queries.map((query) => server.get(`/i/under.jpg?${query}`)))
      for (const got of answers) {
        expect(got.ms).toBeLessThan(10_000 + marginMs)
        if (got.status === 200) await expectPicture(got, 'avif')
        else {
          expect([got.status, codeOf(got)]).toEqual([504, 'render-timeout'])
          expect(got.ms).toBeGreaterThan(9_500)
        }
      }
    }
    expect((await server.get('/i/over.jpg?f=avif&w=20')).status).toBe(200)
  })
})
