/** Request targets put together again from the pieces of an event. What a caller decoded is encoded once, and once only. */

/** A decoded path as it stands in a URL. What is in it of `%`, `?` and `#` was a character of a name, or it would not be there. */
export function encodePath(path: string): string {
  return path.replace(/[^\x21-\x7e]|[%?#]/gu, percent)
}

/** A decoded name or value of a query. */
export function encodePart(text: string): string {
  return text.replace(/[^\w.~!*'():;,/@-]/gu, percent)
}

/** A query from its pairs. `undefined` says that there was none; an empty value keeps its sign. */
export function printQuery(
  pairs: readonly (readonly [name: string, value: string])[],
  print: (text: string) => string = (text) => text,
): string {
  return pairs.map(([name, value]) => `${print(name)}=${print(value)}`).join('&')
}

export function targetOf(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`
}

/** The path without what a gateway puts before those of the service: the name of a stage, a base path. */
export function withoutPrefix(path: string, prefix: string): string {
  if (path === prefix) return '/'
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path
}

/** Byte by byte in UTF-8; half a surrogate pair, which JSON can hold, becomes U+FFFD. */
function percent(character: string): string {
  let encoded = ''
  for (const byte of Buffer.from(character)) encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return encoded
}
