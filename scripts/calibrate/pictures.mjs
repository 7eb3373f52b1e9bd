import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const samples = fileURLToPath(new URL('../../samples', import.meta.url))
const drawn = ['landscape.jpg', 'drawing.png', 'portrait.jpg', 'rotated.jpg', 'wide-gamut.png', 'logo.png', 'animation.gif']
const mostFrames = 12

/** The files of a folder, or the sample pictures, as pixels. */
export async function loadPictures(folder, width) {
  const names = folder === undefined ? drawn : (await readdir(folder)).sort()
  const files = names.filter((name) => /\.(jpe?g|png|webp|avif|tiff?|gif)$/i.test(name))
  return Promise.all(files.map((name) => loadPicture(join(folder ?? samples, name), width)))
}

/** One file, upright and inside a square of `width`. */
async function loadPicture(file, width) {
  const { width: wide, height: high, pages = 1, format, delay } = await sharp(file).metadata()
  const stored = { format: format === 'heif' ? 'avif' : format, width: wide, height: high, pages, bytes: (await stat(file)).size }
  const frames = /tiff|heif/.test(format) ? 1 : Math.min(pages, mostFrames)
  const { data, info } = await sharp(file, { pages: frames })
    .autoOrient()
    .resize(width, width, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width: across, height, channels } = info
  const open = () => sharp(data, { raw: { width: across, height, channels, ...(frames > 1 ? { pageHeight: height / frames } : {}) } })
  const clear = channels === 4 && !(await open().stats()).isOpaque
  return {
    name: basename(file),
    stored,
    /** Some of it is transparent. */
    clear,
    frames,
    timing: frames > 1 ? { delay: delay?.slice(0, frames) } : {},
    size: { width: across, height },
    /** As an encoder meets it. A channel of transparency that hides nothing is left out. */
    open: () => (clear || channels < 4 ? open() : open().removeAlpha()),
  }
}

/** What the eye sees of it: RGBA on white, all frames in one column. */
export async function seen(image) {
  return image.flatten({ background: 'white' }).ensureAlpha().toColourspace('srgb').raw().toBuffer()
}

/** How clear it is, as grey in RGBA. */
export async function clearness(image) {
  const grey = await image.ensureAlpha().extractChannel('alpha').raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = grey.info
  return sharp(grey.data, { raw: { width, height, channels } }).toColourspace('srgb').ensureAlpha().raw().toBuffer()
}
