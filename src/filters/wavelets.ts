/** One value a pixel, row by row. */
export type Plane = Float32Array

type Size = { readonly width: number; readonly height: number }

/** Pixels of a band that is worked on at once: it fits a processor's cache, and large pictures take no more memory than small ones. */
const bandPixels = 2 ** 18

/**
 * A picture cut into detail of growing size, each size amplified, and put together again: the à-trous wavelets of a hat that doubles its
 * width. At the edges the picture is mirrored, as often as a small one needs.
 * @param read   Fills a plane with the picture's values from the pixel of that index on.
 * @param gains  Factor for each size of detail, from the finest; 1 leaves it.
 * @returns      Bands of whole rows from the top, each valid until the next is asked for; `from` is the index of the first pixel.
 */
export function* amplified(
  { width, height }: Size,
  read: (plane: Plane, from: number) => void,
  gains: readonly number[],
): Generator<{ readonly from: number; readonly plane: Float64Array }, void, void> {
  const reach = 2 ** gains.length - 1 // rows above and below that a row depends on
  const rows = Math.max(2 * reach, Math.floor(bandPixels / width))
  const most = width * Math.min(height, rows + 2 * reach)
  const memory: Memory = { values: new Float32Array(most), across: new Float32Array(most), result: new Float64Array(most) }
  for (let top = 0; top < height; top += rows) {
    const bottom = Math.min(height, top + rows)
    const [above, below] = [Math.max(0, top - reach), Math.min(height, bottom + reach)]
    const band = { width, height: below - above }
    read(memory.values.subarray(0, width * band.height), above * width)
    putTogether(memory, band, gains)
    yield { from: top * width, plane: memory.result.subarray((top - above) * width, (bottom - above) * width) }
  }
}

/** What a band works in, reused by the next. The result holds large gains that make up for each other, which 32 bits would blur. */
type Memory = { readonly values: Plane; readonly across: Plane; readonly result: Float64Array }

/**
 * With c(k) the picture without its k finest sizes of detail, and g its gains, Σ g(k)·[c(k) − c(k+1)] + c(n): gathered by c, so that each is
 * needed but once.
 */
function putTogether({ values, across, result }: Memory, size: Size, gains: readonly number[]): void {
  const shares = [...gains, 1].map((gain, level) => gain - (level === 0 ? 0 : (gains[level - 1] ?? 0)))
  const [first = 1, ...others] = shares
  for (let at = 0; at < size.width * size.height; at++) result[at] = first * (values[at] ?? 0)
  for (const [level, share] of others.entries()) {
    hatAcross(values, across, size, 2 ** level)
    hatDown(across, values, size, 2 ** level, result, share)
  }
}

/** Each value with its neighbours `step` to the left and right, weighing a quarter each. */
function hatAcross(from: Plane, to: Plane, { width, height }: Size, step: number): void {
  const left = Math.min(step, width)
  const right = Math.max(left, width - step)
  for (let row = 0; row < width * height; row += width) {
    for (let at = row + left, end = row + right; at < end; at++) {
      to[at] = 0.5 * (from[at] ?? 0) + 0.25 * ((from[at - step] ?? 0) + (from[at + step] ?? 0))
    }
  }
  for (let x = 0; x < width; x += x === left - 1 ? right - x : 1) {
    const [before, after] = [mirrored(x - step, width), mirrored(x + step, width)]
    for (let row = 0; row < width * height; row += width) {
      to[row + x] = 0.5 * (from[row + x] ?? 0) + 0.25 * ((from[row + before] ?? 0) + (from[row + after] ?? 0))
    }
  }
}

/** The same with those above and below; a share of it is added to the result. */
function hatDown(from: Plane, to: Plane, { width, height }: Size, step: number, result: Float64Array, share: number): void {
  for (let y = 0, row = 0; y < height; y++, row += width) {
    const above = mirrored(y - step, height) * width
    const below = mirrored(y + step, height) * width
    for (let x = 0; x < width; x++) {
      const value = 0.5 * (from[row + x] ?? 0) + 0.25 * ((from[above + x] ?? 0) + (from[below + x] ?? 0))
      to[row + x] = value
      result[row + x] = (result[row + x] ?? 0) + share * value
    }
  }
}

/** The index that stands for one beyond the ends: the way back, without the end itself once more. */
function mirrored(at: number, length: number): number {
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const within = ((at % period) + period) % period
  return within < length ? within : period - within
}
