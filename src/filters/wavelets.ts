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
): Generator<{ readonly from: number; readonly plane: Plane }, void, void> {
  const reach = 2 ** gains.length - 1 // rows above and below that a row depends on
  const rows = Math.max(2 * reach, Math.floor(bandPixels / width))
  for (let top = 0; top < height; top += rows) {
    const bottom = Math.min(height, top + rows)
    const [above, below] = [Math.max(0, top - reach), Math.min(height, bottom + reach)]
    const band = { width, height: below - above }
    const values: Plane = new Float32Array(width * band.height)
    read(values, above * width)
    const plane = putTogether(values, band, gains)
    yield { from: top * width, plane: plane.subarray((top - above) * width, (bottom - above) * width) }
  }
}

function putTogether(values: Plane, size: Size, gains: readonly number[]): Plane {
  const result = new Float32Array(values.length)
  const across = new Float32Array(values.length)
  let fine = values
  let coarse: Plane = new Float32Array(values.length)
  for (const [level, gain] of gains.entries()) {
    hatAcross(fine, across, size, 2 ** level)
    hatDown(across, coarse, size, 2 ** level)
    const last = level === gains.length - 1 ? 1 : 0
    for (let at = 0; at < result.length; at++) {
      const left = coarse[at] ?? 0
      result[at] = (result[at] ?? 0) + gain * ((fine[at] ?? 0) - left) + last * left
    }
    const free = fine
    fine = coarse
    coarse = free
  }
  return result
}

/** Each value with its neighbours `step` to the left and right, weighing a quarter each. */
function hatAcross(from: Plane, to: Plane, { width, height }: Size, step: number): void {
  const lefts = Int32Array.from({ length: width }, (_, x) => mirrored(x - step, width))
  const rights = Int32Array.from({ length: width }, (_, x) => mirrored(x + step, width))
  for (let y = 0, row = 0; y < height; y++, row += width) {
    for (let x = 0; x < width; x++) {
      to[row + x] = 0.5 * (from[row + x] ?? 0) + 0.25 * ((from[row + (lefts[x] ?? 0)] ?? 0) + (from[row + (rights[x] ?? 0)] ?? 0))
    }
  }
}

/** The same with those above and below. */
function hatDown(from: Plane, to: Plane, { width, height }: Size, step: number): void {
  for (let y = 0, row = 0; y < height; y++, row += width) {
    const above = mirrored(y - step, height) * width
    const below = mirrored(y + step, height) * width
    for (let x = 0; x < width; x++) {
      to[row + x] = 0.5 * (from[row + x] ?? 0) + 0.25 * ((from[above + x] ?? 0) + (from[below + x] ?? 0))
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
