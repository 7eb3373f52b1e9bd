import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { behind, geometricMean, median } from '../../scripts/calibrate/frontier.mjs'
import { bytesAt, lowestThat } from '../../scripts/calibrate/search.mjs'
import { type Row, trialTable } from '../../scripts/calibrate/tables.mjs'

describe('the search for a quality', () => {
  it('finds the lowest that reaches what is wanted, from any guess, and asks for none twice', async () => {
    const whole = fc.integer({ min: 1, max: 100 })
    await fc.assert(
      fc.asyncProperty(whole, whole, async (answer, guess) => {
        const asked: number[] = []
        const reaches = async (quality: number): Promise<boolean> => {
          asked.push(quality)
          return quality >= answer
        }
        expect(await lowestThat(reaches, { guess })).toBe(answer)
        expect(new Set(asked).size).toBe(asked.length)
        expect(asked.length).toBeLessThanOrEqual(14)
        // What bytes are interpolated from has been tried.
        if (answer > 1) expect(asked).toContain(answer - 1)
        if (answer < 100) expect(asked).toContain(answer)
      }),
    )
  })

  it('needs few tries when the guess is near', async () => {
    for (const [guess, most] of [
      [50, 2],
      [49, 2],
      [52, 4],
      [45, 6],
    ] as const) {
      let tries = 0
      await lowestThat(async (quality) => ++tries > 0 && quality >= 50, { guess })
      expect(tries).toBeLessThanOrEqual(most)
    }
  })

  it('ends at the highest when none reaches it', async () => {
    expect(await lowestThat(async () => false, { guess: 80 })).toBe(100)
    expect(await lowestThat(async () => true, { guess: 80 })).toBe(1)
  })

  it('interpolates bytes between two qualities', () => {
    const [below, above] = [
      { bytes: 1000, likeness: 0.9 },
      { bytes: 4000, likeness: 0.92 },
    ]
    expect(bytesAt(0.9, below, above)).toBe(1000)
    expect(bytesAt(0.91, below, above)).toBeCloseTo(2000)
    expect(bytesAt(0.92, below, above)).toBe(4000)
    expect(bytesAt(0.99, below, above)).toBe(4000) // not reached
    expect(bytesAt(0.8, below, above)).toBe(1000)
    expect(bytesAt(0.5, above, above)).toBe(4000) // the lowest quality is enough
  })
})

describe('what is made of many readings', () => {
  it('is the one in the middle', () => {
    expect(median([5, 1, 100])).toBe(5)
    expect(median([1, 3, 100, 2])).toBe(2.5)
    expect(median([7])).toBe(7)
  })

  it('is the mean of ratios', () => {
    expect(geometricMean([0.5, 2])).toBeCloseTo(1)
    expect(geometricMean([4, 4])).toBeCloseTo(4)
  })
})

describe('the frontier', () => {
  const fast = { size: 1.2, time: 0.5 }
  const own = { size: 1, time: 1 }
  const small = { size: 0.8, time: 3 }

  it('holds what nothing beats', () => {
    for (const point of [fast, own, small]) expect(behind(point, [fast, own, small])).toBe(1)
  })

  it('says how far the others are behind it', () => {
    expect(behind({ size: 1.1, time: 1.05 }, [fast, own, small])).toBeCloseTo(1.05)
    expect(behind({ size: 1.3, time: 2 }, [fast, own, small])).toBeCloseTo(1.3)
    expect(behind({ size: 1.1, time: 1 }, [own])).toBe(1) // as fast, and larger: no better by both
  })

  it('is never empty', () => {
    const point = fc.record({ size: fc.double({ min: 0.1, max: 10, noNaN: true }), time: fc.double({ min: 0.1, max: 10, noNaN: true }) })
    fc.assert(
      fc.property(fc.array(point, { minLength: 1 }), (points) => {
        expect(points.some((each) => behind(each, points) === 1)).toBe(true)
      }),
    )
  })
})

describe('the table', () => {
  const row = (name: string, size: number, time: number): Row => ({
    ...{ name, size, time, sizes: [size - 0.1, size + 0.1], bytes: 10_000 * size, cpuMs: 20 * time },
    ...{ quality: 80, likeness: 0.99, colour: 1 },
  })

  it('goes from fast to slow, marks the frontier, and says where the default stands', () => {
    expect(trialTable({ look: true }, [row('own', 1, 1), row('better', 0.9, 0.8), row('close', 0.91, 0.82), row('small', 0.7, 4)])).toBe(
      `|  | Setting | Bytes | least to most | Time | Quality | Colour error |
| --- | --- | --- | --- | --- | --- | --- |
| ● | better | 0.900 | 0.80 to 1.00 | 0.80 | 80 | 1.00 |
| ○ | close | 0.910 | 0.81 to 1.01 | 0.82 | 80 | 1.00 |
|  | **own** | 1.000 | 0.90 to 1.10 | 1.00 | 80 | 1.00 |
| ● | small | 0.700 | 0.60 to 0.80 | 4.00 | 80 | 1.00 |

The default, own, is behind the frontier, by 11 % to better: 10.0 kB in 20.0 ms of CPU for the picture in the middle.`,
    )
  })

  it('tells the likeness of formats without a quality', () => {
    const text = trialTable({}, [row('own', 1, 1)])
    expect(text).toContain('| ● | **own** | 1.000 | 0.90 to 1.10 | 1.00 | 0.9900 | 1.00 |')
    expect(text).toContain('The default, own, is on the frontier')
  })
})

it('refuses what it does not know before it measures anything', () => {
  const script = fileURLToPath(new URL('../../scripts/calibrate.mjs', import.meta.url))
  for (const args of [
    ['--only', 'tga'],
    ['--width', '12'],
    ['a', 'b'],
  ]) {
    const { status, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([2, expect.stringContaining('--only qualities|jpeg|webp|avif|png|gif')])
  }
})
