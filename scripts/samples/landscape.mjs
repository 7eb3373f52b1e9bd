// A lake in the mountains, early in the day: a height field seen in perspective, lit by a low sun, in haze, and once more in the water.
import sharp from 'sharp'
import { conifers } from './conifers.mjs'
import { clamp, develop, fractal, grain, mix, mixRgb, noise, ridged, smooth } from './noise.mjs'

/** @typedef {import('./noise.mjs').Rgb} Rgb */

// The world: x to the right, z away, heights up; 1 is about a kilometre. The camera stands at 0, 0 on the shore, looking along z.
const eye = 0.07
const far = 26
/** Where the sun stands: as tangents of its angles, to the right and up. */
const sun = normal([0.3, 0.172, 1])
const sunlight = /** @type {Rgb} */ ([3.6, 2.3, 1.25])
const skylight = /** @type {Rgb} */ ([0.2, 0.29, 0.46])

/** @param {readonly [number, number, number]} v @returns {Rgb} */
function normal([x, y, z]) {
  const length = Math.hypot(x, y, z)
  return [x / length, y / length, z / length]
}

/** Height of the ground: a lake in front, wooded hills around it, a range behind. @param {number} x @param {number} z */
function ground(x, z) {
  const bend = 0.5 * fractal(x * 0.35 + 4, z * 0.35, 3)
  const shore = z - 3.2 - 1.1 * noise(x * 0.5 + 3, 7) - 0.9 * Math.abs(x + 0.5) * 0.12
  const sides = Math.abs(x - 0.2 + bend) - (0.75 + 0.13 * z)
  const hills = smooth(-0.35, 2.4, Math.max(shore, sides * 1.15 - 0.25)) * (0.22 + 0.34 * (0.5 + fractal(x * 0.8, z * 0.8 + 5, 5)))
  const range = smooth(5, 12.5, z + 0.9 * Math.abs(x - 0.6) + bend * 3) * (0.5 + 3.1 * ridged(x * 0.17 + 1.7, z * 0.17 + 0.4, 8) ** 1.55)
  const valley = 1 - 0.62 * Math.exp(-(((x - 2.6 - z * 0.05) / (0.9 + z * 0.09)) ** 2)) // where the light comes through
  return hills + range * valley - 0.055 + 0.02 * fractal(x * 5, z * 5, 4)
}

/** The ground on a grid, read between its points; a sample a few metres wide is fine enough for what lies kilometres away. */
const grid = { left: -13, near: 0.2, step: 0.0145, columns: 1800, rows: 1790 }
const heights = new Float32Array(grid.columns * grid.rows)
const shade = new Float32Array(grid.columns * grid.rows)

/** @param {Float32Array} map @param {number} x @param {number} z */
function at(map, x, z) {
  const gx = clamp((x - grid.left) / grid.step, 0, grid.columns - 1.001)
  const gz = clamp((z - grid.near) / grid.step, 0, grid.rows - 1.001)
  const i = Math.floor(gz) * grid.columns + Math.floor(gx)
  const fx = gx % 1
  const fz = gz % 1
  const a = map[i] + (map[i + 1] - map[i]) * fx
  const b = map[i + grid.columns] + (map[i + grid.columns + 1] - map[i + grid.columns]) * fx
  return a + (b - a) * fz
}

function survey() {
  for (let row = 0, i = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++, i++)
      heights[i] = ground(grid.left + column * grid.step, grid.near + row * grid.step)
  }
  for (let row = 0, i = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++, i++) {
      const x = grid.left + column * grid.step
      const z = grid.near + row * grid.step
      let open = 1
      for (let t = 0.05; t < 6 && open > 0; t *= 1.16) {
        open = Math.min(open, 0.5 + (5 * (heights[i] + sun[1] * t - at(heights, x + sun[0] * t, z + sun[2] * t))) / t)
      }
      shade[i] = clamp(open, 0, 1)
    }
  }
}

/** Light of the sky in a direction that need not be a unit. @param {number} dx @param {number} dy @returns {Rgb} */
function sky(dx, dy) {
  const length = Math.hypot(dx, dy, 1)
  const up = dy / length
  const toSun = (dx * sun[0] + dy * sun[1] + sun[2]) / length
  /** @type {Rgb} */
  let light = mixRgb([0.98, 0.66, 0.42], [0.3, 0.47, 0.74], smooth(-0.02, 0.24, up))
  light = mixRgb(light, [0.1, 0.22, 0.5], smooth(0.15, 0.6, up))
  const glow = clamp(toSun, 0, 1)
  const warm = 0.5 * glow ** 12 + 0.6 * glow ** 90 + 1.8 * glow ** 900 + 2.6 * glow ** 5000
  light = [light[0] + warm, light[1] + warm * 0.66, light[2] + warm * 0.3]
  light = mixRgb(light, [11, 8.6, 5.4], smooth(0.99972, 0.99984, toSun))
  if (up > 0.004) {
    // Clouds in two layers: a plane overhead, so they crowd together and flatten towards the horizon.
    const px = dx / (dy + 0.1)
    const pz = 1 / (dy + 0.1)
    const drift = fractal(px * 0.5 + 3, pz * 0.35, 3)
    const high = smooth(-0.12, 0.26, fractal(px * 0.7 + drift + 11, pz * 0.32 + drift * 0.6, 7) + 0.06) * smooth(0.03, 0.2, up) * 0.92
    const edge = smooth(0, 0.35, fractal(px * 0.7 + drift + 11.09, pz * 0.32 + drift * 0.6 + 0.05, 6) + 0.1)
    const lit = 1.15 - 0.5 * edge
    /** @type {Rgb} */
    const cloud = mixRgb([0.86 * lit, 0.8 * lit, 0.82 * lit], [1.75 * lit, 1.02 * lit, 0.6 * lit], 0.25 + 0.75 * glow ** 7)
    light = mixRgb(light, cloud, high)
  }
  return light
}

/** Haze: what the air between adds, warm towards the sun, blue elsewhere, thick in the valleys. @param {Rgb} light @param {number} distance @param {number} height @param {number} toSun */
function haze(light, distance, height, toSun) {
  const lost = 1 - Math.exp(-distance * (0.02 + 0.019 * Math.exp(-Math.max(0, height) * 3.2)))
  const glow = clamp(toSun, 0, 1)
  const air = mixRgb([0.36, 0.47, 0.66], [1.5, 0.92, 0.5], 0.06 * glow ** 2 + 0.84 * glow ** 16)
  return mixRgb(light, air, lost * 0.94)
}

/** Light from a place on the ground. @param {number} x @param {number} z @param {number} height @param {number} distance @returns {Rgb} */
function surface(x, z, height, distance) {
  const step = Math.max(0.012, distance * 0.0011)
  const slopeX = (at(heights, x + step, z) - at(heights, x - step, z)) / (2 * step)
  const slopeZ = (at(heights, x, z + step) - at(heights, x, z - step)) / (2 * step)
  const rough = fractal(x * 21, z * 21, 4)
  const fine = fractal(x * 90, z * 90, 3)
  const [nx, ny, nz] = normal([-slopeX + rough * 0.5, 1, -slopeZ + fine * 0.5])
  const steep = 1 - 1 / Math.hypot(1, slopeX, slopeZ)
  // Rock in layers, snow where it can lie, forest below.
  const layer = 0.5 + 0.5 * Math.sin(height * 42 + rough * 5 + slopeX)
  /** @type {Rgb} */
  let colour = mixRgb([0.13, 0.115, 0.11], [0.27, 0.235, 0.21], clamp(0.35 * layer + 0.45 + rough * 0.7, 0, 1))
  const meadow = smooth(0.75, 0.35, height + rough * 0.2)
  colour = mixRgb(colour, [0.085, 0.1, 0.035], meadow * smooth(0.5, 0.2, steep))
  const trees = smooth(0.8, 0.56, height + rough * 0.22 + 0.25 * steep) * smooth(0.004, 0.02, height)
  const crown = clamp(0.6 + 1.6 * fine + 0.8 * rough, 0, 2)
  colour = mixRgb(colour, [0.018 + 0.05 * crown, 0.032 + 0.07 * crown, 0.016 + 0.014 * crown], trees)
  const snow = smooth(0.86, 1.3, height + rough * 0.5 - steep * 0.55) * smooth(0.62, 0.36, steep + rough * 0.12)
  colour = mixRgb(colour, [0.86, 0.89, 0.95], snow)
  const direct = at(shade, x, z) * clamp(nx * sun[0] + ny * sun[1] + nz * sun[2] + 0.05 * snow, 0, 1)
  const ambient = 0.62 + 0.38 * ny + 0.25 * rough
  return [
    colour[0] * (sunlight[0] * direct + skylight[0] * ambient + 0.1 * snow),
    colour[1] * (sunlight[1] * direct + skylight[1] * ambient + 0.08 * snow),
    colour[2] * (sunlight[2] * direct + skylight[2] * ambient + 0.07 * snow),
  ]
}

/**
 * Sky and land as a camera at this height sees them, in linear light; a negative height gives what the lake mirrors.
 * Each column walks away from the camera and paints what rises above all before it.
 * @param {number} width @param {number} height @param {number} horizon @param {number} focus @param {number} level
 */
function view(width, height, horizon, focus, level) {
  const light = new Float32Array(width * height * 3)
  for (let column = 0; column < width; column++) {
    const dx = (column - width / 2) / focus
    const length = Math.hypot(dx, 1)
    let top = height
    for (let z = 0.32; z < far; z += Math.max(0.0035, z * 0.0016)) {
      const x = dx * z
      let y0 = at(heights, x, z)
      if (y0 < 0) continue
      if (y0 > 0.6) y0 += 0.007 * fractal(x * 55, z * 55, 3) // finer than the grid, or its steps show on the crests
      // Trees stand on the ground as narrow spikes of it.
      const distance = z * length
      if (y0 < 0.62 && distance < 12)
        y0 +=
          0.016 * smooth(0.62, 0.5, y0) * smooth(0.004, 0.016, y0) * (0.35 + Math.abs(noise(x * 62, z * 30)) + 0.5 * noise(x * 140, z * 60))
      const y = horizon - ((y0 - level) / z) * focus
      if (y < top) {
        const [r, g, b] = surface(x, z, y0, distance)
        const toSun = (dx * sun[0] + ((y0 - level) / z) * sun[1] + sun[2]) / length
        const seen = haze([r, g, b], distance, y0, toSun)
        const from = Math.max(0, Math.ceil(y))
        for (let row = from; row < top && row < height; row++) light.set(seen, (row * width + column) * 3)
        top = Math.min(top, Math.max(0, from))
      }
    }
    for (let row = 0; row < top && row < height; row++) light.set(sky(dx, (horizon - row) / focus), (row * width + column) * 3)
  }
  return light
}

/** @param {Float32Array} image @param {number} width @param {number} height @param {number} x @param {number} y @returns {Rgb} */
function pick(image, width, height, x, y) {
  const px = clamp(x, 0, width - 1.001)
  const py = clamp(y, 0, height - 1.001)
  const i = (Math.floor(py) * width + Math.floor(px)) * 3
  const fx = px % 1
  const fy = py % 1
  const below = i + width * 3
  const channel = (/** @type {number} */ c) =>
    mix(mix(image[i + c], image[i + 3 + c], fx), mix(image[below + c], image[below + 3 + c], fx), fy)
  return [channel(0), channel(1), channel(2)]
}

/** @param {number} width @param {number} height @param {number} scale Drawn so many times larger, then reduced. @returns {Promise<Buffer>} RGB bytes. */
export async function landscape(width, height, scale = 2) {
  survey()
  const [w, h] = [width * scale, height * scale]
  const horizon = h * 0.585
  const focus = w * 0.86
  const land = view(w, h, horizon, focus, eye)
  const mirror = view(w, Math.ceil(horizon) + 2, horizon, focus, -eye)
  const bytes = Buffer.alloc(w * h * 3)
  for (let row = 0, i = 0; row < h; row++) {
    for (let column = 0; column < w; column++, i += 3) {
      /** @type {Rgb} */
      let light = [land[i], land[i + 1], land[i + 2]]
      const dx = (column - w / 2) / focus
      const down = (row - horizon) / focus
      const z = eye / Math.max(1e-4, down)
      if (down > 0 && at(heights, dx * z, Math.min(z, far)) < 0 && z < 24) light = water(mirror, w, horizon, focus, column, row, dx * z, z)
      const fall = 1 - 0.3 * smooth(0.35, 0.85, Math.hypot(column / w - 0.5, (row / h - 0.5) * 0.8))
      for (let c = 0; c < 3; c++) bytes[i + c] = develop(light[c] * 0.72 * fall)
    }
  }
  const raw = { raw: { width: w, height: h, channels: /** @type {const} */ (3) } }
  const small = await sharp(bytes, raw).resize(width, height).raw().toBuffer()
  const reduced = await sharp(small, { raw: { width, height, channels: 3 } })
    .composite([{ input: conifers(width, height) }])
    .removeAlpha()
    .raw()
    .toBuffer()
  grain(reduced, 7, 24)
  return reduced
}

/** What the lake shows at a pixel. @param {Float32Array} mirror @param {number} width @param {number} horizon @param {number} focus @param {number} column @param {number} row @param {number} x @param {number} z @returns {Rgb} */
function water(mirror, width, horizon, focus, column, row, x, z) {
  const breeze = smooth(-0.25, 0.35, fractal(x * 1.4 + 5, z * 0.9, 3))
  const fade = 1 / (1 + z * 0.55)
  const waveX = (fractal(x * 30, z * 13, 3) + 0.6 * noise(x * 110, z * 44)) * (0.25 + breeze)
  const waveZ = (fractal(x * 22 + 9, z * 16 + 4, 3) + 0.7 * noise(x * 90 + 3, z * 60)) * (0.25 + breeze)
  const depth = row - horizon
  const [r, g, b] = pick(
    mirror,
    width,
    Math.ceil(horizon),
    column + waveX * 0.02 * focus * fade,
    horizon - depth * 1 - Math.abs(waveZ) * 0.055 * focus * fade,
  )
  const facing = depth / focus
  const shine = 0.93 - 0.58 * smooth(0, 0.46, facing)
  const deep = mixRgb([0.02, 0.075, 0.085], [0.012, 0.035, 0.045], smooth(0.1, 0.5, facing))
  const glint = clamp(1 - Math.abs((column - width / 2) / focus - sun[0] / sun[2]) * 4, 0, 1) ** 2 * smooth(0.12, 0.5, waveZ) * 1.1
  const through = 1 - shine
  return [r * shine + deep[0] * through + glint, g * shine + deep[1] * through + glint * 0.68, b * shine + deep[2] * through + glint * 0.36]
}
