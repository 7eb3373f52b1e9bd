// How like two pictures of one size are to somebody who looks at them: for golden images and for the side-by-side with Thumbor.
import { ssim } from 'ssim.js'

/** Pixels of RGBA laid on a middle gray, so that what is clear differs from both black and white. */
export function onGray(data) {
  const shown = new Uint8ClampedArray(data.length)
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] / 255
    for (let channel = 0; channel < 3; channel++) shown[at + channel] = Math.round(data[at + channel] * alpha + 128 * (1 - alpha))
    shown[at + 3] = 255
  }
  return shown
}

/** Structural similarity of their light, at most 1, and mean difference of their colours, 0 to 255; of pictures without alpha. */
export function likeness(a, b) {
  return { ssim: ssim(plain(a), plain(b)).mssim, difference: difference(a, b) }
}

const plain = ({ data, width, height }) => ({ data, width, height })

/** Mean difference of red, green and blue, 0 to 255. */
export function difference(a, b) {
  let sum = 0
  for (let at = 0; at < a.data.length; at++) sum += Math.abs(a.data[at] - b.data[at]) // alpha is 255 in both
  return sum / (a.width * a.height * 3)
}
