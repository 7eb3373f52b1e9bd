import sharp from 'sharp'
import { expect, test } from 'vitest'
import { plain, red } from '../../test/pictures.ts'
import { forgetDensity } from './png-density.ts'

test('a PNG says 72 dpi, whatever its original said, and is else as it was', async () => {
  const scanned = await plain(20, 10, red).withMetadata({ density: 300 }).jpeg().toBuffer()
  const written = await sharp(scanned).png().toBuffer()
  expect((await sharp(written).metadata()).density).toBe(300)
  const before = Buffer.from(written)
  expect(forgetDensity(written)).toBe(written)
  expect((await sharp(written, { failOn: 'warning' }).metadata()).density).toBe(72)
  expect((await sharp(written).raw().toBuffer()).equals(await sharp(before).raw().toBuffer())).toBe(true)
  const changed = [...written.keys()].filter((at) => written[at] !== before[at])
  expect(Math.max(...changed) - Math.min(...changed)).toBeLessThan(13)
})

test('what has no density, or ends too soon, stays as it is', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(30), Buffer.from('89504e470d0a1a0a0000000970485973', 'hex')])
    expect(forgetDensity(Buffer.from(bytes))).toEqual(bytes)
})
