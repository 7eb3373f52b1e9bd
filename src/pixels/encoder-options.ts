import type { AvifOptions, GifOptions, JpegOptions, PngOptions, TiffOptions, WebpOptions } from 'sharp'
import type { PlannedOutput } from '../geometry/plan.ts'
import { encoderQuality } from './quality.ts'

export type EncoderOptions = JpegOptions | PngOptions | WebpOptions | AvifOptions | GifOptions | TiffOptions

/**
 * What the encoder of `output.format` is told; which settings are worth their time is measured by `npm run calibrate`.
 * @param asked  Quality on the JPEG scale, 1..100: that of the output, or a lower one that meets a byte budget.
 */
export function encoderOptions(output: PlannedOutput, asked: number): EncoderOptions {
  const { effort, lossless, colours } = output
  const quality = encoderQuality(output.format, asked)
  const full = output.chroma === '4:4:4' || (output.chroma === 'auto' && asked >= 90)
  const chromaSubsampling = full ? '4:4:4' : '4:2:0'
  switch (output.format) {
    case 'jpeg':
      return { quality: lossless ? 100 : quality, progressive: output.progressive, chromaSubsampling, mozjpeg: (effort ?? 0) >= 7 }
    case 'png':
      return colours === undefined ? { compressionLevel: effort ?? 6 } : { palette: true, colours, effort: Math.max(1, effort ?? 7) }
    case 'webp':
      return { quality, lossless, effort: Math.round(((effort ?? 6) * 6) / 9), smartSubsample: output.chroma === '4:4:4' }
    case 'avif':
      return { quality, lossless, effort: effort ?? 2, chromaSubsampling: lossless ? '4:4:4' : chromaSubsampling }
    case 'gif':
      return { colours: colours ?? 256, effort: Math.min(10, (effort ?? 6) + 1), keepDuplicateFrames: true }
    case 'tiff':
      return { compression: 'deflate', predictor: 'horizontal' }
    default:
      return output.format satisfies never
  }
}
