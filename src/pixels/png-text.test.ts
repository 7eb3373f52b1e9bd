import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { quadrants } from '../../test/pictures.ts'
import { withoutCompressedText } from './png-text.ts'

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body])
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(body.length)
  crc.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, crc])
}

const text = (keyword: string, rest: Buffer): Buffer => Buffer.concat([Buffer.from(`${keyword}\0`, 'latin1'), rest])
const zTXt = (inflated: number): Buffer =>
  chunk('zTXt', text('Comment', Buffer.concat([Buffer.of(0), deflateSync(Buffer.alloc(inflated))])))
const compressedXmp = (xmp: Buffer): Buffer =>
  chunk('iTXt', text('XML:com.adobe.xmp', Buffer.concat([Buffer.of(1, 0, 0, 0), deflateSync(xmp)])))
const plainXmp = chunk('iTXt', text('XML:com.adobe.xmp', Buffer.concat([Buffer.alloc(4), Buffer.from('<x:xmpmeta/>')])))
const tEXt = chunk('tEXt', text('Author', Buffer.from('A. N. Other')))

const plain = await quadrants(40, 30).png().toBuffer()
/** The picture with chunks behind its header. */
const having = (...chunks: readonly Buffer[]): Buffer => Buffer.concat([plain.subarray(0, 33), ...chunks, plain.subarray(33)])

describe('compressed text of a PNG', () => {
  it('is removed before libvips would inflate it', async () => {
    const bomb = having(...Array.from({ length: 60 }, () => zTXt(3_900_000)))
    const safe = withoutCompressedText(bomb)
    expect(safe.equals(plain)).toBe(true)
    expect(await sharp(safe).metadata()).toMatchObject({ width: 40, height: 30 })
  })

  it('leaves all else as it stands, in the same buffer where there was none', () => {
    const ordinary = having(tEXt, plainXmp)
    expect(withoutCompressedText(ordinary)).toBe(ordinary)
    expect(withoutCompressedText(having(tEXt, zTXt(10), plainXmp, zTXt(10))).equals(ordinary)).toBe(true)
  })

  it('stays where it is the first XMP, and small', () => {
    const xmp = compressedXmp(Buffer.from('<x:xmpmeta/>'))
    const kept = having(xmp)
    expect(withoutCompressedText(kept)).toBe(kept)
    expect(withoutCompressedText(having(xmp, xmp)).equals(kept)).toBe(true)
    expect(withoutCompressedText(having(compressedXmp(Buffer.alloc(90_000_000)))).equals(plain)).toBe(true)
  })

  it('stays where it is XMP as libvips itself writes it', async () => {
    const written = await quadrants(40, 30).withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>').png().toBuffer()
    expect((await sharp(withoutCompressedText(written)).metadata()).xmp?.toString()).toContain('<x:xmpmeta')
  })

  it('is removed where its form cannot be told', () => {
    expect(withoutCompressedText(having(chunk('iTXt', Buffer.alloc(200, 'a')))).equals(plain)).toBe(true)
  })

  it.each([
    ['no PNG', Buffer.from([0xff, 0xd8, 0xff])],
    ['nothing', Buffer.alloc(0)],
    ['a signature alone', plain.subarray(0, 8)],
    ['a length past the end', Buffer.concat([plain.subarray(0, 33), Buffer.from([0xff, 0xff, 0xff, 0xff]), zTXt(10).subarray(4)])],
  ])('is not sought in %s', (_, bytes) => expect(withoutCompressedText(bytes)).toBe(bytes))
})
