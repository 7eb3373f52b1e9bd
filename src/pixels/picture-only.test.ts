import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { corpus } from '../../test/corpus.ts'
import { pictureOnly } from './picture-only.ts'

const noise = sharp({
  create: { width: 64, height: 48, channels: 3, background: 'teal', noise: { type: 'gaussian', mean: 128, sigma: 30 } },
})
const photo = await noise.png().toBuffer()
const frames = await sharp(
  await Promise.all(
    ['red', 'lime', 'blue'].map((background) =>
      sharp({ create: { width: 20, height: 20, channels: 4, background } })
        .png()
        .toBuffer(),
    ),
  ),
  { join: { animated: true } },
)
  .gif({ loop: 3, delay: [50, 100, 150] })
  .toBuffer()

/** Files that encoders make when they are given no metadata. */
const clean: Readonly<Record<string, readonly [format: string, bytes: Buffer]>> = {
  'baseline JPEG': ['jpeg', await sharp(photo).jpeg().toBuffer()],
  'progressive JPEG by mozjpeg': ['jpeg', await sharp(photo).jpeg({ mozjpeg: true }).toBuffer()],
  'gray JPEG': ['jpeg', await sharp(photo).grayscale().jpeg().toBuffer()],
  'CMYK JPEG, Adobe segment': ['jpeg', await sharp(photo).toColourspace('cmyk').jpeg().toBuffer()],
  'RGB PNG': ['png', photo],
  'palette PNG': ['png', await sharp(photo).png({ palette: true }).toBuffer()],
  '16-bit PNG': ['png', await sharp(photo).toColourspace('rgb16').png().toBuffer()],
  'lossy WebP': ['webp', await sharp(photo).webp().toBuffer()],
  'lossless WebP': ['webp', await sharp(photo).webp({ lossless: true }).toBuffer()],
  'WebP with alpha': ['webp', await sharp(photo).ensureAlpha(0.5).webp().toBuffer()],
  'animated WebP': ['webp', await sharp(frames, { animated: true }).webp({ loop: 2 }).toBuffer()],
  'still GIF': ['gif', await sharp(photo).gif().toBuffer()],
  'animated GIF': ['gif', frames],
}

const exif = { IFD0: { Copyright: 'A name' }, IFD3: { GPSLatitude: '52/1 31/1 0/1' } }
const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"></x:xmpmeta>'

/** A PNG chunk; its checksum is not looked at. */
const pngChunk = (name: string, body: string): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  return Buffer.concat([length, Buffer.from(name + body, 'latin1'), Buffer.alloc(4)])
}
const insert = (bytes: Buffer, at: number, what: Buffer | string): Buffer =>
  Buffer.concat([bytes.subarray(0, at), typeof what === 'string' ? Buffer.from(what, 'latin1') : what, bytes.subarray(at)])
const of = (name: string): Buffer => clean[name]?.[1] ?? Buffer.alloc(0)

const afterIhdr = 33
const jpegSegment = (marker: string, body: string): string =>
  `\xff${marker}${String.fromCharCode((body.length + 2) >> 8, (body.length + 2) & 255)}${body}`
const dqtWithTail = (bytes: Buffer): Buffer => {
  const at = bytes.indexOf(Buffer.from([0xff, 0xdb]))
  const copy = insert(bytes, at + 2 + bytes.readUInt16BE(at + 2), 'secret')
  copy.writeUInt16BE(bytes.readUInt16BE(at + 2) + 6, at + 2)
  return copy
}
const riff = (bytes: Buffer): Buffer => {
  bytes.writeUInt32LE(bytes.length - 8, 4)
  return bytes
}

/** Files with something beside the picture. */
const more: Readonly<Record<string, readonly [format: string, bytes: Buffer]>> = {
  'JPEG with Exif': ['jpeg', await sharp(photo).withExif(exif).jpeg().toBuffer()],
  'JPEG with XMP': ['jpeg', await sharp(photo).withXmp(xmp).jpeg().toBuffer()],
  'JPEG with a profile': ['jpeg', await sharp(photo).withIccProfile('p3').jpeg().toBuffer()],
  'JPEG with a comment': ['jpeg', insert(of('baseline JPEG'), 2, jpegSegment('\xfe', 'hello'))],
  'JPEG with IPTC': ['jpeg', insert(of('baseline JPEG'), 20, jpegSegment('\xed', 'Photoshop 3.0\0'))],
  'JPEG with a JFXX thumbnail': ['jpeg', insert(of('baseline JPEG'), 20, jpegSegment('\xe0', 'JFXX\0\x10'))],
  'JPEG with a second JFIF segment': ['jpeg', insert(of('baseline JPEG'), 20, jpegSegment('\xe0', 'JFIF\0\x01\x01\0\0\x01\0\x01\0\0'))],
  'JPEG with a secret behind its table': ['jpeg', dqtWithTail(of('baseline JPEG'))],
  'JPEG with a byte behind': ['jpeg', Buffer.concat([of('baseline JPEG'), Buffer.alloc(1)])],
  'JPEG with a second behind': ['jpeg', Buffer.concat([of('baseline JPEG'), of('baseline JPEG')])],
  'JPEG cut short': ['jpeg', of('baseline JPEG').subarray(0, -2)],
  'PNG with Exif': ['png', await sharp(photo).withExif(exif).png().toBuffer()],
  'PNG with a profile': ['png', await sharp(photo).withIccProfile('p3').png().toBuffer()],
  'PNG with text': ['png', insert(photo, afterIhdr, pngChunk('tEXt', 'Author\0me'))],
  'PNG with a private chunk': ['png', insert(photo, afterIhdr, pngChunk('prVt', 'secret'))],
  'PNG with gamma twice': ['png', insert(photo, afterIhdr, Buffer.concat([pngChunk('gAMA', '1234'), pngChunk('gAMA', '1234')]))],
  'PNG with a long gamma': ['png', insert(photo, afterIhdr, pngChunk('gAMA', '12345'))],
  'PNG with frame data but no animation': ['png', insert(photo, afterIhdr, pngChunk('fdAT', 'secret'))],
  'PNG with data behind its data': [
    'png',
    insert(photo, photo.length - 12, Buffer.concat([pngChunk('pHYs', '123456789'), pngChunk('IDAT', 'secret')])),
  ],
  'PNG with a byte behind': ['png', Buffer.concat([photo, Buffer.from('!')])],
  'PNG with a body in IEND': ['png', Buffer.concat([photo.subarray(0, -12), pngChunk('IEND', 'secret')])],
  'WebP with Exif': ['webp', await sharp(photo).withExif(exif).webp().toBuffer()],
  'WebP with XMP': ['webp', await sharp(photo).withXmp(xmp).webp().toBuffer()],
  'WebP with a profile': ['webp', await sharp(photo).withIccProfile('p3').webp().toBuffer()],
  'WebP with a byte behind': ['webp', Buffer.concat([of('lossy WebP'), Buffer.alloc(1)])],
  'WebP with an unknown chunk': ['webp', riff(Buffer.concat([of('lossy WebP'), Buffer.from('ABCD\x04\0\0\0data')]))],
  'WebP with a second picture': ['webp', riff(Buffer.concat([of('lossy WebP'), of('lossy WebP').subarray(12)]))],
  'GIF with a comment': ['gif', insert(frames, frames.length - 1, '\x21\xfe\x05hello\0')],
  'GIF with XMP': ['gif', insert(frames, frames.length - 1, '\x21\xff\x0bXMP DataXMP\x01x\0')],
  'GIF with a second control block': ['gif', insert(frames, frames.length - 1, '\x21\xf9\x04abcd\0\x21\xf9\x04abcd\0')],
  'GIF with a script behind': ['gif', Buffer.concat([frames, Buffer.from('*/alert(1)')])],
  'GIF cut short': ['gif', frames.subarray(0, -1)],
  'a JPEG called PNG': ['png', of('baseline JPEG')],
  'an AVIF, which is not looked into': ['avif', await sharp(photo).avif({ effort: 0 }).toBuffer()],
}

describe('a picture alone', () => {
  test.each(Object.entries(clean))('%s', (_, [format, bytes]) => expect(pictureOnly(bytes, format)).toBe(true))

  test('one pHYs and one gAMA say how to show it', () => {
    const withBoth = insert(photo, afterIhdr, pngChunk('gAMA', '1234'))
    expect(pictureOnly(withBoth, 'png')).toBe(true)
  })
})

describe('a picture and something else', () => {
  test.each(Object.entries(more))('%s', (_, [format, bytes]) => expect(pictureOnly(bytes, format)).toBe(false))
})

describe('on whatever bytes', () => {
  const formats = ['jpeg', 'png', 'webp', 'gif'] as const

  test('it answers and does not throw', () => {
    const heads = Object.values(clean).map(([, bytes]) => bytes)
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.constantFrom(...heads), fc.nat(), fc.uint8Array({ maxLength: 40 }))
        .map(([head, cut, tail]) => Buffer.concat([head.subarray(0, cut % (head.length + 1)), tail])),
    )
    fc.assert(
      fc.property(bytes, fc.constantFrom(...formats), (input, format) => typeof pictureOnly(input, format) === 'boolean'),
      { numRuns: 2000 },
    )
  })

  test('a tail is always seen, a cut always too', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(clean)), fc.uint8Array({ minLength: 1, maxLength: 60 }), ([format, bytes], tail) => {
        return (
          !pictureOnly(Buffer.concat([bytes, tail]), format) &&
          !pictureOnly(bytes.subarray(0, -Math.min(tail.length, bytes.length)), format)
        )
      }),
    )
  })

  test('time grows with the bytes, no faster', () => {
    const long = Buffer.concat([of('baseline JPEG').subarray(0, -2), Buffer.alloc(20_000_000, Buffer.from([0xff, 0xd0]))])
    const started = performance.now()
    expect(pictureOnly(long, 'jpeg')).toBe(false)
    expect(performance.now() - started).toBeLessThan(3000)
  })
})

for (const kind of ['valid', 'hostile'] as const) {
  const found = corpus(kind)
  describe.skipIf(found === undefined)(`corpus: ${kind}`, () => {
    const read = (file: string): Buffer => readFileSync(join(found?.folder ?? '', file))

    test('whatever holds Exif, a profile, text or a second file is refused under each format', () => {
      const named =
        found?.files.filter(({ file }) => /^poly-|exif|gps|xmp|icc|comments|20000-text|itxt|ztxt|gainmap|-p3|adobergb/.test(file)) ?? []
      expect(named.length).toBeGreaterThan(5)
      const passed = named.filter(({ file }) => ['jpeg', 'png', 'webp', 'gif'].some((format) => pictureOnly(read(file), format)))
      expect(passed.map(({ file }) => file)).toEqual([])
    })

    test('what sharp finds in a file that passes is pixels', async () => {
      for (const { file } of found?.files ?? []) {
        for (const format of ['jpeg', 'png', 'webp', 'gif']) {
          if (!pictureOnly(read(file), format)) continue
          const facts = await sharp(read(file), { limitInputPixels: false })
            .metadata()
            .catch(() => undefined)
          if (facts === undefined) continue // a picture alone, but a broken one
          const { exif, xmp, iptc, icc, comments } = facts
          expect({ file, exif, xmp, iptc, icc, comments }).toEqual({ file })
        }
      }
    })
  })
}
