/**
 * Does a file hold a picture and nothing else? Asked before an original is passed on as it is in place of a result: what is passed on must
 * not carry a place, a name, a comment or a second file behind the first. So each walker allows what it knows, at its exact length, and says no
 * to all else: unknown segments, profiles, repeated ones, a byte too many at the end.
 *
 * The compressed data itself is walked, not decoded: bytes that a forger hides inside it are not found here.
 *
 * @param format  As the bytes say, not the name: `jpeg`, `png`, `webp`, `gif`. Of any other (AVIF, TIFF, SVG) the answer is false.
 * @returns       Never throws, on whatever bytes; linear in their number.
 */
export function pictureOnly(bytes: Uint8Array, format: string): boolean {
  const walk = walkers.get(format)
  return walk?.(bytes) ?? false
}

const walkers: ReadonlyMap<string, (bytes: Uint8Array) => boolean> = new Map([
  ['jpeg', jpegOnly],
  ['png', pngOnly],
  ['webp', webpOnly],
  ['gif', gifOnly],
])

/** SOI, then segments at their exact length, then scans, then EOI as the last two bytes. @see ITU-T T.81, B.1 and B.2 */
function jpegOnly(bytes: Uint8Array): boolean {
  if (!startsWith(bytes, 0, '\xff\xd8')) return false
  let at = 2
  let frames = 0
  let scans = 0
  let jfif = 0
  let adobe = 0
  for (;;) {
    if (bytes[at] !== 0xff) return false
    const marker = bytes[at + 1]
    if (marker === 0xd9) return at + 2 === bytes.length && frames === 1 && scans > 0
    const length = big16(bytes, at + 2)
    const body = at + 4
    const end = at + 2 + length
    if (!(length >= 2 && end <= bytes.length)) return false
    switch (marker) {
      case 0xe0: // JFIF without a thumbnail, before all else
        if (++jfif > 1 || at !== 2 || length !== 16 || !startsWith(bytes, body, 'JFIF\0') || big16(bytes, body + 12) !== 0) return false
        break
      case 0xee:
        if (++adobe > 1 || length !== 14 || !startsWith(bytes, body, 'Adobe')) return false
        break
      case 0xc0: // baseline, extended, progressive: what libvips reads; the number of components fixes the length
      case 0xc1:
      case 0xc2:
        if (++frames > 1 || length !== 8 + 3 * (bytes[body + 5] ?? 0)) return false
        break
      case 0xc4:
        if (!huffmanTables(bytes, body, end)) return false
        break
      case 0xdb:
        if (!quantisationTables(bytes, body, end)) return false
        break
      case 0xdd:
        if (length !== 4) return false
        break
      case 0xda:
        scans++
        if (frames !== 1 || length !== 6 + 2 * (bytes[body] ?? 0)) return false
        break
      default: // every other APPn, COM, arithmetic coding, DNL, reserved
        return false
    }
    at = marker === 0xda ? entropyEnd(bytes, end) : end
  }
}

/** Where the entropy-coded data that begins here gives way to a marker: `ff 00` and the restart markers belong to it. */
function entropyEnd(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(0xff, from)
  while (at !== -1) {
    const next = bytes[at + 1] ?? 0xd9
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at
    at = bytes.indexOf(0xff, at + 2)
  }
  return bytes.length
}

/** DQT: tables of 64 values, of one byte or two, up to the very end. */
function quantisationTables(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from
  while (at < end) at += (bytes[at] ?? 0) >> 4 === 0 ? 65 : 129
  return at === end
}

/** DHT: 16 counts, then as many values as they add up to, up to the very end. */
function huffmanTables(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from
  while (at < end) {
    let values = 0
    for (let i = 1; i <= 16; i++) values += bytes[at + i] ?? 0
    at += 17 + values
  }
  return at === end
}

/** Length of the chunks that may stand once, and most bytes of those whose length varies. @see PNG specification, third edition, 11 */
const pngOnce: Readonly<Record<string, readonly [least: number, most: number]>> = {
  PLTE: [3, 768],
  tRNS: [1, 256],
  gAMA: [4, 4],
  sRGB: [1, 1],
  cHRM: [32, 32],
  pHYs: [9, 9],
  sBIT: [1, 4],
  bKGD: [1, 6],
  acTL: [8, 8],
}

function pngOnly(bytes: Uint8Array): boolean {
  if (!startsWith(bytes, 0, '\x89PNG\r\n\x1a\n') || !startsWith(bytes, 8, '\0\0\0\rIHDR')) return false
  const seen = new Set<string>()
  let at = 8 + 12 + 13
  let before = 'IHDR'
  for (;;) {
    const length = big32(bytes, at)
    const name = ascii(bytes, at + 4, 4)
    const end = at + 12 + length // length, name, body, CRC
    if (!(end <= bytes.length)) return false
    if (name === 'IEND') return length === 0 && end === bytes.length && seen.has('IDAT')
    if (name === 'IDAT') {
      if (seen.has('IDAT') && before !== 'IDAT') return false // they follow each other; a later one is read by nobody
    } else if (name === 'fcTL' || name === 'fdAT') {
      if (!seen.has('acTL') || (name === 'fcTL' && length !== 26)) return false
    } else {
      const [least, most] = pngOnce[name] ?? [1, 0]
      if (seen.has(name) || length < least || length > most) return false
    }
    seen.add(name)
    before = name
    at = end
  }
}

/** A RIFF file of the exact size: one picture, or an animation of some. @see RFC 9649, 2 */
function webpOnly(bytes: Uint8Array): boolean {
  if (!startsWith(bytes, 0, 'RIFF') || !startsWith(bytes, 8, 'WEBP') || little32(bytes, 4) !== bytes.length - 8) return false
  const names = riffChunks(bytes, 12, bytes.length, (name, body, length) => {
    switch (name) {
      case 'VP8X': // flags of a profile (0x20), Exif (0x08) and XMP (0x04) promise chunks that are not allowed
        return body === 20 && length === 10 && ((bytes[body] ?? 0) & 0b0010_1100) === 0
      case 'ANIM':
        return length === 6
      case 'ANMF': {
        const frame = length > 16 && riffChunks(bytes, body + 16, body + length, (inner, at) => isWebpData(bytes, inner, at))
        return frame !== false && /^(ALPH )?(VP8 |VP8L) $/.test(frame)
      }
      default:
        return isWebpData(bytes, name, body)
    }
  })
  return names !== false && /^(VP8X )?(((ALPH )?VP8 |VP8L) |ANIM (ANMF )+)$/.test(names)
}

function isWebpData(bytes: Uint8Array, name: string, body: number): boolean {
  if (name === 'VP8 ') return startsWith(bytes, body + 3, '\x9d\x01\x2a')
  if (name === 'VP8L') return bytes[body] === 0x2f
  return name === 'ALPH'
}

/** The names of the chunks from `at` to `end`, a blank behind each; false when one is not as it should be, or odd bytes are left over. */
function riffChunks(
  bytes: Uint8Array,
  from: number,
  end: number,
  good: (name: string, body: number, length: number) => boolean,
): string | false {
  const names: string[] = []
  let at = from
  while (at < end) {
    const name = ascii(bytes, at, 4)
    const length = little32(bytes, at + 4)
    const next = at + 8 + length + (length % 2)
    if (!(next <= end) || (length % 2 === 1 && bytes[next - 1] !== 0) || !good(name, at + 8, length)) return false
    names.push(`${name} `)
    at = next
  }
  return names.join('')
}

/** Screen, then images with at most one control block before each, one loop count, and `;` as the last byte. @see GIF89a, 17 to 27 */
function gifOnly(bytes: Uint8Array): boolean {
  if (!startsWith(bytes, 0, 'GIF87a') && !startsWith(bytes, 0, 'GIF89a')) return false
  let at = 13 + colourTable(bytes[10])
  let images = 0
  let loops = 0
  let controls = 0
  for (;;) {
    if (bytes[at] === 0x3b) return at + 1 === bytes.length && images > 0
    if (startsWith(bytes, at, '\x21\xf9\x04') && bytes[at + 7] === 0) {
      if (++controls > 1) return false
      at += 8
    } else if (startsWith(bytes, at, '\x21\xff\x0bNETSCAPE2.0\x03\x01') && bytes[at + 18] === 0) {
      if (++loops > 1) return false
      at += 19
    } else if (bytes[at] === 0x2c) {
      at += 10 + colourTable(bytes[at + 9]) + 1 // the smallest code's size
      while ((bytes[at] ?? 0) > 0) at += (bytes[at] ?? 0) + 1
      if (at >= bytes.length) return false
      at++
      images++
      controls = 0
    } else return false // comment, plain text, any other extension, junk between blocks
  }
}

/** Bytes of the colour table that packed fields announce. */
function colourTable(packed = 0): number {
  return packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
  return true
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length))
}

/** Whole numbers without sign; `NaN` past the end, which no comparison accepts. */
function big16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? Number.NaN) * 0x100 + (bytes[at + 1] ?? Number.NaN)
}

function big32(bytes: Uint8Array, at: number): number {
  return big16(bytes, at) * 0x1_0000 + big16(bytes, at + 2)
}

function little32(bytes: Uint8Array, at: number): number {
  const [a, b, c, d] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]
  return d === undefined ? Number.NaN : (a ?? 0) + (b ?? 0) * 0x100 + (c ?? 0) * 0x1_0000 + d * 0x100_0000
}
