import { custom } from '../schema/fields.ts'

/** Named bundles of parameters: `{ thumb: 'w=200&fit=cover' }`. */
export type Presets = Readonly<Record<string, string>>

const most = 1000

/** `thumb=w=200&fit=cover;big=w=2000`, or the same as a JSON object. */
export const presets = custom<Presets>({
  doc: 'Named bundles of parameters, for preset=NAME: thumb=w=200&fit=cover;big=w=2000, or a JSON object.',
  expected: 'NAME=PARAMETERS, several separated by semicolons, or a JSON object of texts; names of letters, digits, - and _',
  fallback: {},
  read: (text) => fromEntries(text.trimStart().startsWith('{') ? jsonEntries(text) : text.split(';').flatMap(entryOf)),
  print: (value) =>
    Object.entries(value)
      .map(([name, query]) => `${name}=${query}`)
      .join(';'),
})

function entryOf(piece: string): [string, unknown][] {
  if (piece.trim() === '') return []
  const sign = piece.indexOf('=')
  return sign < 0 ? [[piece.trim(), undefined]] : [[piece.slice(0, sign).trim(), piece.slice(sign + 1).trim()]]
}

function jsonEntries(text: string): [string, unknown][] | undefined {
  try {
    return Object.entries(JSON.parse(text))
  } catch {
    return undefined // no JSON
  }
}

/** Without a prototype, so that no name finds what nobody put there. A name given twice is a slip, not a choice. */
function fromEntries(entries: readonly (readonly [string, unknown])[] | undefined): Presets | undefined {
  const made: Record<string, string> = Object.create(null)
  if (entries === undefined || entries.length > most) return undefined
  for (const [name, query] of entries) {
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name) || typeof query !== 'string' || query === '' || name in made) return undefined
    // A semicolon would end the preset when it is printed; percent-encoded it means the same.
    made[name] = query.replace(/^\?/, '').replaceAll(';', '%3B')
  }
  return made
}
