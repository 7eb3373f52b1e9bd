/** As far as `sniff` looks: whoever pads an SVG so that it is taken for something else here has it refused there. */
const headBytes = 4096
/** The bytes that blanks, byte order marks and halves of UTF-16 are made of, in Latin-1 and in UTF-8. */
const blanks = new Set(
  Buffer.from(
    '\0\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff',
  ),
)
for (const byte of [0xa0, 0xfe, 0xff]) blanks.add(byte)

/**
 * Is this likely an SVG, plain or gzipped? A guess from the first bytes, for the choice of a deadline alone, in a process that parses and
 * unpacks nothing from strangers: no other format that we read begins with `<`, behind blanks, in any encoding, or as gzip does.
 */
export function looksLikeSvg(bytes: Buffer): boolean {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return true
  if (bytes.toString('latin1', 4, 8) === 'ftyp') return false // the length before it may read as `<`
  const first = bytes.subarray(0, headBytes).find((byte) => !blanks.has(byte))
  return first === 0x3c
}
