import { Failure } from '../errors.ts'
import type { Length } from '../recipe/length.ts'
import type { Spot } from '../recipe/spot.ts'
import { type StepOf, step } from '../recipe/steps.ts'

/** As the grammar of filters gives them: numbers where a filter takes numbers alone. */
export type FilterArgs = readonly (string | number | boolean | undefined)[]

/** What lies beyond any picture; larger numbers mean no more. */
const farthest = 1e6
/** Percent of a side; a mark is not scaled further. */
const largest = 999

/**
 * `watermark(url, x, y, alpha[, w_ratio[, h_ratio]])` as a step.
 * @param args  The call's arguments, its url first: `key` stands for that one.
 * @returns     `undefined` where an argument has another form than Thumbor's, which drops the call; `parameter-invalid` for ratios below 0
 *              alone, with which Thumbor fails.
 * @see https://thumbor.readthedocs.io/en/latest/watermark.html
 */
export function watermarkStep([, x, y, alpha, wide, high]: FilterArgs, key: string): StepOf<'overlay'> | undefined | Failure {
  const [across, down] = [spotOf(x), spotOf(y)]
  const fade = /^\d+$/.test(`${alpha}`) ? Math.min(100, Number(alpha)) : undefined
  const [width, height] = [ratioOf(wide), ratioOf(high)]
  if (across === undefined || down === undefined || fade === undefined || width === undefined || height === undefined) return undefined
  // Beside a ratio that can be met, one below 0 bounds nothing.
  const given = { ...(isLength(width) ? { width } : {}), ...(isLength(height) ? { height } : {}) }
  const sides = Object.keys(given).length
  if (sides === 0) for (const side of [width, height]) if (side instanceof Failure) return side
  return step('overlay', {
    key,
    across,
    down,
    fade,
    ...given,
    fit: sides === 2 ? 'contain' : 'fill',
    rounding: sides === 0 ? 'half-up' : 'half-even',
  })
}

function isLength(ratio: Length | 'none' | Failure): ratio is Length {
  return ratio !== 'none' && !(ratio instanceof Failure)
}

/** `30`, `-30`, `10p`, `-10p`, `center`, `repeat`. Whatever begins with `-`, `-0` too, counts from the far edge. */
function spotOf(arg: FilterArgs[number]): Spot | undefined {
  if (arg === 'center' || arg === 'repeat') return arg
  const [, sign, digits, percent] = /^(-?)(\d+)(p?)$/.exec(`${arg}`) ?? []
  if (digits === undefined) return undefined
  const number = Number(digits)
  const parts = percent === 'p' && number > 0 && number <= largest
  const px = percent === 'p' && number > 0 ? farthest : Math.min(farthest, number)
  return { edge: sign === '-' ? 'far' : 'near', distance: parts ? partOf(number) : { px } }
}

/** `none`, or percent of the picture's side; 0 is none too. */
function ratioOf(arg: FilterArgs[number]): Length | 'none' | undefined | Failure {
  if (arg === undefined || arg === 'none') return 'none'
  const [, sign, digits] = /^(-?)(\d+)$/.exec(`${arg}`) ?? []
  if (digits === undefined) return undefined
  const number = Number(digits)
  if (number === 0) return 'none'
  if (sign === '-') {
    const expected = 'a percentage from 0, or none'
    return new Failure('parameter-invalid', `watermark: expected ${expected}, got "${arg}".`, { parameter: 'watermark', expected })
  }
  return partOf(Math.min(largest, number))
}

/** The nearest double; a division would round twice. */
function partOf(percent: number): { readonly part: number } {
  return { part: Number(`${percent}e-2`) }
}
