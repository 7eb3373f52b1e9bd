import { Failure } from '../errors.ts'
import { clip } from '../schema/field.ts'
import { plainly, unquote } from './thumbor-spelling.ts'

/** A path of Thumbor, segment by segment; what is not given has the value that Thumbor takes for it. */
export type ThumborRequest = ThumborOptions & {
  /** Exactly one of the two is given: `unsafe`, or a hash. */
  readonly unsafe: boolean
  readonly hash: string | null
  /** The hash as it stands in the target, undecoded: `%3D` and `=` are told apart when it is checked. */
  readonly wireHash: string | null
  /** What stands behind the first segment and its slash, undecoded: the text that a hash signs. */
  readonly signed: string
}

/** What a path asks for, apart from who may ask. */
export type ThumborOptions = {
  readonly debug: boolean
  readonly meta: boolean
  readonly trim: ThumborTrim | null
  /** Px of the original, ends exclusive; all 0 is no crop. */
  readonly crop: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }
  readonly adaptive: boolean
  readonly full: boolean
  readonly fitIn: boolean
  /** Whole px; 0 is not given. */
  readonly width: number | 'orig'
  readonly height: number | 'orig'
  readonly horizontalFlip: boolean
  readonly verticalFlip: boolean
  readonly halign: 'left' | 'center' | 'right'
  readonly valign: 'top' | 'middle' | 'bottom'
  readonly smart: boolean
  /** Decoded, without `filters:`; empty when there are none. See `thumbor-calls.ts`. */
  readonly filters: string
  /** Decoded, never empty. See `thumbor-source.ts`. */
  readonly image: string
}

/** A trim as Thumbor's own reader takes it apart: of `trim:50` it makes the position `50` and no tolerance. `trimOf` says what is meant. */
export type ThumborTrim = { readonly text: string; readonly pos: string; readonly tolerance: number }

/** Where no segment is given. */
export const noSegments: Omit<ThumborOptions, 'image'> = {
  debug: false,
  meta: false,
  trim: null,
  crop: { left: 0, top: 0, right: 0, bottom: 0 },
  adaptive: false,
  full: false,
  fitIn: false,
  width: 0,
  height: 0,
  horizontalFlip: false,
  verticalFlip: false,
  halign: 'center',
  valign: 'middle',
  smart: false,
  filters: '',
}

/** A segment between two slashes: which text it takes, and what that says. */
type Slot = { readonly pattern: RegExp; readonly say: (groups: readonly (string | undefined)[]) => Partial<ThumborOptions> }

/** In the only order in which they may stand; filters follow. None has a loop within a loop: each is tried in one pass. */
const slots: readonly Slot[] = [
  { pattern: /^debug$/, say: () => ({ debug: true }) },
  { pattern: /^meta$/, say: () => ({ meta: true }) },
  {
    pattern: /^trim(?::(top-left|bottom-right))?(?::(\d+))?$/,
    say: ([text = '', corner, digits]) => {
      const misread = corner === undefined && digits !== undefined
      return { trim: { text, pos: corner ?? digits ?? 'top-left', tolerance: misread ? 0 : whole(digits) } }
    },
  },
  {
    pattern: /^(\d+)x(\d+):(\d+)x(\d+)$/,
    say: ([, left, top, right, bottom]) => ({
      crop: { left: whole(left), top: whole(top), right: whole(right), bottom: whole(bottom) },
    }),
  },
  {
    pattern: /^(adaptive-)?(full-)?fit-in$/,
    say: ([, adaptive, full]) => ({ adaptive: adaptive !== undefined, full: full !== undefined, fitIn: true }),
  },
  {
    pattern: /^(-?)(\d*|orig)x(-?)(\d*|orig)$/,
    say: ([, across, width, down, height]) => ({
      width: side(width),
      height: side(height),
      horizontalFlip: across === '-',
      verticalFlip: down === '-',
    }),
  },
  { pattern: /^(?:left|center|right)$/, say: ([word]) => ({ halign: word as ThumborOptions['halign'] }) },
  { pattern: /^(?:top|middle|bottom)$/, say: ([word]) => ({ valign: word as ThumborOptions['valign'] }) },
  { pattern: /^smart$/, say: () => ({ smart: true }) },
]

/**
 * Reads a target as Thumbor's grammar has it: segments are matched as they stand, undecoded, and only then decoded. The first segment that
 * fits no later slot begins the image; a segment that would leave no image belongs to the image.
 * @param target        As it came; what follows the first `?` says nothing.
 * @param decodedPaths  Understand segments whose delimiters were encoded on the way: `blur%282%29`.
 * @returns  `url-malformed` for raw characters that no URL has and for escapes that are no UTF-8, `key-missing` without an image,
 *           `hash-missing` for a path that begins with neither `unsafe` nor a hash. Takes time in proportion to the length.
 */
export function readThumborPath(target: string, { decodedPaths = false } = {}): ThumborRequest | Failure {
  const [path = ''] = target.split('?', 1)
  const stray = /[^\x21-\x7e]/.exec(path)
  if (stray !== null) return malformed(stray[0], 'characters that must be percent-encoded')
  if (path === '') return new Failure('url-malformed', 'Expected a path, got none.')
  const rest = path.startsWith('/') ? path.slice(1) : path
  // The first character belongs to the hash, whichever it is: `//x/y` has the hash `/x`.
  const slash = rest.indexOf('/', 1)
  if (slash < 0 || slash === rest.length - 1) return headless(rest)
  const first = rest.slice(0, slash)
  const signed = rest.slice(slash + 1)
  const hash = first === 'unsafe' ? null : unquote(first)
  if (hash === undefined) return malformed(first, 'percent-encoded bytes that are not UTF-8')
  const options = readOptions(signed, decodedPaths)
  if (options instanceof Failure) return options
  return { unsafe: hash === null, hash, wireHash: hash === null ? null : first, signed, ...options }
}

function readOptions(raw: string, lenient: boolean): ThumborOptions | Failure {
  const said: Partial<ThumborOptions>[] = []
  let rest = raw
  for (const { pattern, say } of slots) {
    const slash = rest.indexOf('/')
    if (slash < 0 || slash === rest.length - 1) break
    const segment = rest.slice(0, slash)
    const groups = pattern.exec(segment) ?? (lenient ? pattern.exec(plainly(segment)) : null)
    if (groups === null) continue
    said.push(say(groups))
    rest = rest.slice(slash + 1)
  }
  const { filters: rawFilters, image: rawImage } = cutFilters(rest) ??
    (lenient ? cutFilters(plainly(rest)) : undefined) ?? { filters: '', image: rest }
  const [filters, image] = [unquote(rawFilters), unquote(rawImage)]
  if (filters === undefined) return malformed(rawFilters, 'percent-encoded bytes that are not UTF-8')
  if (image === undefined) return malformed(rawImage, 'percent-encoded bytes that are not UTF-8')
  return Object.assign({}, noSegments, ...said, { filters, image })
}

/** The shortest text that ends with `)` before a slash, and what follows; `undefined` where there are no filters, or no image behind them. */
function cutFilters(raw: string): { readonly filters: string; readonly image: string } | undefined {
  const begin = 'filters:'
  if (!raw.startsWith(begin)) return undefined
  const end = raw.indexOf(')/', begin.length + 1)
  if (end < 0 || end + 2 === raw.length) return undefined
  return { filters: raw.slice(begin.length, end + 1), image: raw.slice(end + 2) }
}

/**
 * The trim that is meant. Where the documentation and Thumbor's reader disagree, the documentation holds: `trim:50` has the tolerance 50.
 * @returns `tolerance` from 0 on; the distance of two colours, at most 442 in RGB. `undefined` when nothing is trimmed.
 */
export function trimOf({ trim }: Pick<ThumborOptions, 'trim'>): { from: 'top-left' | 'bottom-right'; tolerance: number } | undefined {
  if (trim === null) return undefined
  if (trim.pos === 'top-left' || trim.pos === 'bottom-right') return { from: trim.pos, tolerance: trim.tolerance }
  return { from: 'top-left', tolerance: whole(trim.pos) }
}

/** Digits as a number; those that are too many become the largest whole number that is exact. */
function whole(digits: string | undefined): number {
  return Math.min(Number(digits ?? 0), Number.MAX_SAFE_INTEGER)
}

function side(text: string | undefined): number | 'orig' {
  return text === 'orig' ? text : whole(text)
}

/** A path of one segment, which can be no more than an image or a first segment. */
function headless(rest: string): Failure {
  if (/^unsafe\/?$/.test(rest)) return new Failure('key-missing', 'The URL names no picture behind unsafe/.', { parameter: 'unsafe' })
  return new Failure('hash-missing', `Expected unsafe/ or a hash before the picture, got "${clip(rest)}".`, { parameter: clip(rest) })
}

function malformed(word: string, what: string): Failure {
  return new Failure('url-malformed', `The URL has ${what}: "${clip(word)}".`, { parameter: clip(word) })
}
