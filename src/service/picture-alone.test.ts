import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { corpus } from '../../test/corpus.ts'
import { originals } from '../../test/originals.ts'
import { animation, blue, plain, quadrants, red } from '../../test/pictures.ts'
import { sniff } from '../pixels/sniff.ts'
import { pictureAlone } from './picture-alone.ts'

const page = Buffer.from('<script>mark-4711</script>')
const shown = (bytes: Buffer): Promise<Buffer> => sharp(bytes, { pages: -1 }).raw().toBuffer()
const alone = (bytes: Buffer, format = sniff(bytes)): Buffer => {
  const left = format === undefined ? bytes : pictureAlone(bytes, format)
  if (left instanceof Error) throw left
  return left
}
const inserted = (bytes: Buffer, at: number, piece: Buffer): Buffer => Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)])
const chunk = (name: string, content: string): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([length, Buffer.from(name + content, 'latin1'), Buffer.alloc(4)])
}
const comment = (text: Buffer): Buffer => Buffer.concat([Buffer.from([0xff, 0xfe, 0, text.length + 2]), text])

const jpeg = await quadrants(40, 30)
  .withExif({ IFD0: { Copyright: 'Jane' } })
  .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')
  .jpeg()
  .toBuffer()
const png = await quadrants(40, 30).png().toBuffer()
const gif = await animation('gif', [plain(9, 9, red), plain(9, 9, blue)])
const webp = await animation('webp', [plain(9, 9, red), plain(9, 9, blue)])

describe('what belongs to a picture stays', () => {
  it('in every kind of original', async () => {
    for (const bytes of Object.values(await originals())) expect(alone(bytes)).toBe(bytes)
  })

  it.each([
    ['a second JPEG, as gain maps are', Buffer.concat([jpeg, jpeg])],
    ['zeros that fill up', Buffer.concat([gif, Buffer.alloc(99)])],
    ['the name of an author', inserted(png, 33, chunk('tEXt', 'Author\0Jane'))],
    ['XMP of a PNG', inserted(png, 33, chunk('iTXt', 'XML:com.adobe.xmp\0\0\0\0\0<x/>'))],
    ['a JPEG that breaks off', jpeg.subarray(0, 600)],
  ])('%s', (_, bytes) => {
    expect(alone(bytes)).toBe(bytes)
  })
})

describe('what does not is left out', () => {
  it.each([
    ['behind a JPEG', Buffer.concat([jpeg, page])],
    ['behind a JPEG, as if it were one more', Buffer.concat([jpeg, Buffer.from([0xff, 0xd8]), comment(page), page])],
    ['behind a PNG', Buffer.concat([png, page])],
    ['behind a GIF', Buffer.concat([gif, page])],
    ['behind a WebP', Buffer.concat([webp, page])],
    ['a comment in a JPEG', inserted(jpeg, 2, comment(page))],
    ['a comment in the second JPEG', Buffer.concat([jpeg, inserted(jpeg, 2, comment(page))])],
    ['a comment in a PNG', inserted(png, 33, chunk('tEXt', `Comment\0${page}`))],
    ['a text of an unknown kind in a PNG', inserted(png, 33, chunk('zTXt', `mark-4711\0${page}`))],
    ['a comment in a GIF', inserted(gif, gif.length - 1, Buffer.concat([Buffer.from([0x21, 0xfe, page.length]), page, Buffer.from([0])]))],
  ])('%s', async (_, bytes) => {
    expect(bytes.includes('mark-4711')).toBe(true)
    const left = alone(bytes)
    expect(left.includes('mark-4711')).toBe(false)
    expect((await shown(left)).equals(await shown(bytes))).toBe(true)
    expect(alone(left).equals(left)).toBe(true)
  })

  it('and keeps the length of a JPEG, in which places are said in bytes', () => {
    expect(alone(inserted(jpeg, 2, comment(page))).length).toBe(jpeg.length + page.length + 4)
  })
})

it('refuses comments without end, in little time', () => {
  const begin = jpeg.subarray(0, 2)
  const comments = Buffer.concat([begin, ...Array(2000).fill(comment(page))])
  expect(pictureAlone(comments, 'jpeg')).toMatchObject({ code: 'original-too-costly' })
  for (const filling of [[0xff], [0xff, 0], [0xff, 0xfe, 0, 3, 1], [0xff, 0xd0]]) {
    const began = performance.now()
    pictureAlone(Buffer.concat([jpeg.subarray(0, -2), Buffer.alloc(20_000_000, Buffer.from(filling))]), 'jpeg')
    expect(performance.now() - began).toBeLessThan(1000)
  }
})

it('never throws, and never makes anything longer', () => {
  const damaged = fc.record({
    bytes: fc.constantFrom(jpeg, png, gif, webp),
    cut: fc.double({ min: 0, max: 1, noNaN: true }),
    flips: fc.array(fc.record({ at: fc.nat(5000), value: fc.nat(255) }), { maxLength: 8 }),
    behind: fc.uint8Array({ maxLength: 40 }),
  })
  fc.assert(
    fc.property(damaged, ({ bytes, cut, flips, behind }) => {
      const changed = Buffer.concat([bytes.subarray(0, Math.ceil(bytes.length * cut)), behind])
      for (const { at, value } of flips) if (at < changed.length) changed[at] = value
      for (const format of ['jpeg', 'png', 'gif', 'webp', 'avif', 'tiff'] as const) {
        const left = pictureAlone(changed, format)
        if (Buffer.isBuffer(left)) expect(left.length).toBeLessThanOrEqual(changed.length)
      }
    }),
    { numRuns: 500 },
  )
})

const valid = corpus('valid')
it.skipIf(valid === undefined)('shows every valid picture as it was', async () => {
  for (const { file, sharpDecodes } of valid?.files ?? []) {
    const bytes = readFileSync(join(valid?.folder ?? '', file))
    const left = alone(bytes)
    if (sharpDecodes && left !== bytes) expect((await sharp(left).raw().toBuffer()).equals(await sharp(bytes).raw().toBuffer())).toBe(true)
  }
})
