import { jpegSegments } from './jpeg-segments.ts'
import { sniff } from './sniff.ts'

/** What the bytes of a picture say of themselves, read without decoding; `undefined` when they are no picture of a kind that the web knows. */
export type Shape = { readonly format: string; readonly width: number; readonly height: number }

export function shapeOf(bytes: Buffer): Shape | undefined {
  const format = sniff(bytes)
  const size = format === undefined ? undefined : sizes[format]?.(bytes)
  return format === undefined || size === undefined ? undefined : { format, width: size[0], height: size[1] }
}

type Size = readonly [width: number, height: number] | undefined

const sizes: Readonly<Record<string, (bytes: Buffer) => Size>> = {
  png: (bytes) => (bytes.length < 24 ? undefined : [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]),
  gif: (bytes) => (bytes.length < 10 ? undefined : [bytes.readUInt16LE(6), bytes.readUInt16LE(8)]),
  jpeg: jpegSize,
  webp: webpSize,
  avif: avifSize,
}

/** The first frame header: SOF0 to SOF15, but for DHT, JPG and DAC, which lie between them. */
function jpegSize(bytes: Buffer): Size {
  for (const { marker, at } of jpegSegments(bytes)) {
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return at + 9 < bytes.length ? [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)] : undefined
  }
  return undefined
}

/** @see https://developers.google.com/speed/webp/docs/riff_container */
function webpSize(bytes: Buffer): Size {
  if (bytes.length < 30) return undefined
  const kind = bytes.toString('latin1', 12, 16)
  if (kind === 'VP8X') return [bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1]
  if (kind === 'VP8 ') return [bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff]
  if (kind !== 'VP8L') return undefined
  const packed = bytes.readUInt32LE(21)
  return [(packed & 0x3fff) + 1, ((packed >> 14) & 0x3fff) + 1]
}

/** The first `ispe` box, which is that of the picture in files that libheif writes. */
function avifSize(bytes: Buffer): Size {
  const at = bytes.indexOf('ispe', 0, 'latin1')
  return at < 0 || at + 16 > bytes.length ? undefined : [bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)]
}
