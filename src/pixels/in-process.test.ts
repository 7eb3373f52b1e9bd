import sharp from 'sharp'
import { expect, test } from 'vitest'
import { limits } from '../../test/pictures.ts'
import { defineFilter } from '../filters/filter.ts'
import { recipe } from '../recipe/recipe.ts'
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
