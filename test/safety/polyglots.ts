import type { Sharp } from 'sharp'
import { quadrants } from '../pictures.ts'
import { exifBlock, gifBlock, insert, jpegSegment, mark, pngChunk, webpOf } from '../private-originals.ts'

/** Files that are a picture to one reader and something else to another. Each begins its name with its format. */
export async function polyglots(): Promise<Readonly<Record<string, Buffer>>> {
  const picture = (): Sharp => quadrants(60, 40)
  const jpeg = await picture().jpeg({ quality: 20 }).toBuffer()
  const png = await picture().png().toBuffer()
  const gif = await picture().gif().toBuffer()
  const webp = await picture().webp({ quality: 20 }).toBuffer()
  const avif = await picture().avif({ quality: 20, effort: 0 }).toBuffer()
  const page = `<!doctype html><html><script>alert('${mark}')</script></html>`
  const program = `<?php echo '${mark}'; ?>`
  const script = `*/=1;alert('${mark}');/*`
  const exif = (text: string): Buffer =>
    jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exifBlock(1, insert(jpeg, 2, jpegSegment(0xfe, page)), 'second', text)]))
  return {
    'jpeg with a page in a comment': insert(jpeg, 2, jpegSegment(0xfe, page)),
    'jpeg that is a script too': insert(jpeg, 2, jpegSegment(0xe0, `JFIF\0\x01\x01\0\0\x01\0\x01\0\0${script}`)),
    'jpeg with an archive behind it': Buffer.concat([jpeg, zip(`${mark}.html`, page)]),
    'jpeg with a program in an Exif copyright': insert(jpeg, 2, exif(`<?php system('id'); ?>`)),
    'jpeg with a page in an Exif thumbnail': insert(jpeg, 2, exif('Ada')),
    'jpeg with a program in its profile': await picture()
      .withIccProfile('p3')
      .jpeg()
      .toBuffer()
      .then((file) => insert(file, 2, jpegSegment(0xe2, `ICC_PROFILE\0\x01\x01${program}`))),
    'jpeg with another one in a segment': insert(jpeg, 2, jpegSegment(0xe1, insert(jpeg, 2, jpegSegment(0xfe, page)))),
    'jpeg with a program in a late segment': insert(jpeg, jpeg.indexOf(Buffer.from([0xff, 0xda])), jpegSegment(0xef, program)),
    'png with a program in a text': insert(png, 33, pngChunk('tEXt', `Comment\0${program}`)),
    'png with a page behind its end': Buffer.concat([png, Buffer.from(page)]),
    'png with a page in a chunk of its own': insert(png, 33, pngChunk('hTMl', page)),
    'png with an archive in its last data': insert(png, png.length - 12, pngChunk('zIPp', zip(`${mark}.html`, page))),
    'gif with a script behind its end': Buffer.concat([gif, Buffer.from(script)]),
    'gif with a page in a comment': insert(gif, gif.indexOf(',', 13 + 3 * 2), gifBlock(0xfe, [page])),
    'webp with a page in an unknown chunk': webpOf(webp, [['HTML', Buffer.from(page)]], 60, 40, 0),
    'webp with a page behind its end': Buffer.concat([webp, Buffer.from(page)]),
    'avif with a page in a free box': Buffer.concat([avif, box('free', page)]),
    'avif with a page behind its end': Buffer.concat([avif, Buffer.from(`${page}      `)]),
    'tiff with a page behind its end': Buffer.concat([await picture().tiff().toBuffer(), Buffer.from(page)]),
  }
}

/** An archive of one file, stored as it is. */
function zip(name: string, content: string): Buffer {
  const entry = (signature: number, more: number): Buffer => {
    const head = Buffer.alloc(more)
    head.writeUInt32LE(signature, 0)
    return head
  }
  const local = entry(0x04034b50, 30)
  local.writeUInt32LE(content.length, 18)
  local.writeUInt32LE(content.length, 22)
  local.writeUInt16LE(name.length, 26)
  const central = entry(0x02014b50, 46)
  central.writeUInt32LE(content.length, 20)
  central.writeUInt32LE(content.length, 24)
  central.writeUInt16LE(name.length, 28)
  const end = entry(0x06054b50, 22)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length + name.length, 12)
  end.writeUInt32LE(local.length + name.length + content.length, 16)
  return Buffer.concat([local, Buffer.from(name + content), central, Buffer.from(name), end])
}

/** @see ISO/IEC 14496-12, 4.2 */
function box(type: string, body: string): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + body.length, 0)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, Buffer.from(body)])
}
