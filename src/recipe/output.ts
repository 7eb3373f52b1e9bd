import { type Fields, fallbacksOf, type Values } from '../schema/field.ts'
import { boolean, choice, integer, list } from '../schema/fields.ts'
import { qualitiesField } from './qualities.ts'

/** The formats of results. `jpg` and `tif` are other spellings, understood at the door alone. */
export const formats = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const
export type Format = (typeof formats)[number]

/** Media type and usual file name ending of each format. @see https://www.iana.org/assignments/media-types */
export const media = {
  jpeg: { type: 'image/jpeg', extension: 'jpg', alpha: false, animation: false },
  png: { type: 'image/png', extension: 'png', alpha: true, animation: false },
  webp: { type: 'image/webp', extension: 'webp', alpha: true, animation: true },
  avif: { type: 'image/avif', extension: 'avif', alpha: true, animation: false },
  gif: { type: 'image/gif', extension: 'gif', alpha: true, animation: true },
  tiff: { type: 'image/tiff', extension: 'tif', alpha: true, animation: false },
} as const satisfies Record<Format, { type: string; extension: string; alpha: boolean; animation: boolean }>

/** Formats that `auto` may choose when the client says it takes them, best first. */
export const negotiable = ['avif', 'webp'] as const satisfies readonly Format[]
export type Negotiable = (typeof negotiable)[number]

/**
 * What `prefer` may name: formats, and `jpeg-for-png`, a JPEG in place of a PNG original without a transparent pixel, which asks nothing of
 * the client.
 */
export const candidates = ['webp', 'avif', 'jpeg', 'png', 'jpeg-for-png'] as const
export type Candidate = (typeof candidates)[number]

export const metadataPolicies = ['none', 'copyright', 'keep'] as const
export const profiles = ['srgb', 'keep', 'p3'] as const
export const chromas = ['auto', '4:2:0', '4:4:4'] as const

/** What the result is to be. Like a step's, its canonical text is printed from these fields. */
export const outputFields = {
  format: choice(['auto', 'keep', ...formats], {
    doc: 'Format; auto chooses by Accept and by what the picture holds; keep is that of the original, or what prefer comes to.',
    fallback: 'auto',
    others: { jpg: 'jpeg', tif: 'tiff' },
  }),
  accepts: list(choice(negotiable, { doc: 'A format that the client takes.' }), {
    doc: 'What auto may choose beyond JPEG, PNG and GIF.',
    fallback: [],
  }),
  quality: integer({ doc: 'Quality on the JPEG scale, mapped for each format.', min: 1, max: 100, fallback: 80 }),
  bytes: integer({ doc: 'Lower the quality until the result has at most so many bytes.', unit: 'bytes', min: 1, max: 50_000_000 }),
  lossless: boolean({ doc: 'Keep every pixel exactly, where the format can.', fallback: false }),
  effort: integer({ doc: 'CPU time for smaller files, 0 to 9, mapped for each format; else the default of each.', min: 0, max: 9 }),
  progressive: boolean({
    doc: 'JPEG that shows coarse first; PNG and GIF are never interlaced, which would only make them larger.',
    fallback: true,
  }),
  chroma: choice(chromas, { doc: 'Chroma subsampling.', fallback: 'auto', others: { 420: '4:2:0', 444: '4:4:4' } }),
  colours: integer({ doc: 'Size of the palette, for PNG and GIF.', min: 2, max: 256 }),
  metadata: choice(metadataPolicies, {
    doc: 'Which Exif and XMP data stay: none, whose it is, or all but thumbnails. GIF has none, TIFF only XMP.',
    fallback: 'copyright',
  }),
  profile: choice(profiles, { doc: 'Convert to sRGB or Display P3, or keep the original profile.', fallback: 'srgb' }),
  gainMap: boolean({ doc: 'Keep the gain map of a high dynamic range JPEG.', fallback: false }),
  loop: integer({ doc: 'How often an animation runs; 0 is for ever; else as in the original.', min: 0, max: 65_535 }),
  fps: integer({ doc: 'Frames per second of an animation; else as in the original.', min: 1, max: 60 }),
  prefer: list(choice(candidates, { doc: 'A format, or a JPEG for a PNG.' }), {
    doc: 'With keep: the first of these that the client takes and that holds a still picture is made instead.',
    max: 10,
    fallback: [],
  }),
  qualities: qualitiesField,
  qualityScale: choice(['mapped', 'own'], {
    doc: 'Scale of the quality: mapped for each format from that of JPEG, or that of each encoder, where 100 makes a WebP lossless.',
    fallback: 'mapped',
  }),
  underClear: choice(['white', 'own'], {
    doc: 'What a format without transparency shows where the picture is clear: white behind it, or the colours that its pixels have all the same.',
    fallback: 'white',
  }),
  overBytes: choice(['refuse', 'give'], {
    doc: 'Where no quality meets the byte budget: the picture is refused; or given as large as it is, when quality 10 did not meet it.',
    fallback: 'refuse',
  }),
} as const satisfies Fields

export type Output = Values<typeof outputFields>

const fallbacks = fallbacksOf(outputFields)

/** An output with its fields at their fallbacks but for those given. */
export function output(given: Partial<Output> = {}): Output {
  return { ...fallbacks, ...given } as Output
}
