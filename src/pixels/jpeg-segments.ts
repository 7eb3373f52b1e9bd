/** A segment of a JPEG: its marker, where that begins, and where the next one does; both may lie beyond the end of a file that is cut short. */
export type JpegSegment = { readonly marker: number; readonly at: number; readonly end: number }

/**
 * The segments of a JPEG in front of its first scan, which are all that it says of itself. Before a marker there may be any number of 0xff. Ends early
 * where something else stands, or the file ends. Never throws.
 * @see ITU-T T.81, B.1.1
 */
export function* jpegSegments(jpeg: Buffer): Generator<JpegSegment> {
  for (let at = 2; at + 4 <= jpeg.length && jpeg[at] === 0xff; ) {
    const marker = jpeg[at + 1] ?? 0
    if (marker === 0xda) return
    const end = marker === 0xff ? at + 1 : at + 2 + jpeg.readUInt16BE(at + 2)
    if (marker !== 0xff) yield { marker, at, end }
    at = end
  }
}
