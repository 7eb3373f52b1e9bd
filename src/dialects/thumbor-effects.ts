import { Failure } from '../errors.ts'
import { type AnyFilter, readFilter } from '../filters/filter.ts'
import type { FilterStep } from '../recipe/steps.ts'
import { clip } from '../schema/field.ts'
import { printNumber } from '../schema/fields.ts'
import type { Arg } from './thumbor-filter-table.ts'

/** One of our effects with its arguments as text, by position. */
type Spelled = readonly [effect: string, texts: readonly string[]]

type Spell = (args: readonly Arg[]) => Spelled | undefined | Failure

/**
 * Thumbor's effects in the words of ours. A number that Thumbor does not bound is brought to the last one that still makes a difference.
 * @see https://thumbor.readthedocs.io/en/latest/filters.html
 */
const spells: ReadonlyMap<string, Spell> = new Map<string, Spell>([
  ['blur', blur],
  ['brightness', ([percent]) => ['rgb', [added(percent), added(percent), added(percent)]]],
  ['colorize', colorize],
  ['contrast', contrast],
  ['convolution', convolution],
  ['curve', (curves) => ['curve', curves.map((points) => curveText(`${points}`))]],
  ['equalize', () => ['equalize', ['1', 'darkest']]],
  ['grayscale', () => ['lightness', ['1']]],
  ['noise', ([amount, seed = 0]) => ['noise', [within(amount, 0, 1e6), printNumber(Number(seed) % 2 ** 32)]]],
  ['rgb', (percents) => ['rgb', percents.map(added)]],
  ['round_corner', roundCorner],
  ['saturation', ([factor]) => ['vivid', [within(factor, -1e9, 1e9)]]],
  ['sharpen', ([amount, size, luminance]) => ['crisp', [within(amount, -1e5, 1e5), within(size, -20, 20), luminance === true ? '1' : '0']]],
])

/** Names of those filters of Thumbor that `thumborEffect` knows. */
export const thumborEffects: ReadonlySet<string> = new Set(spells.keys())

/**
 * One of Thumbor's pixel filters as a step of a recipe.
 * @param name     As in Thumbor: one of `thumborEffects`.
 * @param args     As many as Thumbor's grammar asks for, of its types; optional ones may be left off.
 * @param filters  Our effects.
 * @returns        `undefined` when it changes nothing; `parameter-invalid` for what Thumbor answers with an error of its own, and for a
 *                 matrix or a number beyond what we do.
 */
export function thumborEffect(name: string, args: readonly Arg[], filters: readonly AnyFilter[]): FilterStep | undefined | Failure {
  const spelled = spells.get(name)?.(args)
  if (spelled === undefined || spelled instanceof Failure) return spelled
  const [effect, texts] = spelled
  const filter = filters.find((one) => one.name === effect)
  if (filter === undefined) return new Failure('parameter-unknown', `${name}: there is no effect "${effect}".`, { parameter: name })
  return readFilter(filter, name, texts)
}

/** A Gaussian of at most 150 px to each side, whose standard deviation is the radius before that cap, unless one is given. */
function blur([radius, sigma = 0]: readonly Arg[]): Spelled {
  const reach = Number(radius)
  const deviation = sigma === 0 ? (reach > 150 ? within(reach, 150, 10_000) : '0') : within(Math.abs(Number(sigma)), 0.05, 10_000)
  return ['soften', [within(reach, 0, 150), deviation]]
}

function colorize([red, green, blue, fill]: readonly Arg[]): Spelled | Failure {
  // Python's bytes.fromhex lets blanks stand between bytes
  const colour = `${fill}`.replace(/\s+(?=(?:[\da-f]{2}\s*)*$)/gi, '')
  if (!/^[\da-f]{6}$/i.test(colour)) return wrong('colorize', 'a colour of 6 hex digits', `${fill}`)
  return ['colorize', [...[red, green, blue].map((percent) => within(percent, 0, 25_500)), colour]]
}

/** The factor is the square of what remains of 100, in whole percent; what lies between two values is cut towards grey. */
function contrast([percent]: readonly Arg[]): Spelled {
  const factor = Math.trunc((Number(percent) + 100) ** 2 / 100) / 100
  return ['contrast', [within(factor, 0, 128), 'to-grey']]
}

/** A matrix by its numbers and how many of them are a row. */
function convolution([numbers, columns, normal = true]: readonly Arg[]): Spelled | Failure {
  const items = `${numbers}`.split(';')
  const wide = Number(columns)
  const high = items.length / wide
  if (wide % 2 !== 1 || high % 2 !== 1)
    return wrong('convolution', 'odd numbers of columns and of rows', `${items.length} numbers in ${wide} columns`)
  const rows = Array.from({ length: high }, (_, row) => items.slice(row * wide, (row + 1) * wide).map((item) => printNumber(Number(item))))
  return ['convolve', [rows.map((row) => row.join('_')).join(':'), normal === true ? '1' : '0']]
}

/**
 * `[(0,0),(255,255)]` as points by rising x; of two with one x the last counts. Numbers are bytes, which begin anew behind 255. No points are
 * no curve: Thumbor takes the memory that happens to lie there for one.
 */
function curveText(list: string): string {
  const points = new Map<number, number>()
  for (const [, x, y] of list.matchAll(/\((\d+),(\d+)\)/g)) points.set(Number(x) % 256, Number(y) % 256)
  return [...points]
    .sort(([a], [b]) => a - b)
    .map((point) => point.join('_'))
    .join(':')
}

/** `20` or `20|40`, then red, green and blue, then whether the corners are to be clear. */
function roundCorner([radii, red, green, blue, clear = false]: readonly Arg[]): Spelled | undefined | Failure {
  const [across = '0', down = across] = `${radii}`.split('|')
  if (Number(across) === 0 || Number(down) === 0) return undefined
  const channels = [red, green, blue].map(Number)
  if (!channels.every((channel) => channel <= 255)) return wrong('round_corner', 'red, green and blue of 0 to 255', channels.join(','))
  const colour = channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')
  return ['corners', [within(across, 0, 1e6), within(down, 0, 1e6), colour, clear === true ? '1' : '0']]
}

/** Percent added to a channel: 100 makes any value white, -100 black. */
function added(percent: Arg | undefined): string {
  return within(percent, -100, 100)
}

function within(value: Arg | undefined, min: number, max: number): string {
  return printNumber(Math.min(max, Math.max(min, Number(value))))
}

function wrong(name: string, expected: string, got: string): Failure {
  return new Failure('parameter-invalid', `${name}: expected ${expected}, got "${clip(got)}".`, { parameter: name, expected })
}
