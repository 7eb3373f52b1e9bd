// The originals that the side-by-side with Thumbor draws for itself, so that it needs no file: each a name, which says its size, and how it
// is made. Pixels come from whole-number hashes and sines, so they are the same everywhere; what a lossy encoder makes of them may differ
// between its versions by a level or two.
import sharp from 'sharp'

/** A repeatable number 0 to 1 for a point of a lattice. */
function hash(x, y, seed) {
  let bits = (Math.imul(x, 374761393) + Math.imul(y, 668265263) + Math.imul(seed, 1274126177)) | 0
  bits = Math.imul(bits ^ (bits >>> 13), 1103515245)
  return ((bits ^ (bits >>> 16)) >>> 0) / 4294967296
}

/** Noise that changes smoothly between the points of a lattice, 0 to 1. */
function noise(x, y, seed) {
  const [left, top] = [Math.floor(x), Math.floor(y)]
  const [u, v] = [x - left, y - top]
  const above = hash(left, top, seed) * (1 - u) + hash(left + 1, top, seed) * u
  const below = hash(left, top + 1, seed) * (1 - u) + hash(left + 1, top + 1, seed) * u
  return above * (1 - v) + below * v
}

const level = (value) => Math.max(0, Math.min(255, Math.round(value)))

/**
 * Something to look at: slopes of colour, waves, a disc off the middle, a bar, and a little grain, so that a crop that is off by a few pixels,
 * a mirror, a turn and swapped channels all show. Every corner has a colour of its own.
 * @returns  Red, green and blue of a point, 0 to 255.
 */
function scene(width, height) {
  const cell = Math.max(2, Math.min(width, height) / 24)
  return (x, y) => {
    const [u, v] = [(x + 0.5) / width, (y + 0.5) / height]
    const grain = 30 * (noise(x / cell, y / cell, 1) - 0.5)
    const wave = 18 * Math.sin(19 * u + 7 * v) + 10 * Math.sin(31 * v - 5 * u)
    const base = [60 + 150 * u, 40 + 160 * v, 190 - 130 * u * v - 40 * v]
    const disc = Math.hypot((u - 0.34) * width, (v - 0.4) * height) < 0.17 * Math.min(width, height)
    const bar = u > 0.62 && u < 0.7 && v > 0.15 && v < 0.85
    const [red, green, blue] = disc ? [225, 185, 60] : bar ? [35, 50, 40] : base
    return [level(red + grain + wave), level(green + grain - wave), level(blue + grain)]
  }
}

/** A picture whose pixels a function tells; it has as many channels as the function gives values. */
function drawn(width, height, at) {
  const channels = at(0, 0).length
  const data = Buffer.alloc(width * height * channels)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(at(x, y), (y * width + x) * channels)
  return sharp(data, { raw: { width, height, channels } })
}

const picture = (width, height) => drawn(width, height, scene(width, height))

/** The scene, solid at the left and clear towards the right, with a clear disc. */
function clear(width, height) {
  const rgb = scene(width, height)
  return drawn(width, height, (x, y) => {
    const hole = Math.hypot(x - width * 0.7, y - height * 0.6) < 0.15 * height
    return [...rgb(x, y), hole ? 0 : level(300 - (260 * x) / width)]
  })
}

/** The scene in a margin of one colour, as wide as told at the left, the top, the right and the bottom. */
function bordered(width, height, [left, top, right, bottom], colour) {
  const rgb = scene(width, height)
  const inside = (x, y) => x >= left && y >= top && x < width - right && y < height - bottom
  return drawn(width, height, (x, y) => (inside(x, y) ? rgb(x, y) : colour))
}

/** A sign to lay upon others: an opaque red ring with a blue, half clear core, and nothing around it. */
function sign(width, height) {
  return drawn(width, height, (x, y) => {
    const out = Math.hypot((x + 0.5) / width - 0.5, (y + 0.5) / height - 0.5) * 2
    if (out > 0.95) return [0, 0, 0, 0]
    return out > 0.6 ? [220, 30, 40, 255] : [30, 60, 230, 128]
  })
}

/** A nine-patch: black marks at the left and the top edge say what stretches, those at the right and the bottom where the picture may lie. */
function ninePatch(side) {
  const edge = (at) => at === 0 || at === side - 1
  const middle = (at) => at >= side / 3 && at < (side * 2) / 3
  return drawn(side, side, (x, y) => {
    if (edge(x) || edge(y)) return edge(x) !== edge(y) && middle(edge(x) ? y : x) ? [0, 0, 0, 255] : [0, 0, 0, 0]
    const rim = Math.min(x, y, side - 1 - x, side - 1 - y)
    return rim < side / 8 ? [150, 90 + 60 * Math.min(1, x / side), 30, 255] : [0, 0, 0, 0]
  })
}

/** Frames in which a bright square wanders over the scene. */
async function moving(width, height, count) {
  const rgb = scene(width, height)
  const frames = Array.from({ length: count }, (_, frame) => {
    const at = Math.round((frame * (width - 14)) / count)
    return drawn(width, height, (x, y) => (x >= at && x < at + 14 && y > 8 && y < 22 ? [250, 250, 240] : rgb(x, y)))
  })
  const pages = await Promise.all(frames.map((frame) => frame.png().toBuffer()))
  return sharp(pages, { join: { animated: true } }).gif({ delay: frames.map(() => 100), loop: 0 })
}

const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect width="200" height="100" fill="#246"/>' +
  '<circle cx="60" cy="50" r="35" fill="#fc3"/><rect x="120" y="20" width="50" height="60" fill="#c33"/></svg>'

const jpeg = (image) => image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()
const png = (image) => image.png({ compressionLevel: 9 }).toBuffer()
const lossless = (image) => image.webp({ lossless: true }).toBuffer()

/** How each original is made, by its name. Those named by a size alone are the sources of the table of measured geometry. */
const drawings = {
  '800x600.jpg': () => jpeg(picture(800, 600)),
  '600x800.jpg': () => jpeg(picture(600, 800)),
  '100x100.png': () => png(picture(100, 100)),
  '5x5.png': () => png(picture(5, 5)),
  '7x5.png': () => png(picture(7, 5)),
  '37x36.png': () => png(picture(37, 36)),
  '101x67.png': () => png(picture(101, 67)),
  '333x500.jpg': () => jpeg(picture(333, 500)),
  '1920x1080.jpg': () => jpeg(picture(1920, 1080)),
  '50x200.png': () => png(picture(50, 200)),
  '3x1000.png': () => png(picture(3, 1000)),
  '3x3.png': () => png(picture(3, 3)),
  'photo-240x180.png': () => png(picture(240, 180)),
  'photo-240x180.webp': () => picture(240, 180).webp({ quality: 95 }).toBuffer(),
  'photo-240x180.tif': () => picture(240, 180).tiff({ compression: 'lzw' }).toBuffer(),
  'photo-120x90.avif': () => picture(120, 90).avif({ quality: 80, effort: 2 }).toBuffer(),
  'clear-300x200.png': () => png(clear(300, 200)),
  'clear-240x180.webp': () => lossless(clear(240, 180)),
  'palette-160x120.png': () => picture(160, 120).png({ palette: true, colours: 64 }).toBuffer(),
  'palette-clear-160x120.png': () => clear(160, 120).png({ palette: true, colours: 64 }).toBuffer(),
  'bits-96x64.png': () => picture(96, 64).greyscale().threshold(120).png({ palette: true, colours: 2 }).toBuffer(),
  'gray-160x120.jpg': () => jpeg(picture(160, 120).toColourspace('b-w')),
  'gray-clear-160x120.png': () => png(clear(160, 120).toColourspace('b-w')),
  'deep-160x120.png': () => png(picture(160, 120).toColourspace('rgb16')),
  'cmyk-160x120.jpg': () => jpeg(picture(160, 120).toColourspace('cmyk')),
  'turned-200x120.jpg': () => jpeg(picture(200, 120).withMetadata({ orientation: 6 })),
  'p3-160x120.jpg': () => jpeg(picture(160, 120).withIccProfile('p3')),
  'p3-160x120.png': () => png(picture(160, 120).withIccProfile('p3')),
  'still-120x90.gif': () => picture(120, 90).gif().toBuffer(),
  'moving-80x60.gif': async () => (await moving(80, 60, 4)).toBuffer(),
  'drawing-200x100.svg': async () => Buffer.from(svg),
  'flat-64x64.png': () => png(drawn(64, 64, () => [100, 150, 200])),
  'framed-200x150.png': () => png(bordered(200, 150, [20, 12, 31, 18], [250, 250, 245])),
  'framed-200x150.jpg': () => jpeg(bordered(200, 150, [16, 24, 32, 8], [12, 16, 20])),
  'framed-clear-120x90.png': () =>
    png(drawn(120, 90, (x, y) => (x >= 15 && y >= 10 && x < 100 && y < 82 ? [...scene(120, 90)(x, y), 255] : [0, 0, 0, 0]))),
  'sign-60x40.png': () => png(sign(60, 40)),
  'sign-20x20.png': () => png(sign(20, 20)),
  'nine-patch-48.png': () => png(ninePatch(48)),
  'words.png': async () => Buffer.from('This is no picture, whatever its name says.'),
  'nothing.png': async () => Buffer.alloc(0),
}

export const drawnNames = Object.keys(drawings)

const made = new Map()

/** The bytes of one of them, drawn when it is first asked for; `undefined` for a name that is none of them. */
export async function drawnOriginal(name) {
  if (!Object.hasOwn(drawings, name)) return undefined
  if (!made.has(name)) made.set(name, drawings[name]())
  return made.get(name)
}
