import readExif from 'exif-reader'

/** The two Exif tags that say whose a picture is. @see Exif 3.0, 4.6.5.4 */
export type Copyright = { readonly Copyright?: string; readonly Artist?: string }

/**
 * Whose the picture is, out of an Exif block; `undefined` when it does not say, or cannot be read.
 * Each text is cut to 500 characters, without control characters, and with round brackets in place of angle brackets: what stays in a result
 * must not be a page or a program to whoever takes the result for one.
 */
export function copyrightOf(exif: Buffer | undefined): Copyright | undefined {
  if (exif === undefined || exif.length > 1_000_000) return undefined
  try {
    const { Image: tags } = readExif(exif)
    const found: { Copyright?: string; Artist?: string } = {}
    for (const name of ['Copyright', 'Artist'] as const) {
      const text = clean(tags?.[name])
      if (text !== '') found[name] = text
    }
    return Object.keys(found).length > 0 ? found : undefined
  } catch {
    // A broken block is dropped like any other private data.
    return undefined
  }
}

function clean(value: unknown): string {
  if (typeof value !== 'string') return ''
  return value
    .replace(/\p{Cc}+/gu, ' ')
    .replaceAll('<', '(')
    .replaceAll('>', ')')
    .trim()
    .slice(0, 500)
}
