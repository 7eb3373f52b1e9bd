import { Failure } from '../errors.ts'
import type { SourceFormat } from '../geometry/facts.ts'

/** More remarks than that are there for no reader. */
const mostRemarks = 1000

/**
 * An original as it may be passed on: without its comments, and without what lies behind its end, where other readers look for pages, programs
 * and archives. All that belongs to the picture stays, byte for byte: profiles, Exif, XMP, the gain map of a JPEG, the name of who made it.
 *
 * Nothing is decoded. A file that is not as its format says is left as it is from there on.
 *
 * @param format  As its bytes say. JPEG, PNG, GIF and WebP are gone through; any other comes back as it is.
 * @returns       The same buffer where there is nothing to leave out; `original-too-costly` for too many comments. Never throws; linear in
 *                the bytes.
 */
export function pictureAlone(bytes: Buffer, format: SourceFormat): Buffer | Failure {
  const { end, left } = walkers[format]?.(bytes) ?? whole(bytes)
  if (left.length > mostRemarks) return new Failure('original-too-costly', `The original has more than ${mostRemarks} comments.`)
  const to = zerosEnd(bytes, end) === bytes.length ? bytes.length : end // zeros that fill up are nothing to anyone
  if (left.length === 0) return to === bytes.length ? bytes : bytes.subarray(0, to)
  if (format === 'jpeg') return blanked(bytes.subarray(0, to), left)
  const kept = left.map(({ from }, index) => bytes.subarray(left[index - 1]?.to ?? 0, from))
  return Buffer.concat([...kept, bytes.subarray(left.at(-1)?.to, to)])
}

/** Where the picture ends, and what before that is to be left out. */
type Found = { readonly end: number; readonly left: readonly Span[] }
type Span = { readonly from: number; readonly to: number }

const walkers: Partial<Record<SourceFormat, (bytes: Buffer) => Found>> = { jpeg, png, gif, webp }

const whole = ({ length }: Buffer): Found => ({ end: length, left: [] })

/** Where zeros end that begin here. By hand, since `every` takes a fifth of a second for 20 MB of them. */
function zerosEnd(bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] === 0) at++
  return at
}

/** The gain map and the further views of a camera are JPEGs behind the first, at places that are said in bytes: so a comment keeps its length. */
function blanked(bytes: Buffer, comments: readonly Span[]): Buffer {
  const copy = Buffer.from(bytes)
  for (const { from, to } of comments) copy.fill(' ', from, to)
  return copy
}

/** JPEGs one behind the other, zeros between them. @see ITU-T T.81, B.1; CIPA DC-007, 5 */
function jpeg(bytes: Buffer): Found {
  const left: Span[] = []
  let end = 0
  for (let at = 0; bytes[at] === 0xff && bytes[at + 1] === 0xd8 && left.length <= mostRemarks; ) {
    const over = jpegEnd(bytes, at + 2, left)
    // One behind the first that is not whole is no part of a picture, but what anybody may have put there behind two bytes.
    if (over === undefined) return end === 0 ? { end: bytes.length, left } : { end, left: left.filter(({ from }) => from < end) }
    end = over
    at = zerosEnd(bytes, over)
  }
  return { end: end === 0 ? bytes.length : end, left }
}

/** Where one JPEG ends whose segments begin here; its comments are noted. `undefined` where it is cut short or broken. */
function jpegEnd(bytes: Buffer, from: number, comments: Span[]): number | undefined {
  let at = from
  while (at + 2 <= bytes.length && comments.length <= mostRemarks) {
    const marker = bytes[at + 1] ?? 0
    if (bytes[at] !== 0xff) return undefined
    if (marker === 0xff) {
      at += 1 // a fill byte
    } else if (marker === 0xd9) {
      return at + 2
    } else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2 // without a body
    } else {
      if (at + 4 > bytes.length) return undefined
      const end = at + 2 + bytes.readUInt16BE(at + 2)
      if (marker === 0xfe && end > at + 4) comments.push({ from: at + 4, to: Math.min(end, bytes.length) })
      at = marker === 0xda ? scanEnd(bytes, end) : end
    }
  }
  return undefined
}

/** Where compressed data gives way to a marker: `ff 00`, fill bytes and restart markers belong to it. */
function scanEnd(bytes: Buffer, from: number): number {
  // By hand: a search for each `ff` would take a second for 20 MB of them.
  for (let at = from; at + 1 < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue
    const next = bytes[at + 1] ?? 0
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at
  }
  return bytes.length
}

/** Texts of these keywords say whose the picture is and what it shows; all others are remarks. @see PNG specification, third edition, 11.3.3.2 */
const pngTexts =
  /^(?:Title|Author|Description|Copyright|Creation Time|Software|Disclaimer|Warning|Source|XML:com\.adobe\.xmp|date:\w+|Raw profile type \w+)\0/

/** Names of chunks as numbers: a file may have a million of them, which as texts would take a fifth of a second. */
const iend = 0x49454e44
const texts: ReadonlySet<number> = new Set([0x74455874, 0x7a545874, 0x69545874]) // tEXt, zTXt, iTXt

function png(bytes: Buffer): Found {
  const left: Span[] = []
  let at = 8
  while (at + 12 <= bytes.length && left.length <= mostRemarks) {
    const end = at + 12 + bytes.readUInt32BE(at)
    const name = bytes.readUInt32BE(at + 4)
    if (name === iend) return { end: Math.min(end, bytes.length), left }
    if (texts.has(name) && !pngTexts.test(bytes.toString('latin1', at + 8, at + 8 + 80)))
      left.push({ from: at, to: Math.min(end, bytes.length) })
    at = end
  }
  return { end: bytes.length, left }
}

/** @see GIF89a, 17 to 27 */
function gif(bytes: Buffer): Found {
  const left: Span[] = []
  let at = 13 + colourTable(bytes[10])
  while (at < bytes.length && left.length <= mostRemarks) {
    const block = bytes[at]
    if (block === 0x3b) return { end: at + 1, left }
    if (block !== 0x21 && block !== 0x2c) break
    const end = blocksEnd(bytes, block === 0x21 ? at + 2 : at + 11 + colourTable(bytes[at + 9]))
    if (block === 0x21 && bytes[at + 1] === 0xfe) left.push({ from: at, to: end })
    at = end
  }
  return { end: bytes.length, left }
}

/** Bytes of the colour table that packed fields announce. */
function colourTable(packed = 0): number {
  return packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0
}

/** Where a row of blocks ends, each with its length before it: behind an empty one. */
function blocksEnd(bytes: Buffer, from: number): number {
  let at = from
  while ((bytes[at] ?? 0) > 0) at += (bytes[at] ?? 0) + 1
  return Math.min(at + 1, bytes.length)
}

/** @see RFC 9649, 2.4 */
function webp(bytes: Buffer): Found {
  if (bytes.length < 12) return whole(bytes)
  const length = 8 + bytes.readUInt32LE(4)
  return { end: Math.min(length + (length % 2), bytes.length), left: [] }
}
