import type { Metadata } from 'sharp'
import { jpegSegments } from './jpeg-segments.ts'

/** What libvips tells of a header, as far as facts are made of it. */
export type Header = Pick<Metadata, 'width' | 'height' | 'hasAlpha' | 'depth' | 'space' | 'hasProfile'> & Partial<Metadata>

/**
 * The header of a JPEG as libvips would tell it, without asking: asking takes up to a twentieth of the whole picture. Only of such JPEGs as the web is full of:
 * 8 bits, grey or three colours, baseline or progressive, with Exif, IPTC and a profile or without.
 * @returns  `undefined` for all others: libvips is to be asked. What is wrong with tables or scans shows when they are decoded. Parts are not copied.
 * Never throws.
 * @see ITU-T T.81, B.2; ICC.1:2022, B.4
 */
export function plainJpeg(jpeg: Buffer): Header | undefined {
  let frame: Pick<Header, 'width' | 'height' | 'space'> | undefined
  let exif: Buffer | undefined
  let iptc: Buffer | undefined
  let profiles = 0
  let over = 2
  for (const { marker, at, end } of jpegSegments(jpeg)) {
    if (end + 2 > jpeg.length || at !== over) return undefined // cut short, or with fill bytes
    over = end
    const body = jpeg.subarray(at + 4, end)
    if (marker === sof0 || marker === sof2) {
      if (frame !== undefined) return undefined
      frame = frameOf(body)
      if (frame === undefined) return undefined
    } else if (marker === app1) {
      if (exif !== undefined) return undefined
      exif = body // or XMP, in which no orientation is found: so it is not plain
    } else if (marker === app2) {
      // The parts of a profile one behind the other, as all who write them do; or a gain map, or further pictures.
      if (!begins(body, 'ICC_PROFILE\0') || body.length <= 14 || body[12] !== profiles + 1) return undefined
      profiles++
    } else if (marker === app13 && begins(body, 'Photo')) {
      if (iptc !== undefined) return undefined
      iptc = body
    } else if (!passing.has(marker)) {
      return undefined
    }
  }
  const orientation = exif === undefined ? 1 : orientationOf(exif)
  if (frame === undefined || orientation === undefined || jpeg.readUInt16BE(over) !== startOfScan) return undefined
  return {
    ...frame,
    orientation,
    hasAlpha: false,
    depth: 'uchar',
    hasProfile: profiles > 0,
    ...(exif === undefined ? {} : { exif }),
    ...(iptc === undefined ? {} : { iptc }),
  }
}

/** Markers, by their names in T.81. */
const [sof0, sof2, app0, app1, app2, app13] = [0xc0, 0xc2, 0xe0, 0xe1, 0xe2, 0xed] as const
const startOfScan = 0xffda

/** Tables (DHT, DQT, DRI), comments, and applications (APP0 to APP15). */
const passing: ReadonlySet<number> = new Set([0xc4, 0xdb, 0xdd, 0xfe, ...Array.from({ length: 16 }, (_, index) => app0 + index)])

const begins = (body: Buffer, text: string): boolean => body.length > text.length && body.toString('latin1', 0, text.length) === text

function frameOf(body: Buffer): Pick<Header, 'width' | 'height' | 'space'> | undefined {
  const components = body[5]
  if (body[0] !== 8 || (components !== 1 && components !== 3) || body.length !== 6 + 3 * components) return undefined
  const [height, width] = [body.readUInt16BE(1), body.readUInt16BE(3)]
  // A height of 0 is told behind the scan; libjpeg refuses more than 65,500.
  if (height === 0 || width === 0 || height > 65_500 || width > 65_500) return undefined
  return { width, height, space: components === 1 ? 'b-w' : 'srgb' }
}

/**
 * The orientation that a block of Exif states, 1 where it states none; `undefined` where the block is not simple enough to be sure. By hand: a reader
 * that forgives, as those of libraries do, would find orientations where libvips finds none.
 * @see Exif 3.0, 4.5.2 and 4.6.5; TIFF 6.0, 2
 */
function orientationOf(exif: Buffer): number | undefined {
  if (exif.length < 16 || exif.toString('latin1', 0, 6) !== 'Exif\0\0') return undefined
  const tiff = exif.subarray(6)
  const order = tiff.toString('latin1', 0, 2)
  if (order !== 'II' && order !== 'MM') return undefined
  const short = (at: number): number => (order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const long = (at: number): number => (order === 'II' ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at))
  const first = long(4)
  if (short(2) !== 42 || first < 8 || first + 2 > tiff.length) return undefined
  const count = short(first)
  const end = first + 2 + 12 * count
  if (count === 0 || count > mostEntries || end > tiff.length) return undefined
  let found: number | undefined
  for (let at = first + 2; at < end; at += 12) {
    if (short(at) !== orientationTag) continue
    const value = short(at + 8)
    if (found !== undefined || short(at + 2) !== shortType || long(at + 4) !== 1 || value < 1 || value > 8) return undefined
    found = value
  }
  return found ?? 1
}

/** Cameras write some twenty; libexif stops at a number of its own where there are very many. */
const mostEntries = 100
const orientationTag = 0x0112
const shortType = 3
