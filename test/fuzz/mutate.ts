import { crc32 } from 'node:zlib'
import { piecesOf } from './pieces.ts'
import type { Random } from './random.ts'

/** A file changed in one to four places, and how. */
export type Mutated = { readonly bytes: Buffer; readonly how: readonly string[] }

type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer

/** Numbers at which decoders slip: nothing, one, the ends of signed and unsigned words, just short of them. */
const edges = [
  0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x100, 0x3fff, 0x4000, 0x7fff, 0x8000, 0xffff, 0x10000, 0xffffff, 0x7fffffff, 0x80000000, 0xfffffffe,
  0xffffffff,
]

const anywhere: Readonly<Record<string, Mutation>> = {
  'flip bits': (bytes, random) => {
    const made = Buffer.from(bytes)
    for (let times = 1 + random.below(16); times > 0; times--) {
      const at = place(made, random)
      made[at] = (made[at] ?? 0) ^ (1 << random.below(8))
    }
    return made
  },
  'set bytes': (bytes, random) => {
    const made = Buffer.from(bytes)
    const at = place(made, random)
    made.fill(random.pick([0, 1, 0x7f, 0x80, 0xfe, 0xff]), at, Math.min(made.length, at + 1 + random.below(8)))
    return made
  },
  'set a number': (bytes, random) => {
    const made = Buffer.from(bytes)
    writeNumber(made, place(made, random), random.pick(edges), random.pick([2, 4] as const), random.chance(50))
    return made
  },
  truncate: (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  'cut out': (bytes, random) => {
    const [from, end] = range(bytes, random)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(end)])
  },
  'say twice': (bytes, random) => {
    const [from, end] = range(bytes, random)
    return Buffer.concat([
      bytes.subarray(0, end),
      ...Array.from({ length: 1 + random.below(4) }, () => bytes.subarray(from, end)),
      bytes.subarray(end),
    ])
  },
  'splice with another': (bytes, random, other) =>
    Buffer.concat([bytes.subarray(0, random.below(bytes.length)), other.subarray(random.below(other.length))]),
  'junk inside': (bytes, random) => {
    const at = random.below(bytes.length)
    return Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from(Array.from({ length: 1 + random.below(64) }, () => random.below(256))),
      bytes.subarray(at),
    ])
  },
}

/** Changes of whole pieces, for files that have some. */
const inPieces: Readonly<Record<string, Mutation>> = {
  'length of a piece': (bytes, random) => {
    const made = Buffer.from(bytes)
    const { at, bytes: width, big } = random.pick(piecesOf(bytes)).length
    const old = readNumber(made, at, width, big)
    writeNumber(made, at, random.pick([...edges, old - 1, old + 1, old * 2, old ^ 0x100]), width, big)
    return made
  },
  'a piece twice': (bytes, random) => {
    const pieces = piecesOf(bytes)
    const { from, end } = random.pick(pieces)
    const at = random.pick(pieces).from
    const copies = Array.from({ length: random.chance(5) ? 2000 : 1 + random.below(3) }, () =>
      bytes.subarray(from, Math.min(end, from + 4096)),
    )
    return Buffer.concat([bytes.subarray(0, at), ...copies, bytes.subarray(at)])
  },
  'a piece gone': (bytes, random) => {
    const { from, end } = random.pick(piecesOf(bytes))
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(end)])
  },
  'a piece elsewhere': (bytes, random) => {
    const pieces = piecesOf(bytes)
    const { from, end } = random.pick(pieces)
    const at = random.pick(pieces).from
    const rest = Buffer.concat([bytes.subarray(0, from), bytes.subarray(end)])
    return Buffer.concat([rest.subarray(0, at), bytes.subarray(from, end), rest.subarray(at)])
  },
  'bytes of a piece': (bytes, random) => {
    const made = Buffer.from(bytes)
    const { from, end } = random.pick(piecesOf(bytes))
    for (let times = 1 + random.below(4); times > 0; times--)
      made[from + random.below(Math.min(end - from, 64))] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)])
    return made
  },
  'a piece of another': (bytes, random, other) => {
    const theirs = piecesOf(other)
    if (theirs.length === 0) return bytes
    const { from, end } = random.pick(theirs)
    const at = random.pick(piecesOf(bytes)).from
    return Buffer.concat([bytes.subarray(0, at), other.subarray(from, end), bytes.subarray(at)])
  },
}

/** What a drawing can be made to say. */
const words = [
  '<g>'.repeat(300), '</g>', '<use href="#a"/>', '<g id="a"><use href="#a"/></g>', '1e308', '-1', '0', 'NaN', '99999999999', '1e-300',
  '<svg width="100%" height="1e9">', '<image href="data:image/png;base64,AAAA"/>', '<filter id="f"><feTurbulence baseFrequency="9" numOctaves="99"/></filter>',
  'filter="url(#f)"', '<path d="M0 0', ' A 1e30 1e30 0 1 1 5 5', '<pattern id="p" width="1e-9" height="1e-9"/>', 'stroke-dasharray="1e-9"',
  '<text font-size="1e9">x</text>', 'viewBox="0 0 0 0"', 'viewBox="-1e30 0 1e38 1"', '<mask id="m" mask="url(#m)"/>', '&amp;', '&#0;', '&x;', ']]>', '<!--', '<![CDATA[', '\0', '\ufffe',
  '<style>*{font:9e9px a}</style>', 'transform="matrix(1e30 0 0 1e-30 0 0)"', '<marker id="k" markerWidth="1e9"/>', 'preserveAspectRatio="x"',
] // biome-ignore format: a list of words reads best as words

const inText: Readonly<Record<string, Mutation>> = {
  'put in words': (bytes, random) => {
    const at = random.below(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(random.pick(words)), bytes.subarray(at)])
  },
  'another number': (bytes, random) => {
    const text = bytes.toString('latin1')
    const numbers = [...text.matchAll(/\d+(?:\.\d+)?/g)]
    if (numbers.length === 0) return bytes
    const { index, 0: old } = random.pick(numbers)
    return Buffer.from(
      text.slice(0, index) +
        random.pick(['0', '-1', '1e9', '1e38', '65536', '4294967295', '0.0000001', '']) +
        text.slice(index + old.length),
      'latin1',
    )
  },
}

/** The same bytes, random numbers and other file give the same mutant; it is never longer than twice the file and 2 MB. */
export function mutate(bytes: Buffer, other: Buffer, random: Random): Mutated {
  let made = bytes
  const how: string[] = []
  for (let times = random.pick([1, 1, 1, 1, 2, 3]); times > 0 && made.length > 0 && made.length < 2 * bytes.length + 1e6; times--) {
    const pieces = piecesOf(made).length > 0 && random.chance(60)
    const text = made[0] === 0x3c && random.chance(60)
    const [name, mutation] = random.pick(Object.entries(pieces ? inPieces : text ? inText : anywhere))
    made = mutation(made, random, other)
    how.push(name)
  }
  // Behind a wrong checksum nothing would be read.
  if (made.toString('latin1', 1, 4) === 'PNG' && random.chance(80)) made = withChecksums(made)
  return { bytes: made, how }
}

/** Mostly near the beginning, where files say what they are. */
function place(bytes: Buffer, random: Random): number {
  return random.below(random.chance(60) ? Math.min(bytes.length, 512) : bytes.length)
}

function range(bytes: Buffer, random: Random): readonly [from: number, end: number] {
  const from = random.below(bytes.length)
  return [from, Math.min(bytes.length, from + 1 + random.below(random.chance(70) ? 64 : 65_536))]
}

function readNumber(bytes: Buffer, at: number, width: 2 | 4, big: boolean): number {
  if (at + width > bytes.length) return 0
  return big ? bytes.readUIntBE(at, width) : bytes.readUIntLE(at, width)
}

/** As much of the number as fits the width; nothing past the end. */
function writeNumber(bytes: Buffer, at: number, value: number, width: 2 | 4, big: boolean): void {
  if (at + width > bytes.length) return
  const fits = width === 2 ? value & 0xffff : value >>> 0
  if (big) bytes.writeUIntBE(fits, at, width)
  else bytes.writeUIntLE(fits, at, width)
}

function withChecksums(bytes: Buffer): Buffer {
  const made = Buffer.from(bytes)
  for (const { from, end } of piecesOf(made)) made.writeUInt32BE(crc32(made.subarray(from + 4, end - 4)), end - 4)
  return made
}
