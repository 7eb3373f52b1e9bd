import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { Failure } from '../src/errors.ts'
import { filters } from '../src/filters/all.ts'
import { plan } from '../src/geometry/planner.ts'
import { effectsOf } from '../src/pixels/effects.ts'
import type { Rendered } from '../src/pixels/renderer.ts'
import { formats, type Output } from '../src/recipe/output.ts'
import { recipe } from '../src/recipe/recipe.ts'
import { step } from '../src/recipe/steps.ts'
import { type CorpusFile, corpus } from './corpus.ts'
import { limits, renderer, tried } from './pictures.ts'

/** Every file of the corpus gives an image of the planned size in each format, or the documented failure. */

const valid = corpus('valid')
const read = (file: CorpusFile): Promise<Buffer> => readFile(join(valid?.folder ?? '', file.file))
const small = (output: Partial<Output>) =>
  recipe([step('page', { animation: true }), step('orient'), step('resize', { width: { px: 200 } })], { effort: 0, ...output })

/** What the index says of a file, as the viewer sees it. */
function shape({ width, height, orientation }: CorpusFile): { width: number; height: number } {
  const [across, down] = [width ?? 1, height ?? 1]
  return (orientation ?? 1) >= 5 ? { width: down, height: across } : { width: across, height: down }
}

async function holds(file: CorpusFile, output: Partial<Output>): Promise<Rendered> {
  const wish = small(output)
  const made = await tried(wish, await read(file))
  if (made instanceof Failure) throw made
  const stated = plan(wish, { facts: made.facts, findings: made.findings, limits, effects: effectsOf(filters) })
  if (stated instanceof Failure) throw stated
  const { width, height, pageHeight, pages = 1 } = await sharp(made.bytes, { pages: -1 }).metadata()
  expect({ width, height: pageHeight ?? height }).toEqual(stated.size)
  expect(made).toMatchObject({ ...stated.size, frames: stated.frames })
  // libwebp makes one frame of equal neighbours.
  if (made.format === 'webp') expect(pages).toBeLessThanOrEqual(stated.frames)
  else expect(pages).toBe(stated.frames)
  const whole = shape(file)
  if (made.facts[0]?.vector !== true) expect(stated.size.width).toBe(Math.min(200, whole.width))
  expect(Math.abs(stated.size.height - Math.max(1, (stated.size.width * whole.height) / whole.width))).toBeLessThanOrEqual(1)
  return made
}

describe.skipIf(valid === undefined)('the corpus of valid files', () => {
  const files = valid?.files ?? []

  it.each(files.filter((file) => file.sharpDecodes))('$file becomes every format', async (file) => {
    const pixels = (file.width ?? 0) * (file.height ?? 0) * (file.pages ?? 1)
    // The large files tell nothing new in each format, and take their time.
    for (const format of pixels > 3e6 ? (['auto', 'jpeg'] as const) : (['auto', ...formats] as const)) await holds(file, { format })
  })

  it.each(files.filter((file) => file.sharpDecodes))('$file is inspected as the index says', async (file) => {
    const job = { recipe: small({}), originals: [await read(file)], limits }
    const found = await (await renderer()).inspect(job, new AbortController().signal)
    if (found instanceof Failure) throw found
    const { width, height, hasAlpha, icc = 0 } = file
    expect(found.facts[0]).toMatchObject({
      format: file.format === 'heif' ? 'avif' : file.format,
      width,
      height,
      orientation: file.orientation ?? 1,
      pages: file.format === 'heif' ? 1 : (file.pages ?? 1), // the other pictures of an AVIF are parts of it
      alpha: hasAlpha,
      profile: icc > 0,
      bytes: file.bytes,
    })
  })

  it.each(files.filter((file) => !file.sharpDecodes))('$file is refused: $note', async (file) => {
    expect(await tried(small({}), await read(file))).toMatchObject({ code: 'original-not-image', status: 415 })
  })

  it('of a photo stored in eight ways, seven turned, is one picture', async () => {
    const turned = files.filter((file) => /^jpeg-exif-\d-landscape/.test(file.file))
    expect(turned).toHaveLength(8)
    const seen = await Promise.all(
      turned.map(async (file) => {
        const made = await tried(small({ format: 'png' }), await read(file))
        if (made instanceof Failure) throw made
        return sharp(made.bytes).removeAlpha().blur(2).resize(20, 20, { fit: 'fill' }).raw().toBuffer()
      }),
    )
    for (const pixels of seen) {
      const difference = pixels.reduce((sum, value, at) => sum + Math.abs(value - (seen[0]?.[at] ?? 0)), 0) / pixels.length
      expect(difference).toBeLessThan(6)
    }
  })
})
