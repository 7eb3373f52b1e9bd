// Numbers that look like nature, and are the same each time: everything here depends on its arguments alone.

/** @typedef {readonly [number, number, number]} Rgb Linear light, 0 (black) to about 1. */

/** A generator of numbers in 0..1 (mulberry32). @param {number} seed @returns {() => number} */
export function randomFrom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const size = 256
const gradientX = new Float32Array(size * size)
const gradientY = new Float32Array(size * size)
const random = randomFrom(1839)
for (let i = 0; i < size * size; i++) {
  const angle = random() * 2 * Math.PI
  gradientX[i] = Math.cos(angle)
  gradientY[i] = Math.sin(angle)
}

/** Gradient noise, about -1..1, smooth, one bump a unit. @param {number} x @param {number} y */
export function noise(x, y) {
  const left = Math.floor(x)
  const top = Math.floor(y)
  const fx = x - left
  const fy = y - top
  const a = ((top & 255) << 8) | (left & 255)
  const b = ((top & 255) << 8) | ((left + 1) & 255)
  const c = (((top + 1) & 255) << 8) | (left & 255)
  const d = (((top + 1) & 255) << 8) | ((left + 1) & 255)
  const u = fx * fx * fx * (fx * (fx * 6 - 15) + 10)
  const v = fy * fy * fy * (fy * (fy * 6 - 15) + 10)
  const na = gradientX[a] * fx + gradientY[a] * fy
  const nb = gradientX[b] * (fx - 1) + gradientY[b] * fy
  const nc = gradientX[c] * fx + gradientY[c] * (fy - 1)
  const nd = gradientX[d] * (fx - 1) + gradientY[d] * (fy - 1)
  const upper = na + (nb - na) * u
  return 1.5 * (upper + (nc + (nd - nc) * u - upper) * v)
}

/** Noise upon noise, each octave half as large and half as strong. @param {number} x @param {number} y @param {number} octaves */
export function fractal(x, y, octaves) {
  let sum = 0
  let strength = 0.5
  for (let i = 0; i < octaves; i++) {
    sum += strength * noise(x, y)
    const turned = 1.6 * x + 1.2 * y // turned by 37 degrees, so that no grid shows
    y = -1.2 * x + 1.6 * y + 17.3
    x = turned + 9.1
    strength *= 0.5
  }
  return sum
}

/** The same with sharp crests, 0..1: what water and frost make of mountains. @param {number} x @param {number} y @param {number} octaves */
export function ridged(x, y, octaves) {
  let sum = 0
  let strength = 0.5
  let weight = 1
  for (let i = 0; i < octaves; i++) {
    const crest = (1 - Math.abs(noise(x, y))) ** 2 * weight
    sum += strength * crest
    weight = clamp(crest * 1.6, 0, 1) // valleys stay smooth
    const turned = 1.6 * x + 1.2 * y
    y = -1.2 * x + 1.6 * y + 31.7
    x = turned + 5.3
    strength *= 0.5
  }
  return sum
}

/** @param {number} value @param {number} low @param {number} high */
export function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value))
}

/** 0 up to `from`, 1 from `to` on, smooth between. @param {number} from @param {number} to @param {number} value */
export function smooth(from, to, value) {
  const t = clamp((value - from) / (to - from), 0, 1)
  return t * t * (3 - 2 * t)
}

/** @param {number} a @param {number} b @param {number} t */
export function mix(a, b, t) {
  return a + (b - a) * t
}

/** @param {Rgb} a @param {Rgb} b @param {number} t @returns {Rgb} */
export function mixRgb(a, b, t) {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]
}

/** Linear light to a byte on film: highlights roll off (ACES curve by Krzysztof Narkowicz), then the sRGB curve. @param {number} light */
export function develop(light) {
  const film = clamp((light * (2.51 * light + 0.03)) / (light * (2.43 * light + 0.59) + 0.14), 0, 1)
  return 255 * (film <= 0.0031308 ? 12.92 * film : 1.055 * film ** (1 / 2.4) - 0.055)
}

/** Film grain in place: finer than a pixel is sharp, strongest in the middle tones. @param {Buffer} rgb @param {number} strength @param {number} seed */
export function grain(rgb, strength, seed) {
  const next = randomFrom(seed)
  for (let i = 0; i < rgb.length; i += 3) {
    const level = (rgb[i] + rgb[i + 1] + rgb[i + 2]) / 765
    const speck = (next() + next() + next() - 1.5) * strength * (0.4 + 2.4 * level * (1 - level))
    for (let c = 0; c < 3; c++) rgb[i + c] = clamp(rgb[i + c] + speck + (next() - 0.5) * strength * 0.3, 0, 255)
  }
}
