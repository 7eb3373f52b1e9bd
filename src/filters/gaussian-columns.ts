import type { Pixels } from './filter.ts'

/** A Gaussian that ends: `radius` px to each side, whole, from 1; `sigma` its standard deviation in px, above 0. */
export type Window = { readonly radius: number; readonly sigma: number }

/** Up to this radius the plain sum over the window is the faster. */
const plainRadius = 6

/** What a sum may lack of the whole number that it would be without the rounding of floats: an even area must stay as it is. */
const slack = 1 / 1024

/**
 * Every column averaged under the window, each channel for itself, alpha as the others; beyond an edge its pixels go on. Values are cut to
 * whole ones. Wide windows cost no more than narrow ones.
 */
export function smoothColumns(pixels: Pixels, { radius, sigma }: Window): Pixels {
  const window = { radius: Math.min(radius, Math.ceil(5.5 * sigma)), sigma } // what lies beyond weighs less than a millionth
  return { ...pixels, data: window.radius <= plainRadius ? byWeights(pixels, window) : byWaves(pixels, window) }
}

/** The sum over the window, a row of the picture at a time, two rows of each side in one go. */
function byWeights({ data, width, height, channels }: Pixels, { radius, sigma }: Window): Buffer {
  const wide = width * channels
  const out = Buffer.allocUnsafe(data.length)
  const weights = weightsOf({ radius, sigma })
  const sums = new Float64Array(wide)
  for (let y = 0; y < height; y++) {
    const middle = weights[0] ?? 0
    for (let at = 0, row = y * wide; at < wide; at++) sums[at] = slack + middle * (data[row + at] ?? 0)
    for (let off = 1; off <= radius; off += 2) {
      const [near, far] = [weights[off] ?? 0, weights[off + 1] ?? 0]
      const [a, b, c, d] = [
        rowAt(y - off, height, wide),
        rowAt(y + off, height, wide),
        rowAt(y - off - 1, height, wide),
        rowAt(y + off + 1, height, wide),
      ]
      for (let at = 0; at < wide; at++) {
        sums[at] = (sums[at] ?? 0) + near * ((data[a + at] ?? 0) + (data[b + at] ?? 0)) + far * ((data[c + at] ?? 0) + (data[d + at] ?? 0))
      }
    }
    for (let at = 0, row = y * wide; at < wide; at++) out[row + at] = sums[at] ?? 0
  }
  return out
}

/** Where a row begins; beyond an edge, the one at the edge. */
function rowAt(y: number, height: number, wide: number): number {
  return Math.min(height - 1, Math.max(0, y)) * wide
}

/** From the middle outwards, adding up to 1 over both sides. */
function weightsOf({ radius, sigma }: Window): Float64Array {
  const weights = Float64Array.from({ length: radius + 1 }, (_, off) => Math.exp(-(off ** 2) / (2 * sigma ** 2)))
  const sum = weights.reduce((total, weight) => total + 2 * weight, -1)
  return weights.map((weight) => weight / sum)
}

/** One cosine of the window, with its sums of the row and of the row before for every value of a row. */
type Wave = {
  readonly weight: number
  readonly turn: number
  readonly entering: number
  readonly leaving: number
  now: Float64Array
  before: Float64Array
}

/**
 * The window as a sum of few cosines, whose sums over a window follow from those of the two rows before. With w a cosine's angle a pixel and
 * R the radius: s(y+1) = 2cos(w)·s(y) − s(y−1) + cos(wR)·[p(y+R+1) + p(y−R−1)] − cos(w(R+1))·[p(y+R) + p(y−R)].
 * @see Elboher, Werman: Cosine integral images for fast spatial and range filtering, 2011
 */
function byWaves({ data, width, height, channels }: Pixels, window: Window): Buffer {
  const { radius } = window
  const wide = width * channels
  const out = Buffer.allocUnsafe(data.length)
  const pairs = pairsOfWaves(window, data.subarray(0, wide))
  const entering = new Float64Array(wide)
  const leaving = new Float64Array(wide)
  const sums = new Float64Array(wide)
  // The window begins where it sees the first row alone, so that every sum is known.
  for (let y = -radius; y < height - 1; y++) {
    const [far, last, near, next] = [
      rowAt(y - radius - 1, height, wide),
      rowAt(y - radius, height, wide),
      rowAt(y + radius, height, wide),
      rowAt(y + radius + 1, height, wide),
    ]
    for (let at = 0; at < wide; at++) {
      entering[at] = (data[next + at] ?? 0) + (data[far + at] ?? 0)
      leaving[at] = (data[near + at] ?? 0) + (data[last + at] ?? 0)
    }
    sums.fill(slack)
    for (const pair of pairs) moveOn(pair, entering, leaving, sums)
    const row = (y + 1) * wide
    if (row >= 0) for (let at = 0; at < wide; at++) out[row + at] = sums[at] ?? 0
  }
  return out
}

/** The sums of the next row, and what they add to it; of two waves at once, which share what they read. */
function moveOn([first, second]: readonly [Wave, Wave], entering: Float64Array, leaving: Float64Array, sums: Float64Array): void {
  const { weight: weight1, turn: turn1, entering: entering1, leaving: leaving1, now: now1, before: next1 } = first
  const { weight: weight2, turn: turn2, entering: entering2, leaving: leaving2, now: now2, before: next2 } = second
  for (let at = 0; at < sums.length; at++) {
    const come = entering[at] ?? 0
    const gone = leaving[at] ?? 0
    const sum1 = turn1 * (now1[at] ?? 0) - (next1[at] ?? 0) + entering1 * come - leaving1 * gone
    const sum2 = turn2 * (now2[at] ?? 0) - (next2[at] ?? 0) + entering2 * come - leaving2 * gone
    next1[at] = sum1
    next2[at] = sum2
    sums[at] = (sums[at] ?? 0) + weight1 * sum1 + weight2 * sum2
  }
  first.now = next1
  first.before = now1
  second.now = next2
  second.before = now2
}

/**
 * How many standard deviations away the Gaussian and its spectrum are taken for nothing: there they are at 0.06 % of their middle, and a
 * pixel is off by a tenth of a value at worst.
 */
const negligible = 3.85

/**
 * The Fourier series of a Gaussian repeated so far off that within the window only one of them counts; as many cosines as weigh something.
 * @param first  The row that all rows before are like.
 */
function pairsOfWaves({ radius, sigma: asked }: Window, first: Uint8Array): (readonly [Wave, Wave])[] {
  const sigma = Math.min(asked, 50 * radius) // from there on all weights are alike
  const half = (radius + negligible * sigma) / 2
  const pairs = Math.ceil(((negligible * half) / (Math.PI * sigma) + 1) / 2)
  const waves = Array.from({ length: 2 * pairs }, (_, index) => {
    const angle = (Math.PI * index) / half
    let area = 1
    for (let off = 1; off <= radius; off++) area += 2 * Math.cos(angle * off)
    return { angle, area, share: (index === 0 ? 0.5 : 1) * Math.exp(-((sigma * angle) ** 2) / 2) }
  })
  const sum = waves.reduce((total, { share, area }) => total + share * area, 0)
  const wave = (index: number): Wave => {
    const { angle, area, share } = waves[index] ?? { angle: 0, area: 0, share: 0 }
    return {
      weight: share / sum,
      turn: 2 * Math.cos(angle),
      entering: Math.cos(angle * radius),
      leaving: Math.cos(angle * (radius + 1)),
      now: Float64Array.from(first, (value) => value * area),
      before: Float64Array.from(first, (value) => value * area),
    }
  }
  return Array.from({ length: pairs }, (_, pair) => [wave(2 * pair), wave(2 * pair + 1)])
}
