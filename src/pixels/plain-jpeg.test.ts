import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Metadata, type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { corpus } from '../../test/corpus.ts'
import { mutate } from '../../test/fuzz/mutate.ts'
import { randomOf } from '../../test/fuzz/random.ts'
import { drawn } from '../../test/pictures.ts'
import { jpegSegments } from './jpeg-segments.ts'
import { type Header, plainJpeg } from './plain-jpeg.ts'
import { sniff } from './sniff.ts'

const photo = (): Sharp => drawn(90, 70, (x, y) => [(x * 7) % 256, (y * 5 + x) % 256, (x * y) % 256])
const jpeg = await photo().jpeg().toBuffer()
const oriented = await photo().withMetadata({ orientation: 6 }).jpeg().toBuffer()

const corpora = [corpus('valid'), corpus('hostile')].flatMap((found) =>
  (found?.files ?? []).map(({ file }) => join(found?.folder ?? '', file)),
)

/** As libvips tells it. */
const asked = (bytes: Buffer): Promise<Metadata> => sharp(bytes, { limitInputPixels: false, failOn: 'warning' }).metadata()

/** All that facts are made of. */
const told = ({ width, height, pageHeight, orientation = 1, pages = 1, hasAlpha, depth, space, hasProfile, ...rest }: Header): object => ({
  ...{ width, height, pageHeight, orientation, pages, hasAlpha, depth, space, hasProfile },
  exif: rest.exif?.toString('hex'),
  others: [rest.xmp, rest.iptc, rest.tifftagPhotoshop].some((part) => part !== undefined) || (rest.comments?.length ?? 0) > 0,
})

/** A segment put in front of all others. */
const withSegment = (marker: number, body: string | Buffer, bytes: Buffer = jpeg): Buffer => {
  const content = Buffer.from(body as string, 'latin1')
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([bytes.subarray(0, 2), head, content, bytes.subarray(2)])
}

/** The profile of a picture, cut in two. */
async function profileInParts(): Promise<Buffer> {
  const { icc } = await asked(await photo().withIccProfile('p3').jpeg().toBuffer())
  if (icc === undefined) throw new Error('It has a profile.')
  const part = (index: number, bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from(`ICC_PROFILE\0${String.fromCharCode(index, 2)}`, 'latin1'), bytes])
  return withSegment(0xe2, part(1, icc.subarray(0, 200)), withSegment(0xe2, part(2, icc.subarray(200))))
}

describe('the same as libvips tells', () => {
  test.each<[string, () => Buffer | Promise<Buffer>]>([
    ['a photograph', () => jpeg],
    ['a progressive one', () => photo().jpeg({ progressive: true }).toBuffer()],
    ['grey', () => photo().greyscale().jpeg().toBuffer()],
    ['without subsampling', () => photo().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer()],
    ['with a profile', () => photo().withIccProfile('p3').jpeg().toBuffer()],
    [
      'with Exif and a profile',
      () =>
        photo()
          .withExif({ IFD0: { Copyright: 'A' } })
          .withIccProfile('p3')
          .jpeg()
          .toBuffer(),
    ],
    ['with a profile in two parts', () => profileInParts()],
    ['with a comment', () => withSegment(0xfe, 'made by hand')],
    ['with IPTC', () => withSegment(0xed, 'Photoshop 3.0\0 8BIM')],
    ['with parts of Adobe, RGB', () => withSegment(0xee, 'Adobe\0d\0\0\0\0\0')],
    ['with a segment that nobody knows', () => withSegment(0xec, 'Ducky')],
    [
      'one pixel',
      () =>
        drawn(1, 1, () => [1, 2, 3])
          .jpeg()
          .toBuffer(),
    ],
  ])('%s', async (_what, make) => {
    const bytes = await make()
    const plain = plainJpeg(bytes)
    if (plain === undefined) throw new Error('It is plain.')
    expect(told(plain)).toEqual(told(await asked(bytes)))
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('of orientation %i, in either order of bytes', async (orientation) => {
    const little = await photo().withMetadata({ orientation }).jpeg().toBuffer()
    const big = withSegment(
      0xe1,
      Buffer.concat([
        Buffer.from('Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0', 'latin1'),
        Buffer.from([orientation, 0, 0, 0, 0, 0, 0]),
      ]),
    )
    for (const bytes of [little, big]) {
      expect(plainJpeg(bytes)?.orientation).toBe(orientation)
      expect((await asked(bytes)).orientation).toBe(orientation)
    }
  })

  test.skipIf(corpora.length === 0)('of all JPEGs of the corpora that are plain', async () => {
    let plain = 0
    for (const file of corpora) {
      const bytes = await readFile(file)
      const own = sniff(bytes) === 'jpeg' ? plainJpeg(bytes) : undefined
      const theirs = own && (await asked(bytes).catch(() => undefined)) // what does not open is not decoded either
      if (own === undefined || theirs === undefined) continue
      expect([file, told(own)]).toEqual([file, told(theirs)])
      plain++
    }
    expect(plain).toBeGreaterThan(20)
  })

  test('of damaged ones, if they are taken for plain and opened at all', async () => {
    const random = randomOf(5)
    let compared = 0
    for (const original of [jpeg, oriented, await photo().withIccProfile('p3').jpeg({ progressive: true }).toBuffer()]) {
      const head = [...jpegSegments(original)].at(-1)?.end ?? 0
      for (let times = 0; times < 150; times++) {
        // In the header alone, but for what a mutation takes off.
        const { bytes } = mutate(original.subarray(0, head), oriented, random)
        const damaged = Buffer.concat([bytes, original.subarray(head)])
        const own = plainJpeg(damaged)
        const theirs = own && (await asked(damaged).catch(() => undefined))
        if (own === undefined || theirs === undefined) continue
        expect(told(own)).toEqual(told(theirs))
        compared++
      }
    }
    expect(compared).toBeGreaterThan(20)
  })
})

describe('libvips is asked', () => {
  const exif = (entries: string): Buffer => withSegment(0xe1, `Exif\0\0II*\0\x08\0\0\0${entries}\0\0\0\0`)
  /** Nothing but a frame of a grey picture. */
  const withFrame = (marker: number, bits: string): Buffer =>
    withSegment(marker, `${bits}\0\x46\0\x5a\x01\x01\x11\0`, Buffer.from('ffd8ffda0000', 'hex'))
  const entry = (value: string, type = '\x03\0', count = '\x01\0\0\0'): string => `\x12\x01${type}${count}${value}\0\0\0`
  test.each<[string, () => Buffer | Promise<Buffer>]>([
    ['four colours', () => photo().toColourspace('cmyk').jpeg().toBuffer()],
    ['Exif twice', () => withSegment(0xe1, 'Exif\0\0', oriented)],
    ['XMP', () => withSegment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<x/>')],
    ['further pictures, or a gain map', () => withSegment(0xe2, 'MPF\0II*\0')],
    ['parts of a profile out of order', () => withSegment(0xe2, `ICC_PROFILE\0\x02\x02${'x'.repeat(200)}`)],
    ['IPTC twice', () => withSegment(0xed, 'Photoshop 3.0\0', withSegment(0xed, 'Photoshop 3.0\0'))],
    ['an orientation that is none', () => exif(`\x01\0${entry('\x09')}`)],
    ['an orientation of another type', () => exif(`\x01\0${entry('\x06', '\x04\0')}`)],
    ['an orientation of many values', () => exif(`\x01\0${entry('\x06', '\x03\0', '\x02\0\0\0')}`)],
    ['two orientations', () => exif(`\x02\0${entry('\x06')}${entry('\x03')}`)],
    ['more entries than bytes', () => exif(`\x05\0${entry('\x06')}`)],
    ['no order of bytes', () => withSegment(0xe1, 'Exif\0\0XX*\0\x08\0\0\0\x01\0\0\0\0\0\0\0')],
    ['two frames', () => withSegment(0xc0, '\x08\0\x46\0\x5a\x01\x01\x11\0')],
    ['frames of another kind', () => withFrame(0xc1, '\x08')],
    ['12 bits', () => withFrame(0xc0, '\x0c')],
    ['fill bytes', () => Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff]), jpeg.subarray(2)])],
    ['no frame', () => Buffer.from('ffd8ffda0000', 'hex')],
  ])('where there are %s', async (_what, make) => {
    expect(plainJpeg(await make())).toBe(undefined)
  })

  test('and not where what stands above is as it should be', () => {
    expect(plainJpeg(exif(`\x01\0${entry('\x06')}`))).toMatchObject({ orientation: 6 })
    expect(plainJpeg(withFrame(0xc0, '\x08'))).toMatchObject({ width: 90, height: 70, space: 'b-w' })
  })

  test('where the header is cut short, wherever that is', () => {
    const end = jpeg.indexOf(Buffer.from([0xff, 0xda]))
    expect(end).toBeGreaterThan(300)
    for (let length = 0; length < end + 2; length++) expect(plainJpeg(jpeg.subarray(0, length))).toBe(undefined)
    expect(plainJpeg(jpeg.subarray(0, end + 2))).toMatchObject({ width: 90, height: 70 })
  })
})
