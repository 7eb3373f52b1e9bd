import { gunzipSync } from 'node:zlib'
import { Failure } from '../errors.ts'
import type { SourceFormat } from '../geometry/facts.ts'
import type { Limits } from '../geometry/limits.ts'

/**
 * The format of an original, by its bytes.
 * Failures: `original-not-image` for none of our formats, `original-format-off` for one that is switched off.
 */
export function sourceFormatOf(bytes: Buffer, { readFormats }: Pick<Limits, 'readFormats'>): SourceFormat | Failure {
  const format = sniff(bytes)
  if (format === undefined) return new Failure('original-not-image', 'The original is no picture in a format that this service reads.')
  if (readFormats.includes(format)) return format
  const expected = `one of ${readFormats.join(', ')}`
  return new Failure('original-format-off', `The original is ${format}, which is switched off here; expected ${expected}.`, { expected })
}

/**
 * The format that the first bytes say, whatever a name or a header claims; `undefined` when it is none that originals may have.
 * Only the first 4 kB are looked at. Never throws.
 */
export function sniff(bytes: Buffer): SourceFormat | undefined {
  const begins = (...magic: number[]): boolean => magic.every((byte, index) => bytes[index] === byte)
  const ascii = (from: number, to: number): string => bytes.toString('latin1', from, to)
  if (begins(0xff, 0xd8, 0xff)) return 'jpeg'
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png'
  if (ascii(0, 6) === 'GIF87a' || ascii(0, 6) === 'GIF89a') return 'gif'
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return 'webp'
  if (ascii(4, 8) === 'ftyp' && brands(bytes).some((brand) => brand === 'avif' || brand === 'avis')) return 'avif'
  if (begins(0x49, 0x49, 0x2a, 0) || begins(0x4d, 0x4d, 0, 0x2a) || begins(0x49, 0x49, 0x2b, 0) || begins(0x4d, 0x4d, 0, 0x2b))
    return 'tiff'
  return isSvg(begins(0x1f, 0x8b) ? inflated(bytes) : bytes.toString('utf8', 0, 4096)) ? 'svg' : undefined
}

/** Major and compatible brands of a file of the ISO base media format. @see ISO/IEC 14496-12, 4.3 */
function brands(bytes: Buffer): string[] {
  const end = Math.min(bytes.length, bytes.length < 4 ? 0 : bytes.readUInt32BE(0), 4096)
  const found = [bytes.toString('latin1', 8, 12)]
  for (let at = 16; at + 4 <= end; at += 4) found.push(bytes.toString('latin1', at, at + 4))
  return found
}

/** Is `svg` the first element, behind declarations and comments? */
function isSvg(text: string): boolean {
  let rest = text.replace(/^\ufeff/, '').trimStart()
  for (let prolog = 0; prolog < 32; prolog++) {
    const end = rest.startsWith('<!--') ? rest.indexOf('-->') : /^<[?!]/.test(rest) ? declarationEnd(rest) : -1
    if (end < 0) break
    rest = rest.slice(rest.indexOf('>', end) + 1).trimStart()
  }
  return /^<(?:[A-Za-z_][\w.-]{0,32}:)?svg[\s/>]/.test(rest)
}

/** Where a declaration ends: the `>` that is not inside the brackets of an internal subset. */
function declarationEnd(text: string): number {
  const bracket = text.indexOf('[')
  const close = text.indexOf('>')
  return bracket >= 0 && bracket < close ? text.indexOf(']', bracket) : close
}

/** The first bytes of a gzip file, unpacked. */
function inflated(bytes: Buffer): string {
  try {
    return gunzipSync(bytes.subarray(0, 4096), { finishFlush: 2, maxOutputLength: 1 << 20 }).toString('utf8', 0, 4096)
  } catch {
    return ''
  }
}
