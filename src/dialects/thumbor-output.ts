import type { Candidate, Output } from '../recipe/output.ts'
import { type LossyFormat, lossyFormats } from '../recipe/qualities.ts'
import type { Delivery } from './dialect.ts'
import { mostAge, type ThumborOutputOptions } from './thumbor-output-fields.ts'

/** A filter of a URL that runs, its arguments read. */
type Call = { readonly name: string; readonly args: readonly (string | number | boolean)[] }

/** The names that `format` understands, in any case. */
const named: ReadonlyMap<string, LossyFormat | 'png' | 'gif'> = new Map([
  ...lossyFormats.map((format) => [format, format] as const),
  ['jpg', 'jpeg'],
  ['png', 'png'],
  ['gif', 'gif'],
])

const mostBytes = 50_000_000

/**
 * What comes out, and for how long it may be kept: by Thumbor's settings, and by the filters of the URL that speak of it. Of the same filter
 * twice the last counts. Numbers beyond what is possible are brought to the nearest that is; other filters are passed over.
 * @returns  `dropped`: what a filter asked that cannot be done, such as `format(heic)`: the format of the original is kept then.
 */
export function thumborOutput(
  options: ThumborOutputOptions,
  calls: readonly Call[],
): { readonly output: Partial<Output>; readonly delivery: Partial<Delivery>; readonly dropped: readonly string[] } {
  const quality = lastNumber(calls, 'quality')
  const budget = lastNumber(calls, 'max_bytes') ?? 0
  const asked = last(calls, 'format')?.args[0]
  const format = typeof asked === 'string' ? named.get(asked.toLowerCase()) : undefined
  const output: Partial<Output> = {
    ...(format === undefined ? { format: 'keep', prefer: preferred(options, calls) } : { format }),
    quality: within(quality ?? options.quality, 1, 100),
    ...(quality === undefined ? { qualities: qualitiesOf(options) } : {}),
    qualityScale: 'own',
    underClear: 'own',
    // With a limit of none, Thumbor sets none.
    ...(budget > 0 ? { bytes: within(budget, 1, mostBytes), overBytes: 'give' } : {}),
    progressive: options.progressiveJpeg,
    chroma: options.pillowJpegSubsampling,
    metadata: last(calls, 'strip_exif') === undefined ? metadataOf(options) : 'none',
    profile: options.preserveIccProfile && last(calls, 'strip_icc') === undefined ? 'keep' : 'srgb',
  }
  const maxAge = within(lastNumber(calls, 'max_age') ?? options.maxAge, 0, mostAge)
  return {
    output,
    delivery: { maxAge, expiresHeader: true },
    dropped: asked !== undefined && format === undefined ? [`format(${asked})`] : [],
  }
}

/**
 * The candidates of a picture whose URL names no format, best first: the preference, then a JPEG for a PNG; or the settings of single formats
 * in their fixed order, in which a JPEG for a PNG comes before AUTO_PNG.
 */
function preferred(options: ThumborOutputOptions, calls: readonly Call[]): readonly Candidate[] {
  const called = last(calls, 'autojpg')
  const forPng: readonly Candidate[] = (called === undefined ? options.autoPngToJpg : called.args[0] !== false) ? ['jpeg-for-png'] : []
  const { autoImageFormatPreference: preference } = options
  if (preference.length > 0) return [...new Set([...preference, ...forPng])]
  return [
    ...(options.autoWebp ? (['webp'] as const) : []),
    ...(options.autoAvif ? (['avif'] as const) : []),
    ...forPng,
    ...(options.autoJpg ? (['jpeg'] as const) : []),
    ...(options.autoPng ? (['png'] as const) : []),
  ]
}

function qualitiesOf({ webpQuality: webp, avifQuality: avif }: ThumborOutputOptions): NonNullable<Output['qualities']> {
  return { ...(webp === undefined ? {} : { webp }), ...(avif === undefined ? {} : { avif }) }
}

function metadataOf({ preserveExifInfo, preserveExifCopyrightInfo }: ThumborOutputOptions): Output['metadata'] {
  if (preserveExifInfo) return 'keep'
  return preserveExifCopyrightInfo ? 'copyright' : 'none'
}

function last(calls: readonly Call[], name: string): Call | undefined {
  return calls.findLast((call) => call.name === name)
}

function lastNumber(calls: readonly Call[], name: string): number | undefined {
  const value = last(calls, name)?.args[0]
  return typeof value === 'number' && !Number.isNaN(value) ? value : undefined
}

/** Whole, between the two. */
function within(value: number, least: number, most: number): number {
  return Math.trunc(Math.min(most, Math.max(least, value)))
}
