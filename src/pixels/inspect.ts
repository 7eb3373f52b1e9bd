import { Failure } from '../errors.ts'
import type { Facts, SourceFormat } from '../geometry/facts.ts'
import type { Limits } from '../geometry/limits.ts'
import { fontsReady } from './fonts.ts'
import { jpegSegments } from './jpeg-segments.ts'
import { type Header, plainJpeg } from './plain-jpeg.ts'
import { withoutCompressedText } from './png-text.ts'
import type { SharpModule } from './sharp.ts'
import { sourceFormatOf } from './sniff.ts'

/** An original with what its header says. */
export type Inspection = {
  readonly bytes: Buffer
  /** What decoders get: the same without what would only harm them. */
  readonly safe: Buffer
  readonly facts: Facts
  /** A part of `bytes`, or a copy. */
  readonly exif?: Buffer
}

/**
 * Reads the header of an original, no pixels.
 * @param page  The page whose facts are wanted, from 0: those of a TIFF need not be alike. One that is not there is for the plan to refuse.
 * @param decodes  It is wanted for its pixels: what is broken in its tables may as well show when it is decoded. An overlay that nothing is seen of is
 * not decoded, and not found out.
 * Failures: `original-not-image` for what is none of our formats, `original-format-off` for what is none of those switched on,
 * `original-damaged` for what says to be one and is not, `original-too-large` for an SVG over its own limit, `original-too-many-pixels` and
 * `original-too-costly` for what it carries along.
 */
export async function inspect(sharp: SharpModule, bytes: Buffer, limits: Limits, page = 0, decodes = false): Promise<Inspection | Failure> {
  const format = sourceFormatOf(bytes, limits)
  if (format instanceof Failure) return format
  if (format === 'svg' && bytes.length > limits.svgBytes) {
    return new Failure('original-too-large', `The SVG has ${bytes.length} bytes; at most ${limits.svgBytes} are drawn.`)
  }
  if (format === 'svg') {
    const { carriedRefusal } = await import('./svg-pictures.ts') // with a parser of XML, which no other picture needs
    const refusal = carriedRefusal(bytes, limits)
    if (refusal !== undefined) return refusal
    await fontsReady()
  }
  const safe = format === 'png' ? withoutCompressedText(bytes) : bytes
  let metadata: Header
  try {
    const plain = decodes && format === 'jpeg' ? plainJpeg(safe) : undefined
    metadata = plain ?? (await sharp(safe, { limitInputPixels: false, failOn: 'warning' }).metadata())
    if (format === 'tiff' && page > 0 && page < (metadata.pages ?? 1)) {
      metadata = await sharp(bytes, { limitInputPixels: false, failOn: 'warning', page }).metadata()
    }
  } catch (cause) {
    // libheif is built without HEVC and without image sequences: such a file is whole, but not for us.
    return format === 'avif'
      ? new Failure('original-not-image', 'The original is an AVIF or HEIF of a kind that this service does not read.', { cause })
      : damaged(cause)
  }
  if (format === 'avif' && metadata.compression !== 'av1') {
    return new Failure('original-not-image', 'The original is a HEIC picture, which this service does not read.')
  }
  return { bytes, safe, facts: toFacts(format, metadata, bytes), ...(metadata.exif === undefined ? {} : { exif: metadata.exif }) }
}

/** What a JPEG with a gain map says of itself: its loader is switched off while nobody asks for one. @see ISO 21496-1; Adobe gain map 1.0 */
const gainMapMarks = ['urn:iso:std:iso:ts:21496:-1', 'http://ns.adobe.com/hdr-gain-map/']

function hasGainMap(jpeg: Buffer): boolean {
  const segments = [...jpegSegments(jpeg)].map(({ at, end }) => jpeg.subarray(at, end))
  return gainMapMarks.some((mark) => segments.some((segment) => segment.includes(mark)))
}

/** What libvips could not read, with its reason for the log alone. */
export function damaged(cause: unknown): Failure {
  return new Failure('original-damaged', 'The original is cut short or broken.', { cause })
}

function toFacts(format: SourceFormat, metadata: Header, bytes: Buffer): Facts {
  // The pictures of an AVIF beside the one that it names as its own are no pages: parts of it, or small copies.
  const pages = format === 'avif' ? 1 : (metadata.pages ?? 1)
  const animated = pages > 1 && (format === 'gif' || format === 'webp')
  return {
    format,
    width: metadata.width,
    height: metadata.pageHeight ?? metadata.height,
    orientation: metadata.orientation ?? 1,
    pages,
    animated,
    ...(animated ? { delays: metadata.delay ?? [], loop: metadata.loop ?? 0 } : {}),
    alpha: metadata.hasAlpha,
    vector: format === 'svg',
    depth: metadata.depth,
    space: metadata.space,
    profile: metadata.hasProfile,
    metadata:
      [metadata.exif, metadata.xmp, metadata.iptc, metadata.tifftagPhotoshop].some((part) => part !== undefined) ||
      (metadata.comments?.length ?? 0) > 0,
    gainMap: format === 'jpeg' && hasGainMap(bytes),
    bytes: bytes.length,
  }
}
