import type { Fields, Values } from '../schema/field.ts'
import { boolean, choice, integer, list } from '../schema/fields.ts'

/** Longest time that an answer may be kept, in seconds: caches count no further. @see RFC 9111, 1.2.2 */
export const mostAge = 2_147_483_647

const quality = { min: 1, max: 100 } as const

/** Thumbor's settings of what comes out, with its names and its values when nothing is set. */
export const thumborOutputFields = {
  quality: integer({
    doc: 'QUALITY: quality of JPEG on its own scale, and of WebP and AVIF unless they are given one.',
    ...quality,
    fallback: 80,
  }),
  webpQuality: integer({ doc: 'WEBP_QUALITY: quality of WebP on its own scale; 100 keeps every pixel.', ...quality }),
  avifQuality: integer({ doc: 'AVIF_QUALITY: quality of AVIF on its own scale.', ...quality }),
  progressiveJpeg: boolean({ doc: 'PROGRESSIVE_JPEG: a JPEG shows coarse first.', fallback: true }),
  pillowJpegSubsampling: choice(['4:2:0', '4:4:4'], {
    doc: 'PILLOW_JPEG_SUBSAMPLING: chroma subsampling of JPEG, and here of AVIF too.',
    fallback: '4:2:0',
    others: { 0: '4:4:4', 2: '4:2:0' },
  }),
  autoWebp: boolean({ doc: 'AUTO_WEBP: stills become WebP for clients that take it.', fallback: false }),
  autoAvif: boolean({ doc: 'AUTO_AVIF: stills become AVIF for clients that take it and no WebP.', fallback: false }),
  autoJpg: boolean({
    doc: 'AUTO_JPG: stills without a transparent pixel become JPEG for clients that take it and nothing better.',
    fallback: false,
  }),
  autoPng: boolean({ doc: 'AUTO_PNG: stills become PNG for clients that take it and nothing better.', fallback: false }),
  autoPngToJpg: boolean({
    doc: 'AUTO_PNG_TO_JPG: a PNG without a transparent pixel becomes a JPEG for every client; autojpg() in a URL counts before it.',
    fallback: false,
  }),
  autoImageFormatPreference: list(choice(['webp', 'avif', 'jpeg', 'png'], { doc: 'A format.', others: { jpg: 'jpeg' } }), {
    doc: 'AUTO_IMAGE_FORMAT_PREFERENCE: the first of these that the client takes and that holds the picture; the other AUTO_ settings of formats count only without it.',
    max: 4,
    fallback: [],
  }),
  maxAge: integer({
    doc: 'MAX_AGE: how long clients may keep an answer, unless the URL says max_age(); 0 makes them ask each time.',
    unit: 'seconds',
    min: 0,
    max: mostAge,
    fallback: 86_400,
  }),
  preserveExifInfo: boolean({ doc: 'PRESERVE_EXIF_INFO: Exif and XMP data stay, but for thumbnails.', fallback: false }),
  preserveExifCopyrightInfo: boolean({
    doc: 'PRESERVE_EXIF_COPYRIGHT_INFO: of the Exif data, whose the picture is stays.',
    fallback: false,
  }),
  preserveIccProfile: boolean({
    doc: 'The colours of the original stay in its own ICC profile, as in Thumbor; else they are converted to sRGB, which every client shows alike.',
    fallback: false,
  }),
  allowAnimatedGifs: boolean({ doc: 'ALLOW_ANIMATED_GIFS: an animation stays one; else its first frame is shown.', fallback: true }),
} as const satisfies Fields

export type ThumborOutputOptions = Values<typeof thumborOutputFields>
