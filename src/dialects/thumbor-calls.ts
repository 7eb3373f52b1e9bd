import {
  type Arg,
  type ArgType,
  argTypes,
  defaultFilters,
  type Phase,
  phases,
  type ThumborFilterName,
  thumborFilters,
} from './thumbor-filter-table.ts'

/** One filter that runs. Optional arguments that were left off are left off here too; lists of points and numbers are as they were written. */
export type Call = { readonly name: ThumborFilterName; readonly phase: Phase; readonly args: readonly Arg[] }

/** Most filters that run in one URL: each may be a pass over the whole picture. */
const mostCalls = 64
/** Most pieces that are named as left out, and their longest text, in characters: they are told in a header. */
const mostDropped = 10
const longestDropped = 60

/**
 * The filters that a text asks for, in the order in which they run: by phase, and within a phase as they stand.
 * @param text     Decoded, without `filters:` (see `ThumborOptions.filters`): `quality(80):blur(2)`.
 * @param enabled  Names of those that run; others are left out as if there were none.
 * @returns `dropped`: what is no filter, has wrong arguments, or is one too many, as written but clipped; the last entry may be a count
 *          (`3 more`). Never a failure: Thumbor runs what it understands. Takes time in proportion to the length.
 */
export function readCalls(
  text: string,
  enabled: ReadonlySet<string> = defaultFilters,
): { readonly calls: readonly Call[]; readonly dropped: readonly string[] } {
  if (text === '') return { calls: [], dropped: [] }
  const pieces = text.split('):')
  const calls: Call[] = []
  const dropped: string[] = []
  for (const [index, piece] of pieces.entries()) {
    // The last one has kept its own parenthesis.
    const whole = index === pieces.length - 1 ? piece : `${piece})`
    const call = calls.length < mostCalls ? readCall(whole, enabled) : undefined
    if (call === undefined) dropped.push(whole)
    else calls.push(call)
  }
  return { calls: phases.flatMap((phase) => calls.filter((call) => call.phase === phase)), dropped: clipped(dropped) }
}

/** One filter with its arguments: `blur(7, 1.5)`. What stands behind its parenthesis says nothing. */
function readCall(piece: string, enabled: ReadonlySet<string>): Call | undefined {
  const open = piece.indexOf('(')
  const name = piece.slice(0, Math.max(open, 0))
  if (!Object.hasOwn(thumborFilters, name) || !enabled.has(name)) return undefined
  const filter = thumborFilters[name as ThumborFilterName]
  const types = filter.args.map((arg): ArgType => argTypes[arg])
  const needed = types.length - ('optional' in filter ? filter.optional : 0)
  const args = readArgs(piece, open + 1, types, needed, 0)
  return args === undefined ? undefined : { name: name as ThumborFilterName, phase: filter.phase, args }
}

/**
 * The arguments from `at` on, when they are all there and of the right types and a parenthesis closes them.
 * @param index   Of the argument that comes next.
 * @param needed  So many must be there.
 */
function readArgs(text: string, at: number, types: readonly ArgType[], needed: number, index: number): readonly Arg[] | undefined {
  if (text[at] === ')' && index >= needed) return []
  const type = types[index]
  if (type === undefined || (index > 0 && text[at] !== ',')) return undefined
  const from = index === 0 ? at : at + 1
  for (const { begin, end } of type.pattern === undefined
    ? strings(text, from, index === types.length - 1 ? ')' : ',')
    : matches(text, from, type.pattern)) {
    const rest = readArgs(text, pastBlanks(text, end), types, needed, index + 1)
    if (rest !== undefined) return [type.value(text.slice(begin, end)), ...rest]
  }
  return undefined
}

type Span = { readonly begin: number; readonly end: number }

/** All types but String take as much as they can, and would fit nowhere with less. */
function matches(text: string, from: number, pattern: RegExp): readonly Span[] {
  const begin = pastBlanks(text, from)
  pattern.lastIndex = begin
  const [found] = pattern.exec(text) ?? []
  return found === undefined ? [] : [{ begin, end: begin + found.length }]
}

/**
 * The ways to take a String, the likeliest first: up to a closing quote, each in turn; else up to the mark that ends it, with no comma
 * inside. Blanks around it are none of it, unless there is nothing else.
 */
function* strings(text: string, from: number, mark: ',' | ')'): Iterable<Span> {
  const start = pastBlanks(text, from)
  if (text[start] === "'") {
    const line = text.indexOf('\n', start)
    for (let quote = text.indexOf("'", start + 2); quote > 0 && (line < 0 || quote < line); quote = text.indexOf("'", quote + 1)) {
      yield { begin: start, end: quote + 1 }
    }
  }
  for (const begin of start > from ? [start, start - 1] : [start]) {
    const close = text.indexOf(mark, begin + 1)
    const comma = text.indexOf(',', begin)
    if (close < 0 || (comma >= 0 && comma < close)) continue
    yield { begin, end: begin + Math.max(1, text.slice(begin, close).trimEnd().length) }
  }
}

function pastBlanks(text: string, at: number): number {
  let past = at
  while (past < text.length && /\s/.test(text.charAt(past))) past++
  return past
}

function clipped(dropped: readonly string[]): readonly string[] {
  const named = dropped
    .slice(0, mostDropped)
    .map((piece) => (piece.length > longestDropped ? `${piece.slice(0, longestDropped - 1)}…` : piece))
  return dropped.length > mostDropped ? [...named, `${dropped.length - mostDropped} more`] : named
}
