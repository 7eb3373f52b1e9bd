/** Name of a chunk and NUL, by which XMP in a PNG is known. @see XMP specification, part 3, 1.1.5 */
const xmpKeyword = 'XML:com.adobe.xmp\0'
/** Most bytes of compressed XMP that are kept: they inflate to some 60 MB at the worst. */
const xmpBytes = 64 * 1024

/**
 * A PNG without its compressed text (`zTXt`, compressed `iTXt`): libvips inflates every such chunk as soon as it reads the header, so that 280 kB
 * of them take 800 MB before a limit is asked. The first XMP stays, if it is small. Anything but a PNG comes back as it is, and so does what
 * follows a chunk that is not whole: the decoder has its own word for that.
 * @returns  The same buffer where nothing is to be removed. Never throws; linear in the number of chunks.
 * @see      PNG specification, third edition, 5.3 and 11.3.3
 */
export function withoutCompressedText(png: Buffer): Buffer {
  if (png.length < 8 || png.readUInt32BE(0) !== 0x89504e47) return png
  const kept: Buffer[] = []
  let from = 0
  let hasXmp = false
  for (let at = 8; at + 12 <= png.length; ) {
    const end = at + 12 + png.readUInt32BE(at)
    if (end > png.length) break
    const xmp = isXmp(png, at)
    if (isCompressedText(png, at, end) && !(xmp && !hasXmp && end - at <= xmpBytes)) {
      kept.push(png.subarray(from, at))
      from = end
    }
    hasXmp ||= xmp
    at = end
  }
  return from === 0 ? png : Buffer.concat([...kept, png.subarray(from)])
}

/** Chunk type codes as they stand in the file. */
const zTXt = 0x7a545874
const iTXt = 0x69545874

function isCompressedText(png: Buffer, at: number, end: number): boolean {
  const type = png.readUInt32BE(at + 4)
  if (type !== iTXt) return type === zTXt
  // Keyword of at most 79 bytes, NUL, then 1 for compressed; what has no such form is nothing to keep either.
  const nul = png.subarray(at + 8, Math.min(at + 8 + 80, end - 4)).indexOf(0)
  return nul === -1 || png[at + 8 + nul + 1] !== 0
}

/** In a text for all languages, as the standard says, or, as libvips 8.18 writes it, in a compressed one. */
function isXmp(png: Buffer, at: number): boolean {
  return [iTXt, zTXt].includes(png.readUInt32BE(at + 4)) && png.toString('latin1', at + 8, at + 8 + xmpKeyword.length) === xmpKeyword
}
