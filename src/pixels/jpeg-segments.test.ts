import sharp from 'sharp'
import { expect, test } from 'vitest'
import { jpegSegments } from './jpeg-segments.ts'

const create = { width: 30, height: 20, channels: 3, background: 'teal' } as const
const jpeg = await sharp({ create })
  .withExif({ IFD0: { Artist: 'A' } })
  .jpeg()
  .toBuffer()
const markers = (bytes: Buffer): number[] => [...jpegSegments(bytes)].map(({ marker }) => marker)

test('the segments in front of the first scan, one behind the other', () => {
  const segments = [...jpegSegments(jpeg)]
  expect(markers(jpeg)).toEqual(expect.arrayContaining([0xe1, 0xdb, 0xc0, 0xc4]))
  expect(markers(jpeg)).not.toContain(0xda)
  for (const [index, { at }] of segments.entries()) expect(at).toBe(index === 0 ? 2 : segments[index - 1]?.end)
  expect(jpeg.readUInt16BE(segments.at(-1)?.end ?? 0)).toBe(0xffda)
})

test('nothing from the first scan on, whatever stands there', () => {
  expect(markers(Buffer.concat([jpeg, jpeg.subarray(2)]))).toEqual(markers(jpeg))
})

test('fill bytes in front of a marker are passed over', () => {
  expect(markers(Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xff, 0xff]), jpeg.subarray(2)]))).toEqual(markers(jpeg))
})

test('a file that is cut short anywhere, or holds lengths of nothing, comes to an end', () => {
  for (let length = 0; length < 400; length++) expect(markers(jpeg.subarray(0, length)).length).toBeLessThanOrEqual(markers(jpeg).length)
  expect(markers(Buffer.from('ffd8ffe00000ffe00000', 'hex'))).toEqual([0xe0])
  expect(markers(Buffer.alloc(1000, 0xff))).toEqual([])
})
