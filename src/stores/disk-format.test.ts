import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEntry, encodeFront, renewal } from './disk-format.ts'

const meta = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer()), { noNullPrototype: true })
const body = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes))

describe('an entry as a file', () => {
  it('reads as it was written', () => {
    fc.assert(
      fc.property(meta, body, (meta, body) => {
        expect(decodeEntry(Buffer.concat([encodeFront(meta, body), body]))).toEqual({ meta, body })
      }),
    )
  })

  it('with one byte changed is nothing, or what it was', () => {
    fc.assert(
      fc.property(meta, body, fc.nat(), fc.integer({ min: 1, max: 255 }), (meta, body, at, change) => {
        const file = Buffer.concat([encodeFront(meta, body), body])
        file.writeUInt8(file.readUInt8(at % file.length) ^ change, at % file.length)
        const entry = decodeEntry(file)
        if (entry !== undefined) expect(entry).toEqual({ meta, body })
      }),
      { numRuns: 2000 },
    )
  })

  it('cut short or made longer is nothing', () => {
    fc.assert(
      fc.property(meta, body, fc.nat(), (meta, body, at) => {
        const file = Buffer.concat([encodeFront(meta, body), body])
        expect(decodeEntry(file.subarray(0, at % file.length))).toBeUndefined()
        expect(decodeEntry(Buffer.concat([file, Buffer.from([0])]))).toBeUndefined()
      }),
    )
  })

  it('renewed again and again has the last facts; torn while being renewed, the ones before', () => {
    const file = Buffer.concat([encodeFront({ n: 0 }, Buffer.from('body')), Buffer.from('body')])
    for (let n = 1; n < 6; n++) {
      const next = renewal(file, { n })
      if (next === undefined || next === 'too-large') throw new Error('no renewal')
      const torn = Buffer.from(file)
      next.slot.copy(torn, next.position, 0, 14)
      expect(decodeEntry(torn)?.meta).toEqual({ n: n - 1 })
      next.slot.copy(file, next.position)
      expect(decodeEntry(file)).toEqual({ meta: { n }, body: Buffer.from('body') })
    }
    expect(renewal(file, { long: 'x'.repeat(300) })).toBe('too-large')
    expect(renewal(Buffer.alloc(600), {})).toBeUndefined()
  })
})
