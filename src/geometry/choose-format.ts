import { Failure } from '../errors.ts'
import { type Candidate, type Format, formats, media, negotiable, type Output } from '../recipe/output.ts'
import type { Size, SourceFormat } from './facts.ts'
import type { Limits } from './limits.ts'

/** What a format must hold. */
export type Holding = {
  /** Can the result have transparent pixels? */
  readonly alpha: boolean
  /** A look found that none of them is; `undefined` when nobody looked. */
  readonly opaque?: boolean | undefined
  /** More than one is an animation, which stays one. */
  readonly frames: number
  readonly size: Size
  /** How the original is stored. */
  readonly original: SourceFormat
}

/**
 * The format that `auto` or `keep` comes to, and whether one that was asked for is made here.
 * Failures: `format-off`, `output-too-large` for an AVIF.
 */
export function chooseFormat(output: Output, holding: Holding, limits: Limits): Format | Failure {
  const { size } = holding
  const small = size.width * size.height <= limits.avifPixels
  const { format } = output
  if (format === 'auto') return firstMade(takenByClient(output), output, holding, small, limits.writeFormats)
  if (format === 'keep') return firstMade(preferred(output, holding), output, holding, small, limits.writeFormats)
  if (!limits.writeFormats.includes(format)) {
    const expected = `one of ${['auto', ...limits.writeFormats].join(', ')}`
    return new Failure('format-off', `f: expected ${expected}, got "${format}".`, { parameter: 'f', expected })
  }
  if (format !== 'avif' || small) return format
  return new Failure('output-too-large', `f: expected an AVIF of at most ${limits.avifPixels} pixels, got ${size.width}x${size.height}.`, {
    parameter: 'f',
  })
}

/** The format in which an original is kept: its own, or PNG where that is no format of results for the web. */
export function keptFormat(original: SourceFormat): Format {
  return original === 'svg' || original === 'tiff' ? 'png' : original
}

/** What the client said that it takes, beyond what every client does. */
function takenByClient({ accepts, lossless }: Output): readonly Format[] {
  return negotiable.filter((format) => accepts.includes(format) && !(lossless && format === 'avif'))
}

/** The candidates that hold the picture, then the original's own format. An animation is left in its own. */
function preferred({ prefer }: Output, { alpha, opaque, frames, original }: Holding): readonly Format[] {
  const still = frames === 1 ? prefer : []
  const solid = !alpha || opaque === true
  const holds = (candidate: Candidate): boolean =>
    candidate === 'jpeg-for-png' ? original === 'png' && solid : solid || media[candidate].alpha
  return [...still.filter(holds).map((candidate) => (candidate === 'jpeg-for-png' ? 'jpeg' : candidate)), keptFormat(original)]
}

/** What is wanted comes first, then what every client takes, then whatever holds the result, then a picture without its transparency. */
function firstMade(
  wanted: readonly Format[],
  { lossless }: Output,
  { alpha, frames }: Holding,
  small: boolean,
  made: readonly Format[],
): Format | Failure {
  const able = formats.filter((format) => (frames === 1 || media[format].animation) && (format !== 'avif' || small))
  const plain: Format = frames > 1 ? 'gif' : lossless || alpha ? 'png' : 'jpeg'
  const possible = [
    ...wanted.filter((format) => able.includes(format)),
    plain,
    ...able.filter((format) => !alpha || media[format].alpha),
    ...able,
  ]
  const chosen = possible.find((each) => made.includes(each))
  if (chosen !== undefined) return chosen
  const mend = frames > 1 ? ': ask for a still (anim=0)' : ''
  return new Failure('format-off', `f: none of the formats that are made here (${made.join(', ')}) holds the result${mend}.`, {
    parameter: 'f',
  })
}
