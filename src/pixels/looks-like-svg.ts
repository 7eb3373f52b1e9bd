/**
 * Is this likely an SVG, plain or gzipped? A guess from the first bytes, for the choice of a deadline alone, in a process that parses and
 * unpacks nothing from strangers: no other format that we read begins with `<`, in any encoding, or as gzip does.
 */
export function looksLikeSvg(bytes: Buffer): boolean {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return true
  return /^(?:\ufeff|\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*</.test(bytes.toString('latin1', 0, 256))
}
