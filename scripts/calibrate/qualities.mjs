import sharp from 'sharp'
import { median } from './frontier.mjs'
import { likeness } from './likeness.mjs'
import { seen } from './pictures.mjs'
import { lowestThat } from './search.mjs'
import { defaultsOf } from './trials.mjs'

const points = [10, 30, 40, 50, 60, 70, 75, 80, 85, 90, 95]

/** At which quality of WebP and AVIF the pictures are as like themselves as JPEGs of the qualities in `points`: a list for each, one number a picture. */
export async function qualities(pictures) {
  const found = { webp: points.map(() => []), avif: points.map(() => []) }
  for (const picture of pictures) {
    const original = await seen(picture.open())
    const likenessOf = async (format, options) =>
      likeness(original, await seen(sharp(await picture.open().toFormat(format, options).toBuffer())), picture.size)
    const curves = new Map()
    for (const [index, point] of points.entries()) {
      const wanted = await likenessOf('jpeg', defaultsOf({ format: 'jpeg' }, point))
      for (const format of ['webp', 'avif']) {
        const defaults = defaultsOf({ format }, point)
        const at = async (quality) => {
          const key = JSON.stringify([format, { ...defaults, quality }])
          if (!curves.has(key)) curves.set(key, await likenessOf(format, { ...defaults, quality }))
          return curves.get(key)
        }
        const quality = await lowestThat(async (tried) => (await at(tried)) >= wanted, { guess: defaults.quality })
        found[format][index].push(quality)
      }
    }
  }
  return found
}

/** The lines of src/pixels/quality.ts, with what was found for each picture. */
export function qualityLines(found) {
  const ofFormat = ([format, columns]) => {
    const rows = columns.map((values, index) => `    [${points[index]}, ${middle(values)}], // ${values.join(' ')}`)
    return `  ${format}: [\n    [1, 1],\n${rows.join('\n')}\n    [100, 100],\n  ],`
  }
  return Object.entries(found).map(ofFormat).join('\n')
}

function middle(values) {
  return Math.round(median(values))
}
