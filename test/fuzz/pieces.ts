/** A piece of a container: a chunk, a segment, a box. */
export type Piece = {
  readonly from: number
  readonly end: number
  /** Where its length stands, and how. */
  readonly length: { readonly at: number; readonly bytes: 2 | 4; readonly big: boolean }
}

/** The pieces of a whole file, as far as they can be followed; none for what has no such form (GIF, SVG). */
export function piecesOf(bytes: Buffer): readonly Piece[] {
  if (bytes.toString('latin1', 1, 4) === 'PNG') return walk(bytes, 8, (at) => ({ lengthAt: at, size: 12 + big32(bytes, at) }), true, 4)
  if (bytes.toString('latin1', 0, 4) === 'RIFF')
    return walk(bytes, 12, (at) => ({ lengthAt: at + 4, size: 8 + little32(bytes, at + 4) + (little32(bytes, at + 4) % 2) }), false, 4)
  if (bytes.toString('latin1', 4, 8) === 'ftyp') return boxes(bytes, 0, bytes.length)
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    return walk(bytes, 2, (at) => (bytes[at] === 0xff ? { lengthAt: at + 2, size: 2 + bytes.readUInt16BE(at + 2) } : undefined), true, 2)
  }
  if (/^(?:II\*\0|MM\0\*)$/.test(bytes.toString('latin1', 0, 4))) return entries(bytes)
  return []
}

type Step = { readonly lengthAt: number; readonly size: number } | undefined

function walk(bytes: Buffer, from: number, step: (at: number) => Step, big: boolean, width: 2 | 4): readonly Piece[] {
  const pieces: Piece[] = []
  let at = from
  while (at + 8 <= bytes.length && pieces.length < 500) {
    const found = step(at)
    if (found === undefined || found.size < 2 || at + found.size > bytes.length) break
    pieces.push({ from: at, end: at + found.size, length: { at: found.lengthAt, bytes: width, big } })
    at += found.size
  }
  return pieces
}

/** Boxes of AVIF, and those inside the ones that hold others. @see ISO/IEC 14496-12, 4.2 */
function boxes(bytes: Buffer, from: number, end: number): readonly Piece[] {
  const pieces: Piece[] = []
  let at = from
  while (at + 8 <= end && pieces.length < 200) {
    const size = big32(bytes, at)
    if (size < 8 || at + size > end) break
    pieces.push({ from: at, end: at + size, length: { at, bytes: 4, big: true } })
    const name = bytes.toString('latin1', at + 4, at + 8)
    if (name === 'meta') pieces.push(...boxes(bytes, at + 12, at + size))
    if (name === 'iprp' || name === 'ipco') pieces.push(...boxes(bytes, at + 8, at + size))
    at += size
  }
  return pieces
}

/** The entries of the first directory of a TIFF, each with its count of values as its length. */
function entries(bytes: Buffer): readonly Piece[] {
  const big = bytes[0] === 0x4d
  const at = big ? big32(bytes, 4) : little32(bytes, 4)
  if (at + 2 > bytes.length) return []
  const count = big ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at)
  const all = Array.from({ length: Math.min(count, 100) }, (_, index) => at + 2 + index * 12)
  return all.filter((from) => from + 12 <= bytes.length).map((from) => ({ from, end: from + 12, length: { at: from + 4, bytes: 4, big } }))
}

function big32(bytes: Buffer, at: number): number {
  return at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0
}

function little32(bytes: Buffer, at: number): number {
  return at + 4 <= bytes.length ? bytes.readUInt32LE(at) : 0
}
