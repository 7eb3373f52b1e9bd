import msssim from '@blazediff/ssim/msssim'

/** Multi-scale structural similarity of two pictures of RGBA pixels, 0 to 1. It looks at light alone, and does not take film grain for the picture. */
export function likeness(original, made, { width, height }) {
  return msssim(original, made, undefined, width, height)
}

/** What likeness does not see: how far the colours are off, 0 to 255; the mean distance in the plane of Cb and Cr. */
export function colourError(original, made) {
  let sum = 0
  for (let at = 0; at < original.length; at += 4) {
    const [red, green, blue] = [made[at] - original[at], made[at + 1] - original[at + 1], made[at + 2] - original[at + 2]]
    sum += Math.hypot(-0.1687 * red - 0.3313 * green + 0.5 * blue, 0.5 * red - 0.4187 * green - 0.0813 * blue)
  }
  return sum / (original.length / 4)
}
