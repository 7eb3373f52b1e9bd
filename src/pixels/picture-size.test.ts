import sharp from 'sharp'
import { expect, test } from 'vitest'
import { shapeOf } from './picture-size.ts'

const drawn = sharp({ create: { width: 37, height: 21, channels: 4, background: '#8a4b14' } })

test.each([
  ['jpeg', () => drawn.clone().jpeg()],
  [
    'jpeg',
    () =>
      drawn
        .clone()
        .withExif({ IFD0: { Copyright: 'x'.repeat(300) } })
        .jpeg({ progressive: true }),
  ],
  ['png', () => drawn.clone().png()],
  ['gif', () => drawn.clone().gif()],
  ['webp', () => drawn.clone().flatten().webp()],
  ['webp', () => drawn.clone().webp({ lossless: true })],
  [
    'webp',
    () =>
      drawn
        .clone()
        .withExif({ IFD0: { Copyright: 'x' } })
        .webp(),
  ],
  ['avif', () => drawn.clone().avif()],
])('reads the size of a %s', async (format, draw) => {
  const bytes = await draw().toBuffer()
  expect(shapeOf(bytes)).toEqual({ format, width: 37, height: 21 })
  for (let length = 0; length < Math.min(bytes.length, 400); length++) expect(() => shapeOf(bytes.subarray(0, length))).not.toThrow()
})

test('knows nothing of what is no picture', () => {
  expect(shapeOf(Buffer.from('<html>'))).toBeUndefined()
})
