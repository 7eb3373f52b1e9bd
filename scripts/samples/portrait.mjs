// A balloon over misty hills at dawn, upright: one bright subject, high and to the left, so that a crop shows what it looks for.
import sharp from 'sharp'
import { clamp, develop, fractal, grain, mixRgb, noise, randomFrom, smooth } from './noise.mjs'

/** @typedef {import('./noise.mjs').Rgb} Rgb */
/** @typedef {{ x: number, y: number, size: number, turn: number, far: number, stripes: readonly Rgb[] }} Balloon Place of the crown; `size` is the greatest width. */

/** Where the light comes from: right, up, and towards us. */
const sun = /** @type {const} */ ([0.84, 0.36, 0.4])

/** From crown to mouth, as a part of the greatest width. */
const length = 1.06

/** @type {readonly Balloon[]} */
const balloons = [
  {
    x: 0.36,
    y: 0.09,
    size: 0.46,
    turn: 0.21,
    far: 0,
    stripes: [
      [0.75, 0.06, 0.035],
      [0.92, 0.34, 0.03],
      [0.95, 0.68, 0.1],
      [0.9, 0.83, 0.62],
      [0.03, 0.27, 0.33],
      [0.025, 0.09, 0.2],
    ],
  },
  {
    x: 0.79,
    y: 0.5,
    size: 0.092,
    turn: 0.5,
    far: 0.55,
    stripes: [
      [0.1, 0.3, 0.5],
      [0.85, 0.8, 0.7],
    ],
  }, // prettier-ignore
  {
    x: 0.665,
    y: 0.595,
    size: 0.04,
    turn: 0.1,
    far: 0.76,
    stripes: [
      [0.7, 0.2, 0.1],
      [0.8, 0.6, 0.2],
    ],
  }, // prettier-ignore
]

/** Half the width at a height (0 crown, 1 mouth), as a part of the greatest. @param {number} v */
function outline(v) {
  if (v < 0 || v > 1) return 0
  const upper = v < 0.43 ? Math.sqrt(Math.max(0, 1 - ((0.43 - v) / 0.43) ** 2)) : 1
  const lower = v < 0.43 ? 1 : 1 - 0.84 * ((v - 0.43) / 0.57) ** 1.85
  return Math.min(upper, lower) * 0.5
}

/** @param {number} x @param {number} y Of the picture's width and height. @returns {Rgb} */
function sky(x, y) {
  /** @type {Rgb} */
  let light = mixRgb([0.11, 0.2, 0.42], [0.42, 0.5, 0.68], smooth(0, 0.38, y))
  light = mixRgb(light, [1.25, 0.78, 0.52], smooth(0.2, 0.66, y + 0.06 * x))
  const glow = Math.exp(-(((x - 1.02) / 0.6) ** 2 + ((y - 0.58) / 0.22) ** 2))
  light = [light[0] + 1.5 * glow, light[1] + 0.85 * glow, light[2] + 0.38 * glow]
  const px = x * 2.4 + 3
  const py = y * 7.5
  const drift = fractal(px * 0.8, py * 0.5, 4)
  const cloud = smooth(-0.05, 0.45, fractal(px + drift * 0.4, py + drift * 0.6 + 4, 7)) * (0.35 + 0.55 * smooth(0.02, 0.45, y))
  const lit =
    0.55 +
    smooth(
      0,
      0.3,
      fractal(px + drift * 0.4, py + drift * 0.6 + 4, 5) - fractal(px + 0.06 + drift * 0.4, py + 0.1 + drift * 0.6 + 4, 5) + 0.12,
    )
  return mixRgb(
    light,
    mixRgb([0.5 * lit, 0.43 * lit, 0.5 * lit], [1.6 * lit, 1.02 * lit, 0.74 * lit], smooth(0.1, 0.55, y + 0.2 * x)),
    cloud,
  )
}

/** Hills behind hills, each with trees on its ridge, with mist between. @param {number} x @param {number} y @param {Rgb} behind @returns {Rgb} */
function hills(x, y, behind) {
  let light = behind
  const layers = 8
  for (let i = 0; i < layers; i++) {
    const near = i / (layers - 1)
    const spread = 1.1 + 2.2 * (1 - near)
    const base = 0.655 + 0.3 * near ** 1.25
    const ridge = base + (0.03 + 0.055 * near) * fractal(x * spread + i * 7.7, i * 3.1, 4) - 0.035 * near * (x - 0.4)
    const wood = smooth(-0.25, 0.3, fractal(x * 4 + i * 5, i, 3))
    const spike = Math.abs(noise(x * (420 - 300 * near), i * 9.3)) + 0.5 * Math.abs(noise(x * (950 - 640 * near), i * 3.7))
    const edge = ridge - (0.003 + 0.017 * near) * wood * spike * (0.4 + 0.6 * near)
    if (y < edge - 0.002) continue
    const depth = y - ridge
    const texture = 1 + (0.2 + 0.5 * near) * fractal(x * (60 + 60 * near), y * (90 + 120 * near) + i, 4)
    /** @type {Rgb} */
    const soil = mixRgb(
      [0.055 * texture, 0.064 * texture, 0.03 * texture],
      [0.22 * texture, 0.14 * texture, 0.05 * texture],
      smooth(0.02, 0, depth) * smooth(-0.2, 1, x) * 0.8,
    )
    const glow = smooth(-0.3, 1.15, x)
    const air = mixRgb([0.4, 0.43, 0.58], [1.5, 0.92, 0.58], glow * (1 - 0.45 * near))
    const veil = 1 - (1 - Math.exp(-2.9 * (1 - near) ** 1.3)) * 0.94
    const mist = smooth(0.005, 0.075 + 0.05 * near, depth + 0.03 * fractal(x * 4 + i, y * 14, 4)) * (0.86 - 0.52 * near)
    light = mixRgb(light, mixRgb(mixRgb(air, soil, veil), air, mist), smooth(edge - 0.0012, edge + 0.0006, y))
  }
  return light
}

/** The envelope: gores sewn together, bulging between their seams, thin enough that light comes through. @param {Balloon} balloon @param {number} x @param {number} y @param {Rgb} behind @returns {Rgb} */
function envelope({ x: cx, y: top, size, turn, far, stripes }, x, y, behind) {
  const v = (y - top) / (size * length)
  const across = (x - cx) / size
  const half = outline(v)
  if (half === 0 || Math.abs(across) > half) return behind
  const u = across / half
  const gores = 24
  const around = (Math.asin(clamp(u, -1, 1)) / Math.PI + turn) * gores
  const inGore = around - Math.floor(around)
  const bulge = Math.sin(inGore * Math.PI)
  const seam = smooth(0.0, 0.12, Math.min(inGore, 1 - inGore) + 0.03)
  const bands = v < 0.1 ? 0 : v > 0.9 ? 4 : Math.floor(around) + Math.floor((v * 11 + Math.floor(around)) % 12)
  const paint = stripes[((bands % stripes.length) + stripes.length) % stripes.length] ?? [1, 1, 1]
  const slope = (outline(v + 0.01) - outline(v - 0.01)) / 0.02 / length
  const steep = Math.hypot(1, slope)
  const tilt = (inGore - 0.5) * 0.5
  const nx = clamp(u + tilt * Math.sqrt(1 - u * u), -1, 1) / steep
  const ny = slope / steep
  const nz = Math.sqrt(Math.max(0, 1 - u * u)) / steep
  const facing = nx * sun[0] + ny * sun[1] + nz * sun[2]
  const direct = clamp(facing, 0, 1) ** 0.9 * 2
  const through = smooth(-0.3, 0.9, nx) * 0.16 + 0.62 * Math.exp(-(((v - 0.98) / 0.26) ** 2 + (u / 0.8) ** 2)) // the sun behind the cloth, the flame below
  const ambient = 0.2 + 0.16 * ny + 0.1 * bulge
  const gloss = clamp(facing, 0, 1) ** 26 * 0.28
  const fold = 1 + 0.05 * fractal(around * 0.8, v * 13, 3)
  const rim = 0.25 * smooth(0.75, 1, u) * smooth(0.9, 0.3, v)
  /** @type {Rgb} */
  const light = [
    paint[0] * seam * fold * (direct * 1.12 + through * 1.3 + ambient * 0.8) + gloss + rim,
    paint[1] * seam * fold * (direct * 0.94 + through * 0.9 + ambient * 0.9) + gloss * 0.9 + rim * 0.7,
    paint[2] * seam * fold * (direct * 0.76 + through * 0.5 + ambient * 1.2) + gloss * 0.75 + rim * 0.45,
  ]
  const cover = smooth(0, 0.0016, (half - Math.abs(across)) * size)
  return mixRgb(behind, mixRgb(light, [0.95, 0.72, 0.58], far), cover)
}

/** Baskets and ropes; people lean on the rim of the nearest. @param {number} width @param {number} height */
function baskets(width, height) {
  const parts = balloons.map(({ x, y, size, far }) => {
    const s = size * width
    const left = x * width
    const mouth = y * height + size * length * width
    const rim = mouth + 0.12 * s
    const opacity = 1 - 0.75 * far
    const rope = (/** @type {number} */ from, /** @type {number} */ to) =>
      `M${left + from * s} ${mouth - 0.012 * s}L${left + to * s} ${rim}`
    const people = [-0.03, 0.004, 0.034].map((dx, i) => {
      const px = left + dx * s
      const tall = (i === 1 ? 0.05 : 0.042) * s
      return `<path fill="#221a1d" d="M${px - 0.014 * s} ${rim + 0.01 * s}q0 ${-tall * 0.62} ${0.014 * s} ${-tall * 0.62}t${0.014 * s} ${tall * 0.62}z"/><circle cx="${px}" cy="${rim - tall * 0.72 + 0.01 * s}" r="${0.0095 * s}" fill="#3a241e"/>`
    })
    return `<g opacity="${opacity}">
      <path d="${rope(-0.078, -0.052)}${rope(-0.03, -0.02)}${rope(0.03, 0.02)}${rope(0.078, 0.052)}" stroke="#2a211f" stroke-width="${0.0032 * s}" fill="none"/>
      <ellipse cx="${left}" cy="${mouth + 0.02 * s}" rx="${0.009 * s}" ry="${0.034 * s}" fill="#ffd98a"/><ellipse cx="${left}" cy="${mouth + 0.03 * s}" rx="${0.005 * s}" ry="${0.02 * s}" fill="#fffbe8"/>
      <rect x="${left - 0.014 * s}" y="${mouth + 0.052 * s}" width="${0.028 * s}" height="${0.014 * s}" fill="#2b2a2c"/>
      ${people.join('')}
      <path d="M${left - 0.055 * s} ${rim}h${0.11 * s}l${-0.008 * s} ${0.072 * s}q${-0.047 * s} ${0.012 * s} ${-0.094 * s} 0z" fill="url(#wicker)"/>
      <rect x="${left - 0.058 * s}" y="${rim - 0.005 * s}" width="${0.116 * s}" height="${0.012 * s}" rx="${0.005 * s}" fill="#7d4f2b"/>
    </g>`
  })
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs>
    <linearGradient id="wicker"><stop offset="0" stop-color="#3a2415"/><stop offset="0.62" stop-color="#84552e"/><stop offset="1" stop-color="#dba25f"/></linearGradient>
    </defs>${parts.join('')}</svg>`)
}

/** Flowers too near to be sharp: discs of light at the foot. @param {number} width @param {number} height */
function meadow(width, height) {
  const random = randomFrom(5)
  const colours = ['#e8553a', '#f3a33c', '#f7d774', '#f4ead2', '#b64a6b', '#6f8f3a', '#4d6b2c', '#8a9a45']
  let discs = ''
  for (let i = 0; i < 190; i++) {
    const depth = random() ** 0.7
    const x = random() * width
    const y = height * (0.915 + 0.105 * depth) + (random() - 0.5) * 20
    const r = 5 + 30 * depth * (0.5 + random())
    discs += `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${r.toFixed(1)}" fill="${colours[Math.floor(random() ** 1.3 * colours.length)]}" opacity="${(0.2 + 0.42 * random()).toFixed(2)}"/>`
  }
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${discs}</svg>`)
}

/** @param {number} width @param {number} height @returns {Promise<Buffer>} RGB bytes. */
export async function portrait(width, height) {
  const scale = 2
  const [w, h] = [width * scale, height * scale]
  const tall = h / w
  const bytes = Buffer.alloc(w * h * 3)
  for (let row = 0, i = 0; row < h; row++) {
    for (let column = 0; column < w; column++, i += 3) {
      const x = column / w
      const y = row / h
      let light = hills(x, y, sky(x, y))
      for (const balloon of balloons) light = envelope({ ...balloon, y: balloon.y * tall }, x, y * tall, light)
      const fall = 1 - 0.34 * smooth(0.4, 0.9, Math.hypot(x - 0.5, y - 0.48))
      for (let c = 0; c < 3; c++) bytes[i + c] = develop((light[c] ?? 0) * 0.66 * fall)
    }
  }
  const blurred = await sharp(meadow(width, height)).blur(2.2).png().toBuffer()
  const small = await sharp(bytes, { raw: { width: w, height: h, channels: 3 } })
    .resize(width, height)
    .raw()
    .toBuffer()
  const whole = await sharp(small, { raw: { width, height, channels: 3 } })
    .composite([{ input: baskets(width, height) }, { input: blurred }])
    .removeAlpha()
    .raw()
    .toBuffer()
  grain(whole, 6, 42)
  return whole
}
