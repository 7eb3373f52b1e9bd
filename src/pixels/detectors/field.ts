import type { Size } from '../../geometry/facts.ts'

/** A number for every pixel, row by row. */
export type NumberField = Size & { readonly at: Float32Array }

export function fieldOf({ width, height }: Size, at: (index: number) => number): NumberField {
  return { width, height, at: Float32Array.from({ length: width * height }, (_, index) => at(index)) }
}

export function meanOf({ at }: NumberField): number {
  return at.reduce((sum, value) => sum + value, 0) / at.length
}

/** Each number becomes the mean of those at most `radius` px away on each axis; beyond the edges there is nothing to count. Linear in the px. */
export function smoothed(field: NumberField, radius: number): NumberField {
  const { width, height } = field
  const across = runningMeans(field.at, radius, { lines: height, length: width, step: 1, next: width })
  return { width, height, at: runningMeans(across, radius, { lines: width, length: height, step: width, next: 1 }) }
}

type Lines = { readonly lines: number; readonly length: number; readonly step: number; readonly next: number }

function runningMeans(from: Float32Array, radius: number, { lines, length, step, next }: Lines): Float32Array {
  const to = new Float32Array(from.length)
  for (let line = 0; line < lines; line++) {
    const start = line * next
    let sum = 0
    let count = 0
    for (let ahead = -radius; ahead < length; ahead++) {
      const [enters, leaves] = [ahead + radius, ahead - radius - 1]
      if (enters < length && enters >= 0) {
        sum += from[start + enters * step] ?? 0
        count += 1
      }
      if (leaves >= 0) {
        sum -= from[start + leaves * step] ?? 0
        count -= 1
      }
      if (ahead >= 0) to[start + ahead * step] = sum / count
    }
  }
  return to
}
