import readExif from 'exif-reader'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { blue, plain, rendered } from '../../test/pictures.ts'
import { exifBlock, insert, jpegSegment, privateOriginals } from '../../test/private-originals.ts'
import { withoutThumbnail } from './exif-thumbnail.ts'

const thumbnail = await plain(16, 12, blue).jpeg().toBuffer()
const block = exifBlock(6, insert(thumbnail, 2, jpegSegment(0xfe, 'of the thumbnail')))
const app1 = (exif: Buffer): Buffer => jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exif]))
const picture = await plain(60, 40, [9, 90, 200]).jpeg().toBuffer()
const beginning = (...segments: Buffer[]): Buffer => insert(picture, 2, Buffer.concat(segments))

const exifOf = async (bytes: Buffer): Promise<ReturnType<typeof readExif>> =>
  readExif((await sharp(bytes).metadata()).exif ?? Buffer.alloc(0))

const kinds = ['jpeg of every segment', 'png of every chunk', 'webp of every chunk', 'avif with a thumbnail']
const originals = await privateOriginals()

it.each(kinds)('no result inherits the thumbnail of a %s', async (kind) => {
  const original = originals[kind] ?? Buffer.alloc(0)
  expect(await exifOf(original)).toHaveProperty('Thumbnail')
  for (const format of ['jpeg', 'png', 'webp', 'avif'])
    for (const profile of ['srgb', 'keep', 'p3']) {
      const owned = await rendered(`orient()/resize(width=20)|format=${format},effort=0,profile=${profile}`, original)
      const whose = await exifOf(owned.bytes)
      expect(whose).not.toHaveProperty('Thumbnail')
      expect(whose.Image).toMatchObject({ Artist: 'Ada Byron', Copyright: '(c) 2024 Ada' })
      const all = await rendered(`orient()/resize(width=20)|format=${format},effort=0,metadata=keep,profile=${profile}`, original)
      const kept = await exifOf(all.bytes)
      expect(kept).not.toHaveProperty('Thumbnail')
      expect(kept.GPSInfo).toBeDefined()
      expect(kept.Image).toMatchObject({ Make: 'TT-PRIVATE make', Orientation: 1 })
      for (const { bytes } of [owned, all]) expect(bytes.includes('of the thumbnail')).toBe(false)
    }
})

it.each([
  ['two blocks', [app1(block), app1(exifBlock(1, thumbnail))]],
  ['a copy before the block', [jpegSegment(0xe5, Buffer.concat([Buffer.from('Exif\0\0'), block])), app1(block)]],
  ['a thumbnail in the first directory', [app1(exifBlock(1, thumbnail, 'first'))]],
] as const)('nor of a forged file: %s', async (_, segments) => {
  const { bytes } = await rendered('orient()|format=jpeg', beginning(...segments))
  expect(await exifOf(bytes)).not.toHaveProperty('Thumbnail')
  expect(bytes.includes('of the thumbnail')).toBe(false)
  expect(bytes.indexOf(Buffer.from([0xff, 0xd8, 0xff]), 2)).toBe(-1)
})

it('a block that is not in the file in one piece is not written anew', () => {
  expect(withoutThumbnail({ safe: picture, exif: block }, 'copyright')).toEqual({ safe: picture })
})

it('what has none is left as it is, and bytes that are no block at all too', () => {
  const none = exifBlock(6)
  const original = { safe: beginning(app1(none)), exif: Buffer.concat([Buffer.from('Exif\0\0'), none]) }
  expect(withoutThumbnail(original, 'keep')).toBe(original)
  expect(withoutThumbnail(original, 'none')).toBe(original)
  for (const length of [0, 1, 6, 7, 10, 13, 14, 15, 40]) {
    const cut = { safe: picture, exif: original.exif.subarray(0, length) }
    expect(withoutThumbnail(cut, 'keep')).toBe(cut)
    expect(withoutThumbnail(cut, 'copyright')).toBe(cut)
  }
  const far = { safe: picture, exif: Buffer.from('MM\0*\xff\xff\xff\xff\0\0', 'latin1') }
  expect(withoutThumbnail(far, 'keep')).toBe(far)
})
