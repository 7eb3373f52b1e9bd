import sharp from 'sharp'
import { expect, test } from 'vitest'
import { limits } from '../../test/pictures.ts'
import { defineFilter } from '../filters/filter.ts'
import { recipe } from '../recipe/recipe.ts'
import { step } from '../recipe/steps.ts'
import { openInProcess } from './in-process.ts'

const about = { doc: 'For this test.', example: 'x', params: {} } as const
const faulty = [
  defineFilter({ ...about, name: 'miscall', slot: 'blur', apply: (image) => image.blur(-1) }),
  defineFilter({
    ...about,
    name: 'misthink',
    slot: 'pixels',
    apply: () => {
      throw new TypeError('x is undefined')
    },
  }),
]
const signal = new AbortController().signal

test.each(['miscall', 'misthink'])('a fault of ours is not laid at the door of the original: %s', async (name) => {
  const renderer = await openInProcess({ filters: faulty })
  const picture = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  const job = { recipe: recipe([{ kind: 'filter', name, args: {} }]), originals: [picture], limits }
  expect(await renderer.render(job, signal)).toMatchObject({ code: 'internal' })
  expect(await renderer.render({ ...job, recipe: recipe([]), originals: [picture.subarray(0, 60)] }, signal)).toMatchObject({
    code: 'original-damaged',
  })
})

test('pages of unlike size are no damage: the wish is wrong', async () => {
  const renderer = await openInProcess({ filters: [] })
  const page = (width: number) =>
    sharp({ create: { width, height: 4, channels: 3, background: 'red' } })
      .tiff({ compression: 'none' })
      .toBuffer()
  const originals = [joined(await page(4), await page(8))]
  const pages = recipe([step('page', { count: 2 })], { format: 'webp' })
  expect(await renderer.render({ recipe: pages, originals, limits }, signal)).toMatchObject({
    code: 'page-outside',
    detail: { parameter: 'pages' },
  })
  expect(await renderer.render({ recipe: recipe([step('page', { index: 1 })]), originals, limits }, signal)).toMatchObject({ width: 8 })
})

/** Two little-endian TIFF files as one of two pages: the offsets of the second move behind the first, whose directory names it as the next. */
function joined(first: Buffer, second: Buffer): Buffer {
  const both = Buffer.concat([first, second])
  const directory = (at: number) => both.readUInt32LE(at + 4) + at
  const end = (at: number) => directory(at) + 2 + 12 * both.readUInt16LE(directory(at))
  for (let entry = directory(first.length) + 2; entry < end(first.length); entry += 12) {
    const [tag, type, count] = [both.readUInt16LE(entry), both.readUInt16LE(entry + 2), both.readUInt32LE(entry + 4)]
    const bytes = ([0, 1, 1, 2, 4, 8][type] ?? 8) * count
    if (bytes > 4 || tag === 273) both.writeUInt32LE(both.readUInt32LE(entry + 8) + first.length, entry + 8)
  }
  both.writeUInt32LE(directory(first.length), end(0))
  return both
}
