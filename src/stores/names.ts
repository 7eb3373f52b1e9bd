const pattern = /^[0-9a-f]{16,64}$/

/**
 * Both names of an entry as one key, `original/name`.
 * Names are hashes that we made ourselves: any other text is a fault in the program, and must never reach a file system.
 */
export function entryKey(original: string, name: string): string {
  checkName(original)
  checkName(name)
  return `${original}/${name}`
}

export function isName(text: string): boolean {
  return pattern.test(text)
}

/** Throws a `TypeError` when the text cannot name an original or an entry. */
export function checkName(text: string): void {
  if (!isName(text)) throw new TypeError('A name in a store is 16 to 64 hexadecimal digits in lower case.')
}
