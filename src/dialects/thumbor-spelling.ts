/** Percent-encoding as Thumbor has it: laxer than RFC 3986 where it reads, and in several spellings where others write. */

/** What every encoder leaves as it is, beside letters and digits. */
export const unreserved = '_.-~'
/** What a path may hold unencoded besides. @see RFC 3986, 3.3 */
export const inPaths = "!$&'()*+,;=:@/"

/** The text behind percent-encoding: escapes that are none stay (`%zz`, `100%`), `+` is `+`; `undefined` where bytes are no UTF-8. */
export function unquote(raw: string): string | undefined {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    return raw.replace(/(?:%[0-9a-f]{2})+/gi, (run) => utf8.decode(Buffer.from(run.replaceAll('%', ''), 'hex')))
  } catch {
    return undefined
  }
}

/**
 * Percent-encodes the UTF-8 bytes of all but letters, digits and what is kept.
 * @param keep  Each character stands for itself.
 */
export function quote(text: string, keep: string): string {
  return text.replace(/[^A-Za-z0-9]/gu, (character) => (keep.includes(character) ? character : encoded(character)))
}

function encoded(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x80) return `%${code.toString(16).toUpperCase().padStart(2, '0')}` // most of a hostile URL, and a Buffer for each would take its time
  return Buffer.from(character, 'utf8').toString('hex').toUpperCase().replace(/../g, '%$&')
}

/** The same path with its escapes in capital letters, and without those that paths do not need; `%2F` stays, for a slash would divide. */
export function plainly(raw: string): string {
  return raw.replace(/%[0-9a-f]{2}/gi, (run) => {
    const character = String.fromCharCode(Number.parseInt(run.slice(1), 16))
    return character !== '/' && /[A-Za-z0-9_.~|!$&'()*+,;=:@-]/.test(character) ? character : run.toUpperCase()
  })
}
