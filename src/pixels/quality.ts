import type { Format } from '../recipe/output.ts'

/**
 * One quality scale for all formats: that of JPEG. Each pair is a JPEG quality and the quality at which the other encoder gives a picture as
 * like the original by multi-scale structural similarity: the median over nine photographs at 640 px, measured by `npm run calibrate FOLDER`.
 * DSSIM, a metric of another kind, gave 85 and 67 where this gives 85 and 68.
 */
export const qualities: Readonly<Record<'webp' | 'avif', readonly (readonly [jpeg: number, other: number])[]>> = {
  webp: [
    [1, 1],
    [10, 4],
    [30, 33],
    [40, 48],
    [50, 60],
    [60, 73],
    [70, 80],
    [75, 82],
    [80, 85],
    [85, 88],
    [90, 93],
    [95, 98],
    [100, 100],
  ],
  avif: [
    [1, 1],
    [10, 16],
    [30, 44],
    [40, 49],
    [50, 52],
    [60, 55],
    [70, 60],
    [75, 64],
    [80, 68],
    [85, 75],
    [90, 86],
    [95, 92],
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
