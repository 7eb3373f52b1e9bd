import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure, failures } from '../errors.ts'
import { type Candidate, output as outputOf } from '../recipe/output.ts'
import { canonical, printRecipe, readRecipe, recipe } from '../recipe/recipe.ts'
import { fallbacksOf } from '../schema/field.ts'
import { thumborOutput } from './thumbor-output.ts'
import { type ThumborOutputOptions, thumborOutputFields } from './thumbor-output-fields.ts'
import { thumborStatuses } from './thumbor-statuses.ts'

type Call = Parameters<typeof thumborOutput>[1][number]

const defaults = fallbacksOf(thumborOutputFields) as unknown as ThumborOutputOptions
const call = (name: string, ...args: Call['args'][number][]): Call => ({ name, args })
const of = (calls: readonly Call[], options: Partial<ThumborOutputOptions> = {}) => thumborOutput({ ...defaults, ...options }, calls)
const text = (calls: readonly Call[], options: Partial<ThumborOutputOptions> = {}) => printRecipe(recipe([], of(calls, options).output))

const plain = 'chroma=4:2:0,metadata=none,qualityScale=own,underClear=own'

describe('the recipe', () => {
  test.each<[Call[], Partial<ThumborOutputOptions>, string]>([
    [[], {}, `|format=keep,${plain}`],
    [[call('quality', 40)], {}, `|format=keep,quality=40,${plain}`],
    [[call('quality', 40), call('quality', 50)], {}, `|format=keep,quality=50,${plain}`],
    [[call('quality', 0)], {}, `|format=keep,quality=1,${plain}`],
    [[call('quality', 1e300)], {}, `|format=keep,quality=100,${plain}`],
    [[call('quality', Number.POSITIVE_INFINITY)], {}, `|format=keep,quality=100,${plain}`],
    [[call('format', 'webp')], {}, `|format=webp,${plain}`],
    [[call('format', 'JPG')], {}, `|format=jpeg,${plain}`],
    [[call('format', 'gif'), call('format', 'Png')], {}, `|format=png,${plain}`],
    [[call('format', 'webp'), call('format', 'bmp')], {}, `|format=keep,${plain}`],
    [[call('max_bytes', 30_000)], {}, '|format=keep,bytes=30000,chroma=4:2:0,metadata=none,qualityScale=own,underClear=own,overBytes=give'],
    [[call('max_bytes', 1)], {}, '|format=keep,bytes=1,chroma=4:2:0,metadata=none,qualityScale=own,underClear=own,overBytes=give'],
    [[call('max_bytes', 0)], {}, `|format=keep,${plain}`],
    [[call('blur', 3), call('constructor')], {}, `|format=keep,${plain}`],
    [[], { progressiveJpeg: false }, '|format=keep,progressive=0,chroma=4:2:0,metadata=none,qualityScale=own,underClear=own'],
    [[], { pillowJpegSubsampling: '4:4:4' }, '|format=keep,chroma=4:4:4,metadata=none,qualityScale=own,underClear=own'],
    // Settings of single formats hold until a URL names a quality.
    [
      [],
      { quality: 70, webpQuality: 60 },
      '|format=keep,quality=70,chroma=4:2:0,metadata=none,qualities=webp:60,qualityScale=own,underClear=own',
    ],
    [[call('quality', 90)], { quality: 70, webpQuality: 60, avifQuality: 50 }, `|format=keep,quality=90,${plain}`],
    // Metadata and profile.
    [[], { preserveExifInfo: true }, '|format=keep,chroma=4:2:0,metadata=keep,qualityScale=own,underClear=own'],
    [[], { preserveExifCopyrightInfo: true }, '|format=keep,chroma=4:2:0,qualityScale=own,underClear=own'],
    [[call('strip_exif')], { preserveExifInfo: true, preserveExifCopyrightInfo: true }, `|format=keep,${plain}`],
    [[], { preserveIccProfile: true }, '|format=keep,chroma=4:2:0,metadata=none,profile=keep,qualityScale=own,underClear=own'],
    [[call('strip_icc')], { preserveIccProfile: true }, `|format=keep,${plain}`],
  ])('%j with %j', (calls, options, said) => expect(text(calls, options)).toBe(said))
})

describe('the candidates', () => {
  const prefer = (calls: readonly Call[], options: Partial<ThumborOutputOptions>) => of(calls, options).output.prefer
  const auto = { autoWebp: true, autoAvif: true, autoJpg: true, autoPng: true }

  test.each<[Partial<ThumborOutputOptions>, readonly Candidate[]]>([
    [{}, []],
    [{ autoAvif: true, autoWebp: true }, ['webp', 'avif']],
    [auto, ['webp', 'avif', 'jpeg', 'png']],
    [{ autoPngToJpg: true }, ['jpeg-for-png']],
    [{ ...auto, autoPngToJpg: true }, ['webp', 'avif', 'jpeg-for-png', 'jpeg', 'png']],
    [{ ...auto, autoImageFormatPreference: ['png', 'avif'] }, ['png', 'avif']],
    [{ autoPngToJpg: true, autoImageFormatPreference: ['webp', 'webp'] }, ['webp', 'jpeg-for-png']],
  ])('of %j are %j', (options, candidates) => expect(prefer([], options)).toEqual(candidates))

  test('autojpg() counts before the setting', () => {
    expect(prefer([call('autojpg')], {})).toEqual(['jpeg-for-png'])
    expect(prefer([call('autojpg', true)], {})).toEqual(['jpeg-for-png'])
    expect(prefer([call('autojpg', false)], { autoPngToJpg: true })).toEqual([])
    expect(prefer([call('autojpg'), call('autojpg', false)], { autoImageFormatPreference: ['webp'] })).toEqual(['webp'])
  })

  test('are none where the URL names a format', () => {
    expect(of([call('format', 'png')], auto).output).not.toHaveProperty('prefer')
    expect(prefer([call('format', 'heic')], auto)).toEqual(['webp', 'avif', 'jpeg', 'png'])
  })
})

test.each<[Call[], number | undefined, number]>([
  [[], undefined, 86_400],
  [[], 0, 0],
  [[call('max_age', 10)], undefined, 10],
  [[call('max_age', 10), call('max_age', 0)], undefined, 0],
  [[call('max_age', 1e300)], undefined, 2_147_483_647],
])('%j with MAX_AGE %s: %i s', (calls, maxAge, seconds) =>
  expect(of(calls, maxAge === undefined ? {} : { maxAge }).delivery).toEqual({ maxAge: seconds, expiresHeader: true }),
)

test('a format that is not made is told, in the words of the URL', () => {
  expect(of([call('format', 'HEIC')]).dropped).toEqual(['format(HEIC)'])
  expect(of([call('format', 'constructor')]).dropped).toEqual(['format(constructor)'])
  expect(of([call('format', 'webp')]).dropped).toEqual([])
})

test('whatever is called, the recipe reads back', () => {
  const argument = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constantFrom('webp', 80, -1))
  const names = fc.constantFrom('format', 'quality', 'max_bytes', 'max_age', 'strip_exif', 'strip_icc', 'autojpg', '__proto__')
  const calls = fc.array(fc.record({ name: names, args: fc.array(argument, { maxLength: 2 }) }), { maxLength: 8 })
  fc.assert(
    fc.property(calls, (given) => {
      const { output, delivery } = of(given)
      const made = canonical({ dpr: 1, steps: [], output: outputOf(output) })
      expect(readRecipe(printRecipe(made))).toEqual(made)
      expect(Number.isInteger(delivery.maxAge) && (delivery.maxAge ?? -1) >= 0).toBe(true)
    }),
  )
})

test('statuses are those of failures that there are, and of HTTP', () => {
  for (const [code, status] of Object.entries(thumborStatuses)) {
    expect(failures).toHaveProperty(code)
    const said = typeof status === 'function' ? status({ originStatus: 403 }) : status
    expect(said).toBeGreaterThanOrEqual(400)
    expect(new Failure(code as keyof typeof failures, '').status).not.toBe(said)
  }
  const failed = thumborStatuses['origin-failed']
  const status = (originStatus?: number) =>
    typeof failed === 'function' ? failed(originStatus === undefined ? {} : { originStatus }) : failed
  expect([status(401), status(499), status(500), status()]).toEqual([404, 404, undefined, undefined])
})
