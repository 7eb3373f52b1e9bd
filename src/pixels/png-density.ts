import { crc32 } from 'node:zlib'

const signatureBytes = 8
/** Chunk type codes as they stand in the file. */
const pHYs = 0x70485973
const IDAT = 0x49444154

/** 72 dpi, as every picture has it that says nothing: 2835 px a metre, both ways; the checksum of type and data behind it. */
const usual = Buffer.from('70485973 00000b13 00000b13 01 00000000'.replaceAll(' ', ''), 'hex')
usual.writeUInt32BE(crc32(usual.subarray(0, -4)), usual.length - 4)

/**
 * Writes 72 dpi into a PNG, in place, where libvips has written the density of the original: nobody asked for it, no other format has it, and decoded
 * pixels that were kept know none.
 * @see PNG specification, third edition, 11.3.4.3
 */
export function forgetDensity(png: Buffer): Buffer {
  for (let at = signatureBytes; at + 12 <= png.length; at += 12 + png.readUInt32BE(at)) {
    const type = png.readUInt32BE(at + 4)
    if (type === IDAT) break
    if (type === pHYs && png.readUInt32BE(at) === 9 && at + 21 <= png.length) usual.copy(png, at + 4)
  }
  return png
}
