// Draws the pictures of samples/, all of them, from nothing but numbers: `npm run samples`. The same numbers give the same pictures.
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = fileURLToPath(new URL('..', import.meta.url))
const folder = join(home, 'samples')
process.env.FONTCONFIG_FILE = join(home, 'assets/fonts/fonts.conf') // read once, when the first text is drawn

const { default: sharp } = await import('sharp')
const { landscape } = await import('./samples/landscape.mjs')
const { portrait } = await import('./samples/portrait.mjs')
const { drawing, fruit, logo, signpost } = await import('./samples/graphics.mjs')
const { day, delays, loop } = await import('./samples/animation.mjs')
const { gradient16, wideGamut } = await import('./samples/colour.mjs')

/** @param {string} svg */
const draw = (svg) => sharp(Buffer.from(svg))
const photo = /** @type {const} */ ({ quality: 88, chromaSubsampling: '4:2:0', mozjpeg: true })

/** @param {Buffer} rgb @param {number} width @param {number} height */
const develop = (rgb, width, height) =>
  sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg(photo)
    .toBuffer()

/** @returns {Promise<import('sharp').Sharp>} */
async function film() {
  const frames = await Promise.all(day().map((svg) => draw(svg).png().toBuffer()))
  return sharp(frames, { join: { animated: true } })
}

/** @type {Record<string, () => Promise<Buffer | string>>} */
const samples = {
  'landscape.jpg': async () => develop(await landscape(2048, 1365), 2048, 1365),
  'portrait.jpg': async () => develop(await portrait(1200, 1600), 1200, 1600),
  'drawing.png': () =>
    draw(drawing()).flatten({ background: '#fff' }).png({ palette: true, colours: 128, dither: 0, effort: 10 }).toBuffer(),
  'logo.png': () => draw(logo()).resize(800, 400).png({ compressionLevel: 9 }).toBuffer(),
  'logo.svg': async () => logo(),
  'gradient-16bit.png': gradient16,
  'animation.gif': async () => (await film()).gif({ loop, delay: delays, effort: 10 }).toBuffer(),
  'animation.webp': async () => (await film()).webp({ loop, delay: delays, quality: 80, effort: 6 }).toBuffer(),
  // Stored lying on its left side; orientation 6 says to turn it clockwise.
  'rotated.jpg': () => draw(signpost(900, 1200)).flatten().rotate(270).withMetadata({ orientation: 6 }).jpeg(photo).toBuffer(),
  'cmyk.jpg': () => draw(fruit()).flatten().toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 85 }).toBuffer(),
  'wide-gamut.png': wideGamut,
}

mkdirSync(folder, { recursive: true })
const wanted = process.argv.slice(2)
for (const [name, make] of Object.entries(samples)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  writeFileSync(join(folder, name), await make())
  process.stdout.write(`${name} ${statSync(join(folder, name)).size}\n`)
}
