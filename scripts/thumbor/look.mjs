// What the side-by-side with Thumbor sees of a picture, and how it tells whether two of them are one.
import sharp from 'sharp'
import { difference, likeness as likenessOf, onGray } from '../flat.mjs'

/** Sides below this are shorter than a window of structural similarity: there the colours alone are compared. */
const shortestForSsim = 11

/** At most so many cells, each way, in a fingerprint. */
const cells = 16

/**
 * A picture as its viewer sees it: sRGB, an embedded profile applied, laid on a middle gray so that what is clear differs from both black and
 * white; an animation by its first frame. Rejects for what is no picture.
 */
export async function seen(bytes) {
  const { pages = 1 } = await sharp(bytes).metadata()
  const { data, info } = await sharp(bytes).toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  let opacity = 0
  for (let at = 3; at < data.length; at += 4) opacity += data[at]
  return { data: onGray(data), alpha: (opacity * 4) / data.length, width: info.width, height: info.height, pages }
}

/**
 * How like two pictures of one size are.
 * @returns  `ssim`: structural similarity of their light, at most 1, and 1 where a side is too short for it; `difference`: mean difference of
 *           their colours, 0 to 255; `alpha`: difference of their mean opacity, 0 to 255.
 */
export function likeness(a, b) {
  const small = Math.min(a.width, a.height) < shortestForSsim
  return { ...(small ? { ssim: 1, difference: difference(a, b) } : likenessOf(a, b)), alpha: Math.abs(a.alpha - b.alpha) }
}

/**
 * A picture in some hundred bytes.
 * @returns  `luma`: mean light of up to 16x16 cells of whole pixels, row by row, as base64; `mean`: mean red, green, blue and alpha; `grain`:
 *           mean difference of neighbours in light, which blur lowers and sharpening raises. All 0 to 255.
 */
export function fingerprint(picture) {
  const { data, width, height, alpha } = picture
  const light = new Float64Array(width * height)
  const sums = [0, 0, 0]
  for (let at = 0; at < light.length; at++) {
    const [red, green, blue] = [data[at * 4], data[at * 4 + 1], data[at * 4 + 2]]
    light[at] = 0.299 * red + 0.587 * green + 0.114 * blue
    sums[0] += red
    sums[1] += green
    sums[2] += blue
  }
  const mean = [...sums.map((sum) => sum / light.length), alpha].map(rounded)
  return { luma: luma(light, width, height).toString('base64'), mean, grain: rounded(grain(light, width, height)) }
}

const rounded = (value) => Math.round(value * 10) / 10

function luma(light, width, height) {
  const [across, down] = [Math.min(cells, width), Math.min(cells, height)]
  const found = Buffer.alloc(across * down)
  for (let row = 0; row < down; row++) {
    const [top, bottom] = [Math.floor((row * height) / down), Math.floor(((row + 1) * height) / down)]
    for (let column = 0; column < across; column++) {
      const [left, right] = [Math.floor((column * width) / across), Math.floor(((column + 1) * width) / across)]
      let sum = 0
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += light[y * width + x]
      found[row * across + column] = Math.round(sum / ((bottom - top) * (right - left)))
    }
  }
  return found
}

function grain(light, width, height) {
  let [sum, count] = [0, 0]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      if (x + 1 < width) [sum, count] = [sum + Math.abs(light[at] - light[at + 1]), count + 1]
      if (y + 1 < height) [sum, count] = [sum + Math.abs(light[at] - light[at + width]), count + 1]
    }
  return count === 0 ? 0 : sum / count
}

/** How far two fingerprints of pictures of one size are apart: means and the greatest of the cells, the colours, the opacity, the grain. */
export function distance(a, b) {
  const [one, other] = [Buffer.from(a.luma, 'base64'), Buffer.from(b.luma, 'base64')]
  const steps = Array.from(one, (value, at) => Math.abs(value - other[at]))
  return {
    cells: steps.reduce((sum, step) => sum + step, 0) / steps.length,
    cell: Math.max(...steps),
    colour: Math.max(...[0, 1, 2].map((channel) => Math.abs(a.mean[channel] - b.mean[channel]))),
    alpha: Math.abs(a.mean[3] - b.mean[3]),
    grain: Math.abs(a.grain - b.grain),
  }
}
