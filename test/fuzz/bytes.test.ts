import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeAll, describe, test } from 'vitest'
import { copyrightOf } from '../../src/pixels/copyright.ts'
import { frameReader, printFrame } from '../../src/pixels/frames.ts'
import { looksLikeSvg } from '../../src/pixels/looks-like-svg.ts'
import { pictureOnly } from '../../src/pixels/picture-only.ts'
import { withoutCompressedText } from '../../src/pixels/png-text.ts'
import { sanitiseSvg } from '../../src/pixels/sanitise-svg.ts'
import { sniff } from '../../src/pixels/sniff.ts'
import { readReply } from '../../src/pixels/wire.ts'
import { readDeleted, readListing } from '../../src/s3/listing.ts'
import { readXml } from '../../src/s3/xml.ts'
import { readResult } from '../../src/service/result.ts'
import { readVersion } from '../../src/service/version.ts'
import { decodeEntry, decodeHead, encodeFront, renewal } from '../../src/stores/disk-format.ts'
import { pack, unpack } from '../../src/stores/s3-format.ts'
import type { Meta } from '../../src/stores/store.ts'
import { eachBounded, runs } from './bounded.ts'
import { drawnOriginals } from './drawn.ts'
import { mutate } from './mutate.ts'
import { randomOf } from './random.ts'
import { textsLike } from './texts.ts'

/** Bytes of strangers, of origins, and of disks that lie: every reader of them is total. */

let originals: ReadonlyMap<string, Buffer>
beforeAll(async () => {
  originals = await drawnOriginals('samples')
})

/** Pictures damaged as the fuzzer damages them, whole ones, and bytes by chance. */
function pictures(of: RegExp): fc.Arbitrary<Buffer> {
  const names = [...originals.keys()].filter((name) => of.test(name))
  const at = (name: string): Buffer => originals.get(name) ?? Buffer.alloc(0)
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(fc.constantFrom(...names), fc.constantFrom(...originals.keys()), fc.nat())
        .map(([name, other, seed]) => mutate(at(name), at(other), randomOf(seed)).bytes),
    },
    { weight: 1, arbitrary: fc.constantFrom(...names).map(at) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  )
}

describe('bytes of a picture', () => {
  test.each([
    ['jpeg', /jpe?g/],
    ['png', /png/],
    ['webp', /webp/],
    ['gif', /gif/],
    ['avif', /avif/],
    ['tiff', /tiff/],
    ['svg', /svg/],
  ])('%s: what it is, and whether it is nothing else', (format, of) => {
    eachBounded(
      pictures(of),
      (bytes) => [sniff(bytes), looksLikeSvg(bytes), pictureOnly(bytes, format), withoutCompressedText(bytes)],
      2 * runs,
    )
  })

  test('a drawing, made harmless', () => {
    eachBounded(pictures(/svg/), (bytes) => sanitiseSvg(bytes), 2 * runs)
  })

  test('a drawing of any words', () => {
    const valid = [
      '<svg xmlns="http://www.w3.org/2000/svg"><g><path d="M0 0"/></g></svg>',
      '<style>a{fill:url(#b)}</style>',
      '<!DOCTYPE svg [<!ENTITY a "b">]>',
    ]
    const pieces = [
      '<',
      '>',
      '</',
      '/>',
      '<g>',
      '</g>',
      '<svg ',
      'xmlns:a="',
      '"',
      "'",
      '=',
      '&',
      ';',
      '&#',
      '&#x',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '[',
      ']',
      'style="',
      'url(',
      ')',
      '/*',
      '\\',
      '\0',
      '﻿',
      ' ',
    ]
    const texts = textsLike(valid, pieces, 20_000)
    const svg = (inner: string): string => `<svg xmlns="http://www.w3.org/2000/svg">${inner}`
    eachBounded(texts, (text) => [sniff(Buffer.from(text)), sanitiseSvg(Buffer.from(text))])
    eachBounded(texts, (text) => sanitiseSvg(Buffer.from(svg(text))))
    eachBounded(texts, (text) => sanitiseSvg(Buffer.from(svg(`<g style="${text}"/></svg>`))))
    eachBounded(texts, (text) => sanitiseSvg(gzipSync(svg(`<style>${text}</style></svg>`))), 50)
  })

  test('Exif, and whose the picture is', () => {
    const whole = exifOf('Copyright', 'A. Nyone')
    const changed = fc.nat().map((seed) => mutate(whole, whole, randomOf(seed)).bytes)
    const bare = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
    const begun = bare.map((bytes) => Buffer.concat([whole.subarray(0, 14), bytes]))
    eachBounded(fc.oneof(changed, begun, bare), copyrightOf, 4 * runs)
  })
})

describe('bytes of a store', () => {
  const meta = {
    etag: '"a"',
    format: 'png',
    width: 1,
    height: 1,
    frames: 1,
    version: { stamp: 's', freshUntil: 1, noStore: false },
    overlays: [],
  }
  const body = Buffer.from('some bytes of a picture')
  const file = Buffer.concat([encodeFront(meta, body), body])
  const damaged = fc.oneof(
    fc.nat().map((seed) => mutate(file, file, randomOf(seed)).bytes),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  )

  test('a file of the disk', () => {
    eachBounded(
      damaged,
      (bytes) => {
        const entry = decodeEntry(bytes)
        return [decodeHead(bytes), renewal(bytes, meta), entry === undefined ? undefined : readResult(entry)]
      },
      4 * runs,
    )
  })

  test('an object of a bucket', () => {
    const whole = pack({ meta, body })
    const facts = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom('.4', '.1e3', '.-1', '.Infinity', '.0x5', '.', whole.metadata.tintype ?? ''),
    )
    const sum = fc.constantFrom(whole.metadata['tintype-body'] ?? '', '')
    eachBounded(fc.tuple(facts, sum), ([tintype, sum]) => {
      const entry = unpack({ body, metadata: { tintype, 'tintype-body': sum } })
      return entry === undefined ? undefined : readResult(entry)
    })
  })

  test('the facts of a result', () => {
    const field = fc.constantFrom('etag', 'format', 'width', 'height', 'frames', 'version', 'overlays', 'stamp', 'freshUntil', '__proto__')
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant([]), fc.constant({ stamp: 's', freshUntil: 1 }))
    eachBounded(fc.dictionary(field, value), (facts) => [readResult({ meta: facts as Meta, body }), readVersion(facts as Meta)], 2 * runs)
  })
})

describe('bytes of others', () => {
  const listing =
    '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>a</NextContinuationToken><Contents><Key>a%20b+c</Key><Size>5</Size><ETag>"e"</ETag></Contents></ListBucketResult>'
  const deleted = '<DeleteResult><Error><Key>a</Key><Code>AccessDenied</Code></Error></DeleteResult>'
  const pieces = [
    '<Contents>',
    '</Contents>',
    '<Key>',
    '%',
    '%zz',
    '&amp;',
    '&',
    '<',
    '>',
    '<!DOCTYPE a>',
    '<![CDATA[',
    ']]>',
    '<Error>',
    '<Code>',
    '\0',
    '-1',
    '1e999',
    ' xmlns="',
    '"',
  ]
  const texts = textsLike([listing, deleted, '<Error><Code>SlowDown</Code></Error>'], pieces, 20_000)

  test('XML of S3', () => {
    eachBounded(texts, readXml)
    eachBounded(texts, (text) => readListing('bucket', Buffer.from(text)))
    eachBounded(texts, (text) => readDeleted('bucket', Buffer.from(text)))
  })

  test('frames of a render process gone wrong', () => {
    const whole = Buffer.concat(printFrame({ head: { kind: 'done', value: { a: 1 } }, bodies: [Buffer.from('one'), Buffer.alloc(0)] }))
    const streams = fc.oneof(
      fc.nat().map((seed) => mutate(whole, whole, randomOf(seed)).bytes),
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
    )
    // It says so by these two errors, on which the socket is closed.
    eachBounded(
      fc.tuple(streams, fc.integer({ min: 1, max: 40 })),
      ([bytes, step]) => {
        const read = frameReader(({ head }) => void readReply(head), { headBytes: 1000, bodies: 10, bodyBytes: 10_000 })
        try {
          for (let at = 0; at < bytes.length; at += step) read(bytes.subarray(at, at + step))
        } catch (thrown) {
          if (!(thrown instanceof RangeError || thrown instanceof SyntaxError)) throw thrown
        }
      },
      2 * runs,
    )
    eachBounded(fc.jsonValue({ maxDepth: 4 }), readReply)
  })
})

/** An Exif block of one directory with one text, as sharp hands it over. */
function exifOf(name: 'Copyright', text: string): Buffer {
  const tag = { Copyright: 0x8298 }[name]
  const block = Buffer.alloc(6 + 8 + 2 + 12 + 4 + text.length + 1)
  block.write('Exif\0\0II*\0', 0, 'latin1')
  block.writeUInt32LE(8, 10)
  block.writeUInt16LE(1, 14)
  block.writeUInt16LE(tag, 16)
  block.writeUInt16LE(2, 18)
  block.writeUInt32LE(text.length + 1, 20)
  block.writeUInt32LE(26, 24)
  block.write(text, 32, 'latin1')
  return block
}
