import { crc32 } from 'node:zlib'
import { copyrightOf } from './copyright.ts'
import type { Inspection } from './inspect.ts'

/** An original as its decoder gets it, with the Exif block from which the encoder takes what stays. */
export type Unveiled = Pick<Inspection, 'safe' | 'exif'>

/**
 * An original whose thumbnail no result can inherit. Cameras put a small copy of the picture into the Exif block. It shows what a result has
 * cut off or blurred, and libvips 8.18 hands it on even where all else of the block is replaced, as sharp does for `withExif`. So:
 * where a copyright is written, the decoder finds a block of zeros, and where all is kept, one without its second directory. Where the block
 * does not stand in the file in one piece, so that it cannot be changed, no copyright is written either: it is not worth a picture of what was cut.
 * @param metadata  What the result is to keep.
 * @returns         Copies where something changes; what came is left as it is. Never throws.
 */
export function withoutThumbnail(original: Unveiled, metadata: 'none' | 'copyright' | 'keep'): Unveiled {
  const { safe, exif } = original
  if (exif === undefined || metadata === 'none') return original
  if (metadata === 'keep') {
    const link = thumbnailLink(exif)
    return link === undefined ? original : { safe: changed(safe, exif, link, link + 4) ?? safe, exif }
  }
  if (copyrightOf(exif) === undefined) return original
  const blank = changed(safe, exif, headOf(exif), exif.length)
  return blank === undefined ? { safe } : { safe: blank, exif }
}

/** `Exif\0\0` before the block proper, as JPEG and AVIF have it: it stays, so that a second block is not taken for the first. */
function headOf(exif: Buffer): number {
  return exif.toString('latin1', 0, 4) === 'Exif' ? 6 : 0
}

/** Where the first directory says that a second one follows, which holds the thumbnail. @see TIFF 6.0, 2; Exif 3.0, 4.5.2 */
function thumbnailLink(exif: Buffer): number | undefined {
  const head = headOf(exif)
  const little = exif.toString('latin1', head, head + 2) === 'II'
  if (exif.length < head + 8) return undefined
  const first = head + (little ? exif.readUInt32LE(head + 4) : exif.readUInt32BE(head + 4))
  if (first + 2 > exif.length) return undefined
  const link = first + 2 + 12 * (little ? exif.readUInt16LE(first) : exif.readUInt16BE(first))
  return link + 4 > exif.length || exif.readUInt32LE(link) === 0 ? undefined : link
}

/** A copy of the file with zeros from here to there in its Exif block, wherever that stands; `undefined` where it is not found. */
function changed(file: Buffer, exif: Buffer, from: number, to: number): Buffer | undefined {
  let at = file.indexOf(exif)
  if (at === -1) return undefined
  const copy = Buffer.from(file)
  for (; at !== -1; at = file.indexOf(exif, at + exif.length)) {
    copy.fill(0, at + from, at + to)
    // A chunk of a PNG has a checksum behind it, which libpng looks at.
    const end = at + exif.length
    if (copy.toString('latin1', at - 4, at) === 'eXIf' && copy.length >= end + 4) copy.writeUInt32BE(crc32(copy.subarray(at - 4, end)), end)
  }
  return copy
}
