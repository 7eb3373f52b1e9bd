/** The filters of Thumbor: their names, when they run, and what their arguments are. What they do to a picture is said elsewhere. */

/** Before the original is read; on the whole original; on the picture in its new size. */
export type Phase = (typeof phases)[number]
export const phases = ['pre-load', 'after-load', 'post-transform'] as const

/** What stands where an argument is expected: how much of the text it takes, and what value that is. */
export type ArgType = {
  readonly doc: string
  /** Sticky, and in one pass; absent for a String, which may stand in quotes. */
  readonly pattern?: RegExp
  readonly value: (text: string) => Arg
}
export type Arg = number | string | boolean

/** Too many digits for a number become the largest that is exact, with its sign. */
const whole = (text: string): number => Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number(text), Number.MAX_SAFE_INTEGER)) || 0
const asWritten = (text: string): string => text

export const argTypes = {
  positive: { doc: 'digits', pattern: /\d+/y, value: whole },
  nonZero: { doc: 'digits, not all 0', pattern: /0*[1-9]\d*/y, value: whole },
  number: { doc: 'a whole number', pattern: /-?\d+/y, value: whole },
  decimal: { doc: 'a number', pattern: /-?(?:\d+\.?\d*|\.\d+)/y, value: (text) => Math.max(-1e15, Math.min(Number(text), 1e15)) || 0 },
  boolean: { doc: 'true, True, 1 or false, False, 0', pattern: /[Tt]rue|[Ff]alse|1|0/y, value: (text) => /^(?:[Tt]rue|1)$/.test(text) },
  word: { doc: 'letters, digits and _', pattern: /[\p{L}\p{N}_]+/uy, value: asWritten },
  string: { doc: 'text without commas, or with them in single quotes', value: (text) => text.replace(/^'([^\n]+)'$/, '$1') },
  curve: { doc: 'points: [(0,0),(255,255)]', pattern: /\[(?:\(\d+,\d+\),?)*\]/y, value: asWritten },
  kernel: { doc: 'numbers with ; between them', pattern: /-?\d+\.?\d*(?:;-?\d+\.?\d*)*/y, value: asWritten },
  radii: { doc: 'px, or two of them: 20|40', pattern: /\d+(?:\|\d+)?/y, value: asWritten },
  place: { doc: 'px, percent (10p), center or repeat', pattern: /-?\d+p?|center|repeat/y, value: asWritten },
  ratio: { doc: 'percent, or none', pattern: /-?\d+|none/y, value: asWritten },
} as const satisfies Record<string, ArgType>

export type ThumborFilter = {
  readonly phase: Phase
  readonly args: readonly (keyof typeof argTypes)[]
  /** How many of the last arguments may be left off. */
  readonly optional?: number
  /** Not among those that Thumbor runs unless it is told to. */
  readonly optIn?: true
}

const post = 'post-transform'

export const thumborFilters = {
  background_color: { phase: post, args: ['word'] },
  blur: { phase: post, args: ['nonZero', 'decimal'], optional: 1 },
  brightness: { phase: post, args: ['number'] },
  colorize: { phase: post, args: ['positive', 'positive', 'positive', 'string'] },
  contrast: { phase: post, args: ['number'] },
  convolution: { phase: post, args: ['kernel', 'nonZero', 'boolean'], optional: 1 },
  curve: { phase: post, args: ['curve', 'curve', 'curve', 'curve'] },
  equalize: { phase: post, args: [] },
  extract_focal: { phase: 'pre-load', args: [] },
  fill: { phase: post, args: ['word', 'boolean'], optional: 1 },
  focal: { phase: 'pre-load', args: ['string'] },
  format: { phase: post, args: ['string'] },
  frame: { phase: post, args: ['string'] },
  grayscale: { phase: post, args: [] },
  max_age: { phase: post, args: ['positive'] },
  max_bytes: { phase: post, args: ['positive'] },
  no_upscale: { phase: 'after-load', args: [] },
  noise: { phase: post, args: ['positive', 'positive'], optional: 1 },
  proportion: { phase: post, args: ['decimal'] },
  quality: { phase: post, args: ['positive'] },
  rgb: { phase: post, args: ['number', 'number', 'number'] },
  rotate: { phase: post, args: ['number'] },
  round_corner: { phase: post, args: ['radii', 'positive', 'positive', 'positive', 'boolean'], optional: 1 },
  saturation: { phase: post, args: ['decimal'] },
  sharpen: { phase: post, args: ['decimal', 'decimal', 'boolean'] },
  stretch: { phase: 'pre-load', args: [] },
  strip_exif: { phase: post, args: [] },
  strip_icc: { phase: post, args: [] },
  upscale: { phase: post, args: [] },
  watermark: { phase: post, args: ['string', 'place', 'place', 'positive', 'ratio', 'ratio'], optional: 2 },
  autojpg: { phase: post, args: ['boolean'], optional: 1, optIn: true },
  red_eye: { phase: post, args: [], optIn: true },
  gifv: { phase: post, args: ['word'], optional: 1, optIn: true },
} as const satisfies Record<string, ThumborFilter>

export type ThumborFilterName = keyof typeof thumborFilters

/** Those that run where nothing else is configured. */
export const defaultFilters: ReadonlySet<string> = new Set(
  Object.entries<ThumborFilter>(thumborFilters).flatMap(([name, { optIn }]) => (optIn === true ? [] : [name])),
)
