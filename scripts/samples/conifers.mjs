// Fir trees on a near bank, against the light: needles as thin strokes, warm on the side of the sun. They frame the picture.
import { mix, randomFrom } from './noise.mjs'

/** A wood that frames a picture of this size on the left, and a few trees on the right. @param {number} width @param {number} height @returns {Buffer} SVG. */
export function conifers(width, height) {
  const random = randomFrom(77)
  /** @type {Map<string, string[]>} Strokes by their look. */
  const strokes = new Map()
  const stroke = (/** @type {string} */ look, /** @type {string} */ path) => strokes.set(look, [...(strokes.get(look) ?? []), path])
  const trees = [
    [0.012, 0.99, 0.62],
    [0.062, 1.0, 0.78],
    [0.118, 1.0, 0.54],
    [0.16, 1.01, 0.36],
    [0.198, 1.02, 0.24],
    [0.232, 1.03, 0.15],
    [0.93, 1.05, 0.2],
    [0.968, 1.03, 0.4],
    [1.005, 1.02, 0.56],
  ]
  for (const [x = 0, base = 1, tall = 0.5] of trees) tree(x * width, base * height, tall * height, random, stroke)
  const groups = [...strokes].map(([look, paths]) => `<path ${look} d="${paths.join('')}"/>`)
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g fill="none" stroke-linecap="round">${bank(width, height, random)}${groups.join('')}</g></svg>`,
  )
}

/** @param {number} x @param {number} base @param {number} tall @param {() => number} random @param {(look: string, path: string) => void} stroke */
function tree(x, base, tall, random, stroke) {
  const lean = (random() - 0.5) * 0.03
  const spot = (/** @type {number} */ up) => x + lean * tall * up
  for (let up = 0; up < 0.97; up += 0.05) {
    const thick = ((tall / 62) * (1 - up) + 1).toFixed(1)
    stroke(
      `stroke="#0c0d0c" stroke-width="${thick}"`,
      `M${n(spot(up))} ${n(base - tall * up)}L${n(spot(up + 0.05))} ${n(base - tall * (up + 0.05))}`,
    )
  }
  for (let up = 0.03; up < 1; up += 0.006 + random() * 0.006) {
    const reach = tall * (0.01 + 0.155 * (1 - up) ** 0.85) * (0.45 + 0.62 * random()) * (0.85 + 0.25 * Math.sin(up * 40 + x))
    for (const side of [-1, 1]) {
      const length = reach * (0.75 + 0.4 * random())
      const droop = 0.28 * (1 - up) + 0.1 * random() - 0.3 * up ** 3
      const y = base - tall * up
      // A branch hangs and lifts its tip; twigs hang from it, shorter towards the tip.
      for (let along = 0.06; along <= 1; along += 2.6 / length) {
        const bx = spot(up) + side * length * along
        const by = y + length * droop * (along - 0.42 * along ** 2) + (random() - 0.5) * 2
        const twig = (1.2 - along) * tall * 0.02 + 2.6 + random() * 3
        const light = side > 0 && along > 0.62 && random() < 0.34 ? 2 : random() < 0.4 ? 1 : 0
        const look = [
          'stroke="#0a0d0c" stroke-width="2.1"',
          'stroke="#121613" stroke-width="1.6"',
          'stroke="#5d4a2c" stroke-opacity="0.75" stroke-width="0.9"',
        ][light]
        stroke(look ?? '', `M${n(bx)} ${n(by)}l${n(side * twig * mix(-0.25, 0.8, random()))} ${n(twig * mix(0.45, 0.95, random()))}`)
      }
    }
  }
}

/** The ground under the trees, with grass on its edge. @param {number} width @param {number} height @param {() => number} random */
function bank(width, height, random) {
  const edge = (/** @type {number} */ x) =>
    height * (0.93 + 0.16 * Math.sin(Math.min(1, x / width) * Math.PI) ** 0.9 - 0.012 * Math.sin(x / 37) * Math.sin(x / 91))
  let line = `M0 ${height}`
  for (let x = 0; x <= width; x += 4) line += `L${x} ${n(edge(x) + random() * 3)}`
  let grass = ''
  for (let x = 0; x <= width; x += 1.1) {
    const y = edge(x)
    if (y < height + 20)
      grass += `M${n(x)} ${n(y + 6)}q${n((random() - 0.4) * 3)} ${n(-8 - random() * 8)} ${n((random() - 0.35) * 14)} ${n(-10 - random() * 20)}`
  }
  return `<path fill="#0b0d0b" d="${line}L${width} ${height}Z"/><path stroke="#12140f" stroke-width="1.3" d="${grass}"/>`
}

/** @param {number} value */
function n(value) {
  return value.toFixed(1)
}
