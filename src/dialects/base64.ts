/** The text behind base64url, padded or not; `undefined` when it is no base64url, or its bytes are no UTF-8. */
export function readBase64(text: string): string | undefined {
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(text)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, 'base64url'))
  } catch {
    return undefined
  }
}

export function printBase64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url')
}
