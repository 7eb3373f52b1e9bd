// Pictures whose numbers matter more than what they show: more depth and more colour than the ordinary file has.
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { clamp, smooth } from './noise.mjs'

/** Dusk without a single band: 16 bits a channel, close tones. @returns {Promise<Buffer>} PNG. */
export async function gradient16() {
  const [width, height] = [1024, 512]
  const pixels = new Uint16Array(width * height * 3)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const across = x / (width - 1)
      const down = y / (height - 1)
      pixels[i] = Math.round(65535 * (0.06 + 0.5 * down * across + 0.1 * across))
      pixels[i + 1] = Math.round(65535 * (0.09 + 0.22 * down * (0.3 + 0.7 * across)))
      pixels[i + 2] = Math.round(65535 * (0.24 + 0.16 * (1 - down) - 0.12 * across * down))
    }
  }
  const raw = { raw: { width, height, channels: /** @type {const} */ (3) } }
  return sharp(pixels, raw).toColourspace('rgb16').png({ adaptiveFiltering: true, compressionLevel: 9 }).toBuffer()
}

/**
 * A band of the strongest colours of Display P3, with three discs in the nearest colours of sRGB. On an sRGB screen, or when the profile is
 * dropped without converting, the discs are gone.
 * @returns {Promise<Buffer>} PNG with the profile.
 */
export async function wideGamut() {
  const [width, height] = [900, 450]
  const pixels = Buffer.alloc(width * height * 3)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const hue = (x / width) * 6
      const strong = [0, 4, 2].map((shift) => smooth(0, 1, Math.abs(((hue + shift) % 6) - 3) - 1) ** 2.2)
      const inSrgb = [
        1.2249 * strong[0] - 0.2247 * strong[1],
        -0.042 * strong[0] + 1.0419 * strong[1],
        -0.0197 * strong[0] - 0.0786 * strong[1] + 1.0979 * strong[2],
      ].map((value) => clamp(value, 0, 1))
      const back = [
        0.8225 * inSrgb[0] + 0.1774 * inSrgb[1],
        0.0332 * inSrgb[0] + 0.9669 * inSrgb[1],
        0.0171 * inSrgb[0] + 0.0724 * inSrgb[1] + 0.9108 * inSrgb[2],
      ]
      const from = Math.min(...[40, 450, 860, 245, 655].map((cx, n) => Math.abs(Math.hypot(x - cx, y - 225) - (n < 3 ? 105 : 62))))
      const inside = smooth(30, 28, from)
      for (let c = 0; c < 3; c++) pixels[i + c] = encode((strong[c] ?? 0) + ((back[c] ?? 0) - (strong[c] ?? 0)) * inside)
    }
  }
  const plain = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toBuffer()
  const { icc } = await sharp(plain)
    .withIccProfile('p3')
    .png()
    .toBuffer()
    .then((bytes) => sharp(bytes).metadata())
  return withProfile(plain, icc ?? Buffer.alloc(0))
}

/** The numbers stay, the profile says what they mean: an `iCCP` chunk behind the header. @param {Buffer} png @param {Buffer} icc */
function withProfile(png, icc) {
  const body = Buffer.concat([Buffer.from('iCCPDisplay P3\0\0', 'latin1'), deflateSync(icc)])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(body.length - 4)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([png.subarray(0, 33), length, body, check, png.subarray(33)])
}

/** @param {number} light */
function encode(light) {
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055))
}
