import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/errors.ts'
import { type AnyFilter, filterArgs, type Pixels, readFilter } from '../../src/filters/filter.ts'
import { slots } from '../../src/geometry/slots.ts'
import { effectsOf } from '../../src/pixels/effects.ts'
import { type Fields, Problem } from '../../src/schema/field.ts'

/** The result of a filter with these positional arguments, on these pixels, through the real sharp where it is a call of sharp. */
export async function applied(filter: AnyFilter, texts: readonly string[], pixels: Pixels): Promise<Pixels> {
  const step = readFilter(filter, filter.name, texts)
  if (step === undefined) return pixels
  const args = step instanceof Failure ? step : filterArgs(filter, step)
  if (args instanceof Failure) throw args
  if (filter.slot === 'pixels') return filter.apply(pixels, args)
  const { data, ...raw } = pixels
  const result = await filter.apply(sharp(data, { raw }), args).raw().toBuffer({ resolveWithObject: true })
  return { data: result.data, width: result.info.width, height: result.info.height, channels: result.info.channels as Pixels['channels'] }
}

/** A picture of some variety, in that many channels; the last of 2 and 4 is alpha, from clear to opaque. */
export function variety(width: number, height: number, channels: Pixels['channels']): Pixels {
  const data = Buffer.from(Array.from({ length: width * height * channels }, (_, at) => (at * 73 + (at % channels) * 91) % 256))
  return { data, width, height, channels }
}

/** Alpha of every pixel; 255 where there is none. */
export function alphaOf({ data, channels }: Pixels): number[] {
  const opaque = channels === 1 || channels === 3
  return Array.from({ length: data.length / channels }, (_, pixel) => (opaque ? 255 : (data[(pixel + 1) * channels - 1] ?? 0)))
}

/**
 * What every filter promises.
 * @param alpha  `kept` unless the effect is about transparency, or about neighbours.
 */
export function filterContract(filter: AnyFilter, alpha: 'kept' | 'changed' = 'kept'): void {
  const [name = '', value = ''] = filter.example.split('=')
  const texts = value.split(',')

  describe(`${filter.name} keeps the contract of filters`, () => {
    it('is described', () => {
      expect(filter.name).toMatch(/^[a-z][a-z-]*$/)
      expect(filter.doc).toMatch(/^[A-Z].*\.$/)
      expect([...slots, 'pixels']).toContain(filter.slot)
      for (const alias of filter.aliases ?? []) expect(alias).toMatch(/^[a-z][a-z-]*$/)
    })

    it('has an example that reads as its step, and back', () => {
      expect(name).toBe(filter.name)
      const step = readFilter(filter, name, texts)
      expect(step).toMatchObject({ kind: 'filter', name: filter.name })
      if (step === undefined || step instanceof Failure) throw new Error('no step')
      const args = filterArgs(filter, step)
      expect(args).not.toBeInstanceOf(Failure)
      expect(Object.keys(args)).toEqual(Object.keys(filter.params))
    })

    it('leaves nothing to do at its fallbacks, where they are those of no effect', () => {
      const neutral = Object.values(filter.params as Fields).map((field) => (field.fallback === true ? '0' : print(field)))
      if (filter.noop !== undefined) expect(readFilter(filter, name, neutral as string[])).toBeUndefined()
    })

    it('refuses what is no value, and one value too many', () => {
      for (const field of Object.values(filter.params as Fields)) expect(field.read('\u0000')).toBeInstanceOf(Problem)
      const wrong = readFilter(filter, 'alias', ['\u0000'])
      expect(wrong).toBeInstanceOf(Failure)
      expect(wrong).toMatchObject({ code: 'parameter-invalid', detail: { parameter: 'alias' } })
      expect(readFilter(filter, name, ['1', ...Object.keys(filter.params).map(() => '1')])).toMatchObject({ code: 'parameter-invalid' })
    })

    const sizes = [
      [1, 1],
      [7, 5],
    ] as const
    for (const channels of [1, 2, 3, 4] as const) {
      for (const [width, height] of sizes) {
        it(`keeps the size of ${width}x${height} px in ${channels} channels`, async () => {
          const pixels = variety(width, height, channels)
          const before = Buffer.from(pixels.data)
          const result = await applied(filter, texts, pixels)
          expect(pixels.data.equals(before)).toBe(true)
          expect(result).toMatchObject({ width, height })
          expect(result.data.length).toBe(width * height * result.channels)
          const hadAlpha = channels % 2 === 0
          expect(result.channels % 2 === 0).toBe(hadAlpha || addsAlpha(filter, texts))
          if (alpha === 'kept') expect(alphaOf(result)).toEqual(alphaOf(pixels))
        })
      }
    }
  })
}

/** Does the effect say that it can make opaque pixels clear, with these arguments? */
function addsAlpha(filter: AnyFilter, texts: readonly string[]): boolean {
  const step = readFilter(filter, filter.name, texts)
  if (step === undefined || step instanceof Failure) throw new Error('no step')
  return effectsOf([filter]).get(filter.name)?.addsAlpha(step.args) === true
}

function print(field: Fields[string]): string | undefined {
  return field.fallback === undefined ? undefined : field.print(field.fallback)
}
