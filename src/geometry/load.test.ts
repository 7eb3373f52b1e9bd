import { describe, expect, test } from 'vitest'
import { asRecipe, factsOf, limits } from '../../test/pictures.ts'
import { Failure } from '../errors.ts'
import { type Format, formats, type Output, output } from '../recipe/output.ts'
import { chooseFormat } from './load.ts'
import { plan } from './planner.ts'

type Case = { readonly off: readonly Format[]; readonly output?: Partial<Output>; readonly alpha?: boolean; readonly frames?: number }

function chosen({ off, output: given = {}, alpha = false, frames = 1 }: Case): string {
  const writeFormats = formats.filter((format) => !off.includes(format))
  const made = chooseFormat(output(given), alpha, frames, { width: 4000, height: 1000 }, { ...limits, writeFormats })
  return made instanceof Failure ? made.code : made
}

const both = ['avif', 'webp'] as const
test.each<[Case, string]>([
  [{ off: [] }, 'jpeg'],
  [{ off: [], alpha: true }, 'png'],
  [{ off: [], frames: 2 }, 'gif'],
  [{ off: [], output: { lossless: true } }, 'png'],
  [{ off: [], output: { accepts: both } }, 'avif'],
  [{ off: [], output: { accepts: both, lossless: true } }, 'webp'],
  [{ off: [], output: { accepts: both }, frames: 2 }, 'webp'],
  [{ off: [], output: { accepts: ['avif'] }, frames: 2 }, 'gif'],
  // What is switched off makes room for the next that holds the result.
  [{ off: ['avif'], output: { accepts: both } }, 'webp'],
  [{ off: ['avif', 'webp'], output: { accepts: both } }, 'jpeg'],
  [{ off: ['jpeg'] }, 'png'],
  [{ off: ['png'], alpha: true }, 'webp'],
  [{ off: ['png', 'webp', 'avif', 'gif', 'tiff'], alpha: true }, 'jpeg'],
  [{ off: ['gif'], frames: 2 }, 'webp'],
  [{ off: ['gif', 'webp'], frames: 2 }, 'format-off'],
  // What was asked by name is made or refused.
  [{ off: ['avif'], output: { format: 'avif' } }, 'format-off'],
  [{ off: ['avif'], output: { format: 'png' } }, 'png'],
])('%j comes to %s', (wish, format) => expect(chosen(wish)).toBe(format))

test('an AVIF that would be too large is none of them', () => {
  const wish = (writeFormats: readonly Format[]) =>
    chooseFormat(output({ accepts: ['avif'] }), false, 1, { width: 4000, height: 4000 }, { ...limits, writeFormats })
  expect(wish(formats)).toBe('jpeg')
  expect(wish(['avif'])).toMatchObject({ code: 'format-off' })
})

describe('a decoder that halves by itself', () => {
  const fast = (wish: string, facts = factsOf(2000, 1000)): boolean => {
    const made = plan(asRecipe(wish), { facts: [facts], findings: {}, limits, effects: new Map() })
    if (made instanceof Failure) throw made
    const [first] = made.passes
    return first?.kind === 'pipeline' && first.ops.some((op) => op.op === 'resize' && op.fast === true)
  }

  test.each([
    ['resize(width=1500)|', false],
    ['resize(width=1000)|', false], // 2: halved once, nothing is left
    ['resize(width=600)|', false], // 3.3: once, 1.7 are left
    ['resize(width=580)|', true],
    ['resize(width=501)|', true],
    ['resize(width=500)|', false],
    ['resize(width=252)|', true],
    ['resize(width=250)|', false], // 8: three times, nothing is left
    ['resize(width=150)|', false], // 13.3: three times, 1.67 are left
    ['resize(width=100)|', true], // 20: three times, which is all it can
    ['region(width=1000,height=500)/resize(width=252)|', true],
    ['resize(width=501)/resize(width=20)|', true],
  ])('halves as far as it can where enough is left to be scaled: %s %s', (wish, said) => expect(fast(wish)).toBe(said))

  test('is a JPEG alone: a WebP would be scaled to the very size', () => {
    for (const format of ['webp', 'png', 'avif', 'tiff'] as const)
      expect(fast('resize(width=501)|', factsOf(2000, 1000, { format }))).toBe(false)
  })
})
