import { gunzipSync } from 'node:zlib'
import { Failure } from '../errors.ts'

/**
 * The bytes of an SVG, gunzipped when they must be.
 * @param maxBytes  Most bytes, before and after. Failures: `original-too-large`, `original-damaged`.
 */
export function unpackSvg(bytes: Uint8Array, maxBytes: number): Uint8Array | Failure {
  const tooLarge = new Failure('original-too-large', `An SVG may have ${maxBytes} bytes.`)
  if (bytes.length > maxBytes) return tooLarge
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes })
  } catch (cause) {
    const isBound = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE'
    return isBound ? tooLarge : new Failure('original-damaged', 'The gzipped SVG is damaged.', { cause })
  }
}

/**
 * By its byte order mark or its declaration, which shows UTF-16 without a mark too. @see XML 1.0, appendix F. Without either, UTF-16 reads as
 * UTF-8 full of NUL, which no parser takes.
 */
export function encodingOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1')
  if (head.startsWith('<\0?\0')) return 'utf-16le'
  if (head.startsWith('\0<\0?')) return 'utf-16be'
  const declared =
    /^(?:\xef\xbb\xbf)?<\?xml[^>]{0,100}?\sencoding\s{0,9}=\s{0,9}["']([\w.-]{1,40})["']/.exec(head)?.[1]?.toLowerCase() ?? 'utf-8'
  if (declared === 'utf-8' || declared === 'us-ascii' || declared === 'ascii') return 'utf-8'
  return declared === 'iso-8859-1' || declared === 'windows-1252' ? 'windows-1252' : undefined
}
