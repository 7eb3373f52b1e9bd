import { expect, test } from 'vitest'
import { limits } from '../../test/pictures.ts'
import { Failure } from '../errors.ts'
import { type Candidate, type Format, formats, type Output, output } from '../recipe/output.ts'
import { chooseFormat, type Holding, keptFormat } from './choose-format.ts'
import { sourceFormats } from './facts.ts'

type Case = { readonly off: readonly Format[]; readonly output?: Partial<Output>; readonly alpha?: boolean; readonly frames?: number }

function chosen({ off, output: given = {}, alpha = false, frames = 1 }: Case): string {
  const writeFormats = formats.filter((format) => !off.includes(format))
  const made = chooseFormat(
    output(given),
    { alpha, frames, size: { width: 4000, height: 1000 }, original: 'jpeg' },
    { ...limits, writeFormats },
  )
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
    chooseFormat(
      output({ accepts: ['avif'] }),
      { alpha: false, frames: 1, size: { width: 4000, height: 4000 }, original: 'jpeg' },
      { ...limits, writeFormats },
    )
  expect(wish(formats)).toBe('jpeg')
  expect(wish(['avif'])).toMatchObject({ code: 'format-off' })
})

test('a format that is kept is one of results', () => {
  expect(Object.fromEntries(sourceFormats.map((format) => [format, keptFormat(format)]))).toEqual({
    ...{ jpeg: 'jpeg', png: 'png', webp: 'webp', avif: 'avif', gif: 'gif' },
    ...{ tiff: 'png', svg: 'png' },
  })
})

type Kept = Partial<Holding> & { readonly off?: readonly Format[] }

const order: readonly Candidate[] = ['webp', 'avif', 'jpeg-for-png', 'jpeg', 'png']
const kept = (prefer: readonly Candidate[], { off = [], ...given }: Kept): string => {
  const holding: Holding = { alpha: false, frames: 1, size: { width: 400, height: 100 }, original: 'jpeg', ...given }
  const made = chooseFormat(output({ format: 'keep', prefer }), holding, {
    ...limits,
    writeFormats: formats.filter((f) => !off.includes(f)),
  })
  return made instanceof Failure ? made.code : made
}

const clear = { alpha: true, opaque: false }
const unused = { alpha: true, opaque: true }
test.each<[readonly Candidate[], Kept, string]>([
  // Nothing is preferred, or nothing of it is taken.
  [[], {}, 'jpeg'],
  [[], { original: 'svg', alpha: true }, 'png'],
  [[], { original: 'gif' }, 'gif'],
  [[], { original: 'gif', frames: 3 }, 'gif'],
  [[], { original: 'jpeg', alpha: true }, 'jpeg'], // the corners of a JPEG are cut off: white
  [order, {}, 'webp'],
  [['png', 'webp'], {}, 'png'],
  [['avif'], { original: 'gif' }, 'avif'],
  // An animation stays what it is.
  [order, { original: 'gif', frames: 3 }, 'gif'],
  [order, { original: 'webp', frames: 3 }, 'webp'],
  // A JPEG holds no transparent pixel; a channel of which nothing is made is none.
  [['jpeg'], { original: 'webp' }, 'jpeg'],
  [['jpeg'], { original: 'webp', alpha: true }, 'webp'],
  [['jpeg'], { original: 'webp', ...clear }, 'webp'],
  [['jpeg'], { original: 'webp', ...unused }, 'jpeg'],
  [['jpeg', 'avif'], { original: 'webp', ...clear }, 'avif'],
  [['jpeg-for-png'], { original: 'png' }, 'jpeg'],
  [['jpeg-for-png'], { original: 'png', ...unused }, 'jpeg'],
  [['jpeg-for-png'], { original: 'png', ...clear }, 'png'],
  [['jpeg-for-png'], { original: 'webp' }, 'webp'],
  [['jpeg-for-png'], { original: 'tiff' }, 'png'],
  [['jpeg-for-png', 'png'], { original: 'png' }, 'jpeg'],
  [['png', 'jpeg-for-png'], { original: 'png' }, 'png'],
  // What is switched off, or too large, makes room for the next.
  [['webp', 'avif'], { off: ['webp'] }, 'avif'],
  [['avif', 'webp'], { size: { width: 4000, height: 4000 } }, 'webp'],
  [[], { original: 'avif', size: { width: 4000, height: 4000 } }, 'jpeg'],
  [[], { original: 'avif', size: { width: 4000, height: 4000 }, alpha: true }, 'png'],
  [[], { original: 'webp', off: ['webp'], alpha: true }, 'png'],
  [[], { original: 'gif', frames: 3, off: ['gif'] }, 'webp'],
  [[], { original: 'gif', frames: 3, off: ['gif', 'webp'] }, 'format-off'],
])('of %j, %j is kept as %s', (prefer, given, format) => expect(kept(prefer, given)).toBe(format))
