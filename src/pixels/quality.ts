import type { Format } from '../recipe/output.ts'

/**
 * One quality scale for all formats: that of JPEG. Each pair is a JPEG quality and the quality at which the other encoder gives the same
 * structural similarity to the original, the median over the sample pictures. Measured by `npm run calibrate`.
 */
export const qualities: Readonly<Record<'webp' | 'avif', readonly (readonly [jpeg: number, other: number])[]>> = {
  webp: [
    [1, 1],
    [30, 27],
    [50, 50],
    [60, 60],
    [70, 69],
    [80, 78],
    [90, 90],
    [100, 100],
  ],
  avif: [
    [1, 1],
    [30, 31],
    [50, 46],
    [60, 51],
    [70, 56],
    [80, 62],
    [90, 73],
    [100, 100],
  ],
}

/**
 * The encoder's own quality for a quality on the JPEG scale, by straight lines between the measured points.
 * @param quality  1..100
 * @returns        Whole 1..100
 */
export function encoderQuality(format: Format, quality: number): number {
  if (format !== 'webp' && format !== 'avif') return quality
  const points = qualities[format]
  const after = points.findIndex(([jpeg]) => jpeg >= quality)
  const [high, top] = points[after] ?? [100, 100]
  const [low, bottom] = points[Math.max(0, after - 1)] ?? [1, 1]
  return Math.round(high === low ? top : bottom + ((top - bottom) * (quality - low)) / (high - low))
}
