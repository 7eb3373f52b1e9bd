/** As far as `sniff` looks: whoever pads an SVG so that it is taken for something else here has it refused there. */
const headBytes = 4096

/**
 * Is this likely an SVG, plain or gzipped? A guess from the first bytes, for the choice of a deadline alone, in a process that parses and
 * unpacks nothing from strangers: no other format that we read begins with `<`, behind blanks, in any encoding, or as gzip does.
 */
export function looksLikeSvg(bytes: Buffer): boolean {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return true
  if (bytes.toString('latin1', 4, 8) === 'ftyp') return false // the length before it may read as `<`
  return /^[\s\0\xef\xbb\xbf\xff\xfe]*</.test(bytes.toString('latin1', 0, headBytes)) || /^\s*</.test(bytes.toString('utf8', 0, headBytes))
}
