import type { AvifOptions, GifOptions, JpegOptions, PngOptions, TiffOptions, WebpOptions } from 'sharp'
import type { Facts } from '../geometry/facts.ts'
import type { PlannedOutput } from '../geometry/plan.ts'
import { encoderQuality } from './quality.ts'

export type EncoderOptions = JpegOptions | PngOptions | WebpOptions | AvifOptions | GifOptions | TiffOptions

/** How an original is stored. */
export type Stored = Pick<Facts, 'format' | 'width' | 'height' | 'pages' | 'bytes'>

/** Bytes for a pixel from which on a PNG or GIF holds a photograph: of 16 seen, those below had 0.01 to 0.26, photographs and gradients 0.75 to 2.2. */
const photographBytes = 0.5

/**
 * Whether the original is stored as photographs are: in a format made for them, or in so many bytes that it cannot be a drawing.
 * Row filters make a PNG of a photograph a quarter smaller, and that of a drawing larger.
 */
export function isPhotograph({ format, width, height, pages, bytes }: Stored): boolean {
  if (format === 'svg') return false
  return (format !== 'png' && format !== 'gif') || bytes / (width * height * pages) >= photographBytes
}

/**
 * What the encoder of `output.format` is told. Which settings are worth their time is measured by `npm run calibrate`, and told in
 * docs/adr/0016-encoder-defaults.md.
 * @param asked     Quality on the scale of the output, 1..100: that of the output, or a lower one that meets a byte budget.
 * @param original  Tells a photograph from a drawing.
 */
export function encoderOptions(output: PlannedOutput, asked: number, original: Stored): EncoderOptions {
  const { effort, lossless, colours } = output
  const quality = output.qualityScale === 'own' ? asked : encoderQuality(output.format, asked)
  const full = output.chroma === '4:4:4' || (output.chroma === 'auto' && asked >= 90)
  const chromaSubsampling = full ? '4:4:4' : '4:2:0'
  switch (output.format) {
    case 'jpeg':
      return { quality: lossless ? 100 : quality, progressive: output.progressive, chromaSubsampling, mozjpeg: (effort ?? 0) >= 7 }
    case 'png':
      if (colours !== undefined) return { palette: true, colours, effort: Math.max(1, effort ?? 7), compressionLevel: 9 }
      return isPhotograph(original)
        ? { compressionLevel: effort ?? 4, adaptiveFiltering: true }
        : { compressionLevel: effort ?? 7, adaptiveFiltering: false }
    case 'webp': {
      const exact = lossless || (output.qualityScale === 'own' && asked === 100)
      return { quality, lossless: exact, effort: webpEffort(output, exact), smartSubsample: output.chroma === '4:4:4' }
    }
    case 'avif':
      return {
        quality,
        lossless,
        effort: effort ?? avifEffort(output, original),
        chromaSubsampling: lossless ? '4:4:4' : chromaSubsampling,
      }
    case 'gif':
      return { colours: colours ?? 256, effort: Math.min(10, (effort ?? 6) + 1), keepDuplicateFrames: true }
    case 'tiff':
      return { compression: 'deflate', predictor: 'horizontal' }
    default:
      return output.format satisfies never
  }
}

/**
 * Of WebP's 0..6, 4 by default. The highest tries every way to write what is lossless, transparency too: a hundred times the time, for one per
 * cent of the bytes.
 */
function webpEffort({ effort = 6, alpha }: PlannedOutput, lossless: boolean): number {
  return Math.min(lossless || alpha ? 5 : 6, Math.round((effort * 6) / 9))
}

/** Of a photograph, 1 takes two thirds of the time of 2 for 2 % more bytes; of a drawing, up to twice the bytes. */
function avifEffort({ lossless }: PlannedOutput, original: Stored): number {
  return isPhotograph(original) && !lossless ? 1 : 2
}
