import { bodyTooLarge, type ReadBody } from '../../service/ask.ts'

/**
 * The body that an event holds; `undefined` where it has none. Callers hand bytes over in base64; a text is a text, and its bytes are UTF-8.
 * @param text  Anything: of an event nothing is certain.
 */
export function bodyOf(text: unknown, base64: boolean): ReadBody | undefined {
  if (typeof text !== 'string' || text === '') return undefined
  return async (mostBytes, signal) => {
    signal.throwIfAborted()
    // Before it is decoded: three bytes for four characters, of which the last two may stand for nothing.
    const length = base64 ? Math.floor((text.length * 3) / 4) - 2 : Buffer.byteLength(text)
    if (length > mostBytes) return bodyTooLarge(mostBytes)
    const bytes = Buffer.from(text, base64 ? 'base64' : 'utf8')
    return bytes.length > mostBytes ? bodyTooLarge(mostBytes) : bytes
  }
}

/** The same as a part of what is asked. */
export function withBodyOf(text: unknown, base64: boolean): { readonly body?: ReadBody } {
  const body = bodyOf(text, base64)
  return body === undefined ? {} : { body }
}
