import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { animation, blue, green, plain, quadrants, red } from './pictures.ts'

/** Originals full of what is nobody's business, in every place that their formats have for it. */

/** Stands in each of those places. */
export const mark = 'TT-PRIVATE'
/** Stands where a result may say whose a picture is. */
export const owner = { Copyright: '(c) 2024 Ada', Artist: 'Ada Byron' }

/** The four quadrants, 60x40 as the viewer sees them, stored lying on their side: 40x60, orientation 6. */
const lying = (): Sharp => quadrants(60, 40).rotate(270)
const upright = (): Sharp => quadrants(60, 40)

export const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="51,30.0N" exif:UserComment="${mark} xmp"/></rdf:RDF></x:xmpmeta>`

/** The originals by name: how each shows, and its bytes. `turned`: its file holds a tag that says to turn it. */
export async function privateOriginals(): Promise<Readonly<Record<string, Buffer>>> {
  const jpeg = await lying().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer()
  const thumbnail = await plain(16, 12, blue).jpeg().toBuffer()
  const exif = exifBlock(6, insert(thumbnail, 2, jpegSegment(0xfe, `${mark} comment of the thumbnail`)))
  const app1 = jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exif]))
  const second = insert(thumbnail, 2, jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exifBlock(1)])))
  const bySharp = lying()
    .withExif({
      IFD0: { ...owner, Make: `${mark} make`, ImageDescription: `${mark} description` },
      IFD2: { UserComment: `${mark} comment`, MakerNote: `${mark} note` },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSProcessingMethod: `${mark} method` },
    })
    .withXmp(xmp)
    .withMetadata({ orientation: 6 })
  const lossless = { lossless: true }

  const png = await lying().png().toBuffer()
  const pngText = Buffer.concat([
    pngChunk('tEXt', `Author\0${mark} text`),
    pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(`${mark} packed text`)])),
    pngChunk('iTXt', `Title\0\0\0en\0Title\0${mark} international text`),
    pngChunk('iTXt', Buffer.concat([Buffer.from('Description\0\x01\0\0\0'), deflateSync(`${mark} packed international text`)])),
    pngChunk('iTXt', `XML:com.adobe.xmp\0\0\0\0\0${xmp}`),
    pngChunk('zTXt', Buffer.concat([Buffer.from('Raw profile type iptc\0\0'), deflateSync(rawProfile('iptc', photoshop()))])),
    pngChunk('zTXt', Buffer.concat([Buffer.from('Raw profile type exif\0\0'), deflateSync(rawProfile('exif', exif))])),
    pngChunk('tIME', Buffer.from([7, 232, 1, 2, 3, 4, 5])),
    pngChunk('prVt', `${mark} private chunk`),
  ])
  const webp = await lying().webp(lossless).toBuffer()
  const gif = await upright().gif().toBuffer()
  const gifBlocks = Buffer.concat([
    gifBlock(0xfe, [`${mark} comment`]),
    gifBlock(0xff, ['XMP DataXMP', xmp]),
    gifBlock(0xff, ['MAGPIE 1.0A', `${mark} of an application`]),
    gifBlock(0x01, ['\0\0\0\0\0\0\0\0\x08\x08\x01\0', `${mark} plain text`]),
  ])
  const frames = await animation('gif', [plain(60, 40, red), plain(60, 40, green)])

  return {
    'jpeg by sharp': await bySharp.clone().jpeg({ quality: 100 }).toBuffer(),
    'webp by sharp': await bySharp.clone().webp(lossless).toBuffer(),
    'avif by sharp': await bySharp.clone().avif({ lossless: true, effort: 0 }).toBuffer(),
    'avif with a thumbnail': await avifWith(exif),
    'png by sharp': await bySharp.clone().png().toBuffer(),
    'tiff by sharp': await bySharp.clone().tiff().toBuffer(),
    'jpeg of every segment': Buffer.concat([
      insert(
        jpeg,
        2,
        Buffer.concat([
          app1,
          jpegSegment(0xe0, `JFXX\0\x13\x01\x01\0\0\0${mark} thumbnail`),
          jpegSegment(0xe1, `http://ns.adobe.com/xap/1.0/\0${xmp}`),
          jpegSegment(0xe1, `http://ns.adobe.com/xmp/extension/\0${'0'.repeat(32)}\0\0\x01\0\0\0\0\0${mark} more xmp`),
          jpegSegment(0xe2, Buffer.concat([Buffer.from('MPF\0'), exifBlock(1)])),
          jpegSegment(0xe2, `FPXR\0${mark} flashpix`),
          jpegSegment(0xe5, `${mark} of an application`),
          jpegSegment(0xeb, `JP\0\x01\0\0\0\x01${mark} c2pa`),
          jpegSegment(0xed, Buffer.concat([Buffer.from('Photoshop 3.0\0'), photoshop()])),
          jpegSegment(0xfe, `${mark} comment`),
        ]),
      ),
      second, // of a pair of pictures, as MPF has them
      Buffer.from(`${mark} behind the end`),
    ]),
    'png of every chunk': Buffer.concat([
      insert(insert(png, png.length - 12, pngText), 33, Buffer.concat([pngChunk('eXIf', exif), pngText])),
      Buffer.from(`${mark} behind the end`),
    ]),
    'webp of every chunk': webpOf(webp, [
      ['EXIF', exif],
      ['XMP ', Buffer.from(xmp)],
      ['PRIV', Buffer.from(`${mark} unknown chunk`)],
    ]),
    'tiff of every tag': tiffFile(exif),
    'gif of every block': Buffer.concat([insert(gif, 13 + tableBytes(gif), gifBlocks), Buffer.from(`${mark} behind the end`)]),
    'gif animation': insert(frames, 13 + tableBytes(frames), gifBlocks),
  }
}

export function insert(bytes: Buffer, at: number, what: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)])
}

export function jpegSegment(marker: number, body: Buffer | string): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, Buffer.from(body as string, 'latin1')])
}

export function pngChunk(name: string, body: Buffer | string): Buffer {
  const named = Buffer.concat([Buffer.from(name), Buffer.from(body as string, 'latin1')])
  const chunk = Buffer.alloc(named.length + 8)
  chunk.writeUInt32BE(body.length, 0)
  named.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(named), named.length + 4)
  return chunk
}

/** An extension: a label, and pieces of which each begins a block of its own. */
export function gifBlock(label: number, pieces: readonly string[]): Buffer {
  const blocks = pieces
    .flatMap((piece) => piece.match(/.{1,255}/gs) ?? [])
    .map((text) => [Buffer.from([text.length]), Buffer.from(text, 'latin1')])
  return Buffer.concat([Buffer.from([0x21, label]), ...blocks.flat(), Buffer.from([0])])
}

/** Bytes of the table of colours behind the screen of a GIF. */
function tableBytes(gif: Buffer): number {
  const packed = gif[10] ?? 0
  return packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0
}

/** The picture of a plain WebP in a file that has more to say. */
export function webpOf(
  plainFile: Buffer,
  chunks: readonly (readonly [name: string, body: Buffer])[],
  width = 40,
  height = 60,
  flags = 0x0c, // Exif and XMP follow
): Buffer {
  const screen = Buffer.alloc(10)
  screen[0] = flags
  screen.writeUIntLE(width - 1, 4, 3)
  screen.writeUIntLE(height - 1, 7, 3)
  const all = [['VP8X', screen] as const, ['', plainFile.subarray(12)] as const, ...chunks].map(([name, body]) => {
    const head = Buffer.alloc(name === '' ? 0 : 8)
    head.write(name, 'latin1')
    if (name !== '') head.writeUInt32LE(body.length, 4)
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)])
  })
  const file = Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBP'), ...all])
  file.writeUInt32LE(file.length - 8, 4)
  return file
}

/**
 * The quadrants in an AVIF with this Exif block: sharp writes a longer one, which this takes the place of, filled up.
 * Items of an AVIF have their length elsewhere in the file.
 */
async function avifWith(exif: Buffer): Promise<Buffer> {
  const place = 'x'.repeat(exif.length)
  const file = await upright()
    .withExif({ IFD0: { ImageDescription: place } })
    .avif({ lossless: true, effort: 0 })
    .toBuffer()
  const { exif: old = Buffer.alloc(0) } = await sharp(file).metadata()
  const full = Buffer.concat([Buffer.from('Exif\0\0'), exif], old.length)
  const at = file.indexOf(old)
  return Buffer.concat([file.subarray(0, at), full, file.subarray(at + old.length)])
}

/** As ImageMagick puts a block of metadata into the text of a PNG. */
function rawProfile(name: string, body: Buffer): string {
  return `\n${name}\n${String(body.length).padStart(8)}\n${body.toString('hex').replace(/(.{72})/g, '$1\n')}\n`
}

/** Resources of Photoshop: IPTC with a caption and a place, and a thumbnail. */
function photoshop(): Buffer {
  const iptc = (dataset: number, text: string): Buffer =>
    Buffer.from(`\x1c\x02${String.fromCharCode(dataset)}\0${String.fromCharCode(text.length)}${text}`, 'latin1')
  const resource = (id: number, body: Buffer): Buffer => {
    const head = Buffer.from('8BIM\0\0\0\0\0\0\0\0', 'latin1')
    head.writeUInt16BE(id, 4)
    head.writeUInt32BE(body.length, 8)
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)])
  }
  const caption = Buffer.concat([iptc(120, `${mark} caption`), iptc(90, `${mark} city`)])
  return Buffer.concat([resource(0x0404, caption), resource(0x040c, Buffer.from(`${mark} thumbnail`))])
}

type Tag = readonly [
  id: number,
  kind: 'short' | 'long' | 'rational' | 'text' | 'bytes',
  value: number | readonly number[] | string | Buffer,
]

/**
 * An Exif block: the picture, the camera, the place, and a small copy of the picture, in the second directory or where it does not belong.
 * @see Exif 3.0, 4.5 and 4.6; TIFF 6.0, 2
 */
export function exifBlock(
  orientation: number,
  thumbnail: Buffer = Buffer.alloc(0),
  place: 'first' | 'second' = 'second',
  copyright = owner.Copyright,
): Buffer {
  const image: readonly Tag[] = [
    [0x010e, 'text', `${mark} description`],
    [0x010f, 'text', `${mark} make`],
    [0x0112, 'short', orientation],
    [0x0131, 'text', `${mark} software`],
    [0x013b, 'text', owner.Artist],
    [0x8298, 'text', copyright],
    [0x9c9c, 'bytes', Buffer.from(`${mark} comment`, 'utf16le')],
  ]
  if (place === 'second') return Buffer.concat(tiff(image, 8, thumbnail))
  const withSmall = (at: number): Buffer => Buffer.concat(tiff([...image, [0x0201, 'long', at], [0x0202, 'long', thumbnail.length]], 8))
  return Buffer.concat([withSmall(withSmall(0).length), thumbnail])
}

/** Head, and what hangs on a directory of these tags: Exif, GPS, and a second directory where there is a thumbnail. */
function tiff(image: readonly Tag[], at: number, thumbnail: Buffer = Buffer.alloc(0)): Buffer[] {
  const exif: readonly Tag[] = [
    [0x9003, 'text', '2024:01:02 03:04:05'],
    [0x927c, 'bytes', Buffer.from(`${mark} maker note`)],
    [0x9286, 'bytes', Buffer.from(`ASCII\0\0\0${mark} user comment`)],
    [0xa430, 'text', `${mark} owner of the camera`],
    [0xa431, 'text', `${mark} serial number`],
  ]
  const gps: readonly Tag[] = [
    [0x0001, 'text', 'N'],
    [0x0002, 'rational', [51, 30, 0]],
    [0x0003, 'text', 'W'],
    [0x0004, 'rational', [0, 7, 39]],
    [0x001b, 'bytes', Buffer.from(`ASCII\0\0\0${mark} method`)],
  ]
  const small = (offset: number): readonly Tag[] => [
    [0x0103, 'short', 6],
    [0x0201, 'long', offset],
    [0x0202, 'long', thumbnail.length],
  ]
  const first = (exifAt: number, gpsAt: number): readonly Tag[] =>
    [...image, [0x8769, 'long', exifAt] as const, [0x8825, 'long', gpsAt] as const].sort(([a], [b]) => a - b)
  const exifAt = at + directory(first(0, 0), 0).length
  const gpsAt = exifAt + directory(exif, 0).length
  const smallAt = gpsAt + directory(gps, 0).length
  const thumbnailAt = smallAt + directory(small(0), 0).length
  const head = Buffer.from('II*\0\0\0\0\0', 'latin1')
  head.writeUInt32LE(at, 4)
  const has = thumbnail.length > 0
  return [
    head,
    directory(first(exifAt, gpsAt), at, has ? smallAt : 0),
    directory(exif, exifAt),
    directory(gps, gpsAt),
    ...(has ? [directory(small(thumbnailAt), smallAt), thumbnail] : []),
  ]
}

/** A directory at a place in its file, with the values that its entries have no room for behind it. */
function directory(tags: readonly Tag[], at: number, next = 0): Buffer {
  const kinds = { text: 2, short: 3, long: 4, rational: 5, bytes: 7 } as const
  const head = Buffer.alloc(2 + tags.length * 12 + 4)
  const behind: Buffer[] = []
  let end = at + head.length
  head.writeUInt16LE(tags.length, 0)
  head.writeUInt32LE(next, head.length - 4)
  for (const [index, [id, kind, value]] of tags.entries()) {
    const entry = 2 + index * 12
    const { count, bytes } = packed(kind, value)
    head.writeUInt16LE(id, entry)
    head.writeUInt16LE(kinds[kind], entry + 2)
    head.writeUInt32LE(count, entry + 4)
    if (bytes.length <= 4) bytes.copy(head, entry + 8)
    else {
      head.writeUInt32LE(end, entry + 8)
      const even = Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)])
      behind.push(even)
      end += even.length
    }
  }
  return Buffer.concat([head, ...behind])
}

function packed(kind: Tag[1], value: Tag[2]): { readonly count: number; readonly bytes: Buffer } {
  if (kind === 'text') return { count: String(value).length + 1, bytes: Buffer.from(`${value}\0`) }
  if (Buffer.isBuffer(value)) return { count: value.length, bytes: value }
  const numbers = [value].flat() as number[]
  const pieces = numbers.map((number) => {
    const piece = Buffer.alloc(kind === 'short' ? 2 : kind === 'long' ? 4 : 8)
    if (kind === 'short') piece.writeUInt16LE(number)
    else piece.writeUInt32LE(number)
    if (kind === 'rational') piece.writeUInt32LE(1, 4)
    return piece
  })
  return { count: numbers.length, bytes: Buffer.concat(pieces) }
}

/** The quadrants as a TIFF of one strip, stored lying on their side, with tags for all kinds of metadata. */
function tiffFile(exif: Buffer): Buffer {
  const pixels = Buffer.alloc(40 * 60 * 3)
  for (let y = 0; y < 60; y++)
    for (let x = 0; x < 40; x++) {
      // What is left as the viewer sees it is stored below, what is above is stored left.
      const [left, above] = [y >= 30, x < 20]
      const colour = above ? (left ? [255, 0, 0] : [0, 255, 0]) : left ? [0, 0, 255] : [255, 255, 0]
      pixels.set(colour, (y * 40 + x) * 3)
    }
  const image = (strip: number): readonly Tag[] => [
    [0x0100, 'short', 40],
    [0x0101, 'short', 60],
    [0x0102, 'short', [8, 8, 8]],
    [0x0103, 'short', 1],
    [0x0106, 'short', 2],
    [0x010e, 'text', `${mark} description`],
    [0x010f, 'text', `${mark} make`],
    [0x0111, 'long', strip],
    [0x0112, 'short', 6],
    [0x0115, 'short', 3],
    [0x0116, 'short', 60],
    [0x0117, 'long', pixels.length],
    [0x0131, 'text', `${mark} software`],
    [0x013b, 'text', owner.Artist],
    [0x013c, 'text', `${mark} computer`],
    [0x02bc, 'bytes', Buffer.from(xmp)],
    [0x8298, 'text', owner.Copyright],
    [0x83bb, 'bytes', photoshop().subarray(12)],
    [0x8649, 'bytes', photoshop()],
    [0xc62f, 'text', `${mark} serial number`],
    [0xfde8, 'bytes', exif],
  ]
  const length = Buffer.concat(tiff(image(0), 8)).length
  return Buffer.concat([...tiff(image(length), 8), pixels])
}
