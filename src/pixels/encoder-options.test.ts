import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { drawn, rendered } from '../../test/pictures.ts'
import type { PlannedOutput } from '../geometry/plan.ts'
import { output } from '../recipe/output.ts'
import { type EncoderOptions, encoderOptions, isPhotograph, type Stored } from './encoder-options.ts'

const photograph: Stored = { format: 'jpeg', width: 1000, height: 1000, pages: 1, bytes: 150_000 }
const drawing: Stored = { ...photograph, format: 'png', bytes: 60_000 }

const told = (given: Partial<PlannedOutput>, original = photograph): EncoderOptions =>
  encoderOptions({ ...output(), alpha: false, format: 'jpeg', ...given }, 80, original)

describe('what encoders are told', () => {
  it('is by default what was measured to be worth its time', () => {
    expect(told({ format: 'jpeg' })).toEqual({ quality: 80, progressive: true, chromaSubsampling: '4:2:0', mozjpeg: false })
    expect(told({ format: 'webp' })).toEqual({ quality: 85, lossless: false, effort: 4, smartSubsample: false })
    expect(told({ format: 'avif' })).toEqual({ quality: 68, lossless: false, effort: 1, chromaSubsampling: '4:2:0' })
    expect(told({ format: 'avif' }, drawing)).toMatchObject({ effort: 2 })
    expect(told({ format: 'avif', lossless: true })).toMatchObject({ effort: 2, chromaSubsampling: '4:4:4' })
    expect(told({ format: 'gif' })).toEqual({ colours: 256, effort: 7, keepDuplicateFrames: true })
    expect(told({ format: 'png' })).toEqual({ compressionLevel: 4, adaptiveFiltering: true })
    expect(told({ format: 'png' }, drawing)).toEqual({ compressionLevel: 7, adaptiveFiltering: false })
    expect(told({ format: 'png', colours: 16 })).toEqual({ palette: true, colours: 16, effort: 7, compressionLevel: 9 })
  })

  it('follows the effort that is asked for', () => {
    expect(told({ format: 'jpeg', effort: 7 })).toMatchObject({ mozjpeg: true })
    expect(told({ format: 'webp', effort: 9 })).toMatchObject({ effort: 6 })
    expect(told({ format: 'webp', effort: 9, alpha: true })).toMatchObject({ effort: 5 })
    expect(told({ format: 'webp', effort: 9, lossless: true })).toMatchObject({ effort: 5 })
    expect(told({ format: 'avif', effort: 9 })).toMatchObject({ effort: 9 })
    expect(told({ format: 'gif', effort: 9 })).toMatchObject({ effort: 10 })
    expect(told({ format: 'png', effort: 9 })).toEqual({ compressionLevel: 9, adaptiveFiltering: true })
    expect(told({ format: 'png', effort: 0 }, drawing)).toEqual({ compressionLevel: 0, adaptiveFiltering: false })
    expect(told({ format: 'png', effort: 0, colours: 16 })).toMatchObject({ effort: 1 })
  })

  it.each([
    ['jpeg', 10_000, 1, true],
    ['webp', 10_000, 1, true],
    ['avif', 10_000, 1, true],
    ['tiff', 10_000, 1, true],
    ['png', 499_999, 1, false],
    ['png', 500_000, 1, true],
    ['gif', 900_000, 1, true],
    ['gif', 900_000, 10, false],
    ['svg', 5_000_000, 1, false],
  ] as const)('takes a %s of a megapixel in %i bytes and %i pages for a photograph: %s', (format, bytes, pages, photographic) => {
    expect(isPhotograph({ ...photograph, format, bytes, pages })).toBe(photographic)
  })

  it('makes smaller PNGs of a photograph and of a drawing than the other way would', async () => {
    const noise = (x: number, y: number): number => (Math.imul(x * 374_761 + y * 668_265, 1_274_126_177) >>> 28) - 8
    const soft = drawn(200, 150, (x, y) => [120 + 90 * Math.sin(x / 30) + noise(x, y), 120 + 90 * Math.cos(y / 25) + noise(y, x), 99])
    const hard = drawn(200, 150, (x, y) =>
      (x - 100) ** 2 + (y - 75) ** 2 < 2500 !== (x + 2 * y) % 41 < 3 ? [20, 60, 160] : [250, 250, 245],
    )
    for (const [picture, original] of [
      [soft, await soft.clone().jpeg({ quality: 95 }).toBuffer()],
      [hard, await hard.clone().png().toBuffer()],
    ] as const) {
      const own = (await rendered('|format=png', original)).bytes.length
      const decoded = sharp(original)
      const other = picture === soft ? { compressionLevel: 7 } : { compressionLevel: 4, adaptiveFiltering: true }
      expect(own).toBeLessThan((await decoded.png(other).toBuffer()).length)
    }
  })
})
