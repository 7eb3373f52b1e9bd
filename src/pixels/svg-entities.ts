/**
 * What an internal subset may put into an SVG out of sight of a parser that does not read it: the replacement texts of entities, and defaults
 * of attributes. @see XML 1.0, 4.4
 */
export type Declared = {
  /** Every quoted text, its character references resolved as at its declaration. */
  readonly literals: readonly string[]
  /** The texts of the entities, by name: the first declaration counts. */
  readonly entities: ReadonlyMap<string, string>
}

/** Linear in the text, whatever it holds. Parameter entities are declared but never used: librsvg expands none. */
export function declaredIn(doctype: string): Declared {
  const literals: string[] = []
  const entities = new Map<string, string>()
  const behind = (end: string, from: number): number => {
    const found = doctype.indexOf(end, from)
    return found < 0 ? doctype.length : found + end.length
  }
  let name: string | undefined
  for (let at = 0; at < doctype.length; ) {
    const character = doctype[at]
    if (doctype.startsWith('<!--', at)) at = behind('-->', at + 4)
    else if (doctype.startsWith('<?', at)) at = behind('?>', at + 2)
    else if (doctype.startsWith('<!ENTITY', at)) {
      const declaration = /<!ENTITY\s+([^\s"'%<>]+)\s+/y
      declaration.lastIndex = at
      const [all = '<!ENTITY', found] = declaration.exec(doctype) ?? []
      name = found
      at += all.length
    } else if (character === '"' || character === "'") {
      const end = behind(character, at + 1)
      const literal = characters(doctype.slice(at + 1, end - 1))
      literals.push(literal)
      if (name !== undefined && !entities.has(name)) entities.set(name, literal)
      name = undefined
      at = end
    } else {
      if (character === '>' || character === 'S' || character === 'P') name = undefined // its end, or an entity that lies outside: never fetched
      at += 1
    }
  }
  return { literals, entities }
}

/**
 * What is declared as it reads in the value of an attribute, all that it refers to put in. An entity that refers to itself is no XML: there it
 * ends.
 * @param spend  Is told of each text's length before it is put in; throws where they grow too much.
 */
export function unfolded({ literals, entities }: Declared, spend: (length: number) => void): Declared {
  const done = new Map<string, string>()
  const open = new Set<string>()
  const unfold = (text: string): string =>
    characters(text).replace(/&([^\s&;#]+);/g, (reference, name: string) => {
      const part = entity(name) ?? reference
      spend(part.length)
      return part
    })
  const entity = (name: string): string | undefined => {
    const known = done.get(name)
    const text = entities.get(name)
    if (known !== undefined || text === undefined || open.has(name)) return known
    open.add(name)
    const whole = unfold(text)
    open.delete(name)
    done.set(name, whole)
    return whole
  }
  return { literals: literals.map(unfold), entities: new Map([...entities.keys()].map((name) => [name, entity(name) ?? ''])) }
}

/** A text with its character references resolved. */
function characters(text: string): string {
  return text.replace(/&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,8}));/g, (_, hex?: string, decimal?: string) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  })
}
