import { expect, it } from 'vitest'
import { encoderQuality, qualities } from './quality.ts'

it('maps the ends of the scale to the ends, and never falls', () => {
  for (const format of ['webp', 'avif'] as const) {
    expect([encoderQuality(format, 1), encoderQuality(format, 100)]).toEqual([1, 100])
    for (let quality = 2; quality <= 100; quality++) {
      expect(encoderQuality(format, quality)).toBeGreaterThanOrEqual(encoderQuality(format, quality - 1))
      expect(Number.isInteger(encoderQuality(format, quality))).toBe(true)
    }
    for (const [jpeg, other] of qualities[format]) expect(encoderQuality(format, jpeg)).toBe(other)
  }
})

it('leaves the scale of JPEG to JPEG, and to what has none', () => {
  for (const format of ['jpeg', 'png', 'gif', 'tiff'] as const) expect(encoderQuality(format, 37)).toBe(37)
})
