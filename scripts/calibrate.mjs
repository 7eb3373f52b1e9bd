// Measures at which quality of the other encoders a picture is as like its original as a JPEG of a given quality (by
// multi-scale structural similarity, which does not take film grain for the picture), and prints the table of
// src/pixels/quality.ts. `npm run calibrate [-- FOLDER]` takes the photographs of a folder; without one, the sample pictures.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import msssim from '@blazediff/ssim/msssim'
import sharp from 'sharp'

const folder = process.argv[2] ?? fileURLToPath(new URL('../samples', import.meta.url))
const photographs =
  process.argv[2] === undefined
    ? ['landscape.jpg', 'portrait.jpg', 'drawing.png', 'wide-gamut.png', 'rotated.jpg']
    : (await readdir(folder)).filter((name) => /\.(jpe?g|png|webp|tiff?)$/i.test(name))
const points = [10, 30, 40, 50, 60, 70, 75, 80, 85, 90, 95]

/** Encoders at the settings of src/pixels/encode.ts. */
const encoders = {
  jpeg: (image, quality) => image.jpeg({ quality, progressive: true, chromaSubsampling: quality >= 90 ? '4:4:4' : '4:2:0' }),
  webp: (image, quality) => image.webp({ quality, effort: 4 }),
  avif: (image, quality) => image.avif({ quality, effort: 2, chromaSubsampling: quality >= 73 ? '4:4:4' : '4:2:0' }),
}

const found = { webp: points.map(() => []), avif: points.map(() => []) }
for (const name of photographs) {
  const { data, info } = await sharp(await readFile(join(folder, name)))
    .autoOrient()
    .resize(640, 640, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: 'white' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const raw = { width: info.width, height: info.height, channels: info.channels }
  const original = await rgba(sharp(data, { raw }))
  const likeness = async (format, quality) =>
    msssim(
      original,
      await rgba(sharp(await encoders[format](sharp(data, { raw }), quality).toBuffer())),
      undefined,
      info.width,
      info.height,
    )
  for (const format of ['webp', 'avif']) {
    const curve = new Map()
    const at = async (quality) => {
      if (!curve.has(quality)) curve.set(quality, await likeness(format, quality))
      return curve.get(quality)
    }
    for (const [index, jpeg] of points.entries()) {
      const wanted = await likeness('jpeg', jpeg)
      let [low, high] = [1, 100]
      while (low < high) {
        const middle = Math.floor((low + high) / 2)
        if ((await at(middle)) >= wanted) high = middle
        else low = middle + 1
      }
      found[format][index].push(low)
    }
  }
  console.error(`${name} done`)
}
for (const [format, columns] of Object.entries(found)) {
  const rows = columns.map((values, index) => `    [${points[index]}, ${median(values)}], // ${values.join(' ')}`)
  console.log(`  ${format}: [\n    [1, 1],\n${rows.join('\n')}\n    [100, 100],\n  ],`)
}

async function rgba(image) {
  return image.ensureAlpha().raw().toBuffer()
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}
