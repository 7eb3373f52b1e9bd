/** A literal of Python. Tuples, lists and sets are lists; bytes are texts; a dict is its pairs. */
export type PyValue = null | boolean | number | string | readonly PyValue[] | PyDict | PyRegex
export type PyDict = { readonly kind: 'dict'; readonly pairs: readonly (readonly [key: PyValue, value: PyValue])[] }
/** `re.compile('…')`, its pattern as Python reads it. */
export type PyRegex = { readonly kind: 'regex'; readonly source: string }

export type Assignment = { readonly name: string; readonly value: PyValue /** From 1. */; readonly line: number }

/** A statement that is no assignment of a literal: what it begins with, and why it was not read. */
export type Unread = { readonly line: number; readonly text: string; readonly why: string }

export type Literals = { readonly assignments: readonly Assignment[]; readonly unread: readonly Unread[] }

/** Brackets in brackets. */
const mostDepth = 50

type Token = {
  readonly kind: 'name' | 'number' | 'text' | 'sign'
  readonly text: string
  /** What a text says; `undefined` for one that only a running Python knows. */
  readonly value?: string | undefined
  readonly line: number
}

/** One statement with its lines folded; `indented` ones belong to a block. */
type Statement = { readonly tokens: readonly Token[]; readonly line: number; readonly indented: boolean; readonly broken?: string }

/** Why a statement is not understood. Thrown inside this file alone. */
class NotLiteral extends Error {}

/**
 * The assignments of literals in a Python file, `NAME = …`: numbers and sums and products of them, texts in every form and texts one behind
 * the other, `True`, `False`, `None`, lists, tuples, sets, dicts, and `re.compile` of a text. Nothing is run, and nothing is guessed: whatever
 * needs Python to know its value comes back as unread, with its line. The later of two assignments comes later here as well. Linear in the text.
 * Never throws.
 */
export function readLiterals(text: string): Literals {
  const lines = text.split('\n')
  const assignments: Assignment[] = []
  const unread: Unread[] = []
  let block: number | undefined
  for (const statement of statementsOf(text)) {
    const { tokens, line, indented, broken } = statement
    if (indented && block !== undefined) continue // told with the line that opens the block
    block = undefined
    try {
      if (broken !== undefined) throw new NotLiteral(broken)
      if (indented) throw new NotLiteral('it is indented')
      const last = tokens.at(-1)
      if (last?.text === ':') block = line
      for (const part of parts(tokens)) {
        const assignment = readAssignment(part)
        if (assignment !== undefined) assignments.push(assignment)
      }
    } catch (thrown) {
      if (!(thrown instanceof NotLiteral)) throw thrown
      if (
        tokens.some(({ text: sign }) => sign === ':') &&
        /^(?:if|for|while|try|with|def|class|async|match|elif|else|except|finally)$/.test(tokens[0]?.text ?? '')
      )
        block = line
      unread.push({ line, text: (lines[line - 1] ?? '').trim().slice(0, 100), why: thrown.message })
    }
  }
  return { assignments, unread }
}

/** A statement parted at its semicolons. */
function parts(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const found: Token[][] = [[]]
  for (const token of tokens) {
    if (token.kind === 'sign' && token.text === ';') found.push([])
    else found.at(-1)?.push(token)
  }
  return found.filter((part) => part.length > 0)
}

/** `undefined` for what changes nothing: a text that stands alone, `pass`, and the import that `re.compile` needs. */
function readAssignment(tokens: readonly Token[]): Assignment | undefined {
  const [first, second] = tokens
  if (first === undefined) return undefined
  const all = tokens.map(({ text }) => text).join(' ')
  if (all === 'import re' || all === 'pass' || tokens.every(({ kind }) => kind === 'text')) return undefined
  if (first.text === 'import' || first.text === 'from') throw new NotLiteral('modules are not loaded')
  if (first.kind !== 'name') throw new NotLiteral('it is no assignment')
  if (second?.text !== '=') throw new NotLiteral(/^[+*/|&^%-]/.test(second?.text ?? '') ? 'it changes a value' : 'it is no assignment')
  const reader = new Reader(tokens.slice(2))
  const value = reader.expression(0, true)
  reader.end()
  return { name: first.text, value, line: first.line }
}

/** Reads one expression out of its tokens. */
class Reader {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  end(): void {
    const rest = this.#tokens[this.#at]
    if (rest !== undefined) throw new NotLiteral(`"${rest.text.slice(0, 20)}" needs Python to be understood`)
  }

  /** @param bare  A tuple may stand without its brackets. */
  expression(depth: number, bare = false): PyValue {
    const first = this.#sum(depth)
    if (!bare || !this.#is(',')) return first
    const all = [first]
    while (this.#take(',')) {
      if (this.#at < this.#tokens.length) all.push(this.#sum(depth))
    }
    return all
  }

  #sum(depth: number): PyValue {
    let value = this.#product(depth)
    let own: PyValue[] | undefined // grown in place: a list of many parts would be copied as often
    for (;;) {
      const sign = this.#take('+') ? '+' : this.#take('-') ? '-' : undefined
      if (sign === undefined) return value
      const other = this.#product(depth)
      if (sign === '+' && typeof value === 'string' && typeof other === 'string') value += other
      else if (sign === '+' && Array.isArray(value) && Array.isArray(other)) {
        own ??= [...value]
        for (const item of other) own.push(item)
        value = own
      } else value = finite(sign === '+' ? number(value) + number(other) : number(value) - number(other))
    }
  }

  #product(depth: number): PyValue {
    let value = this.#factor(depth)
    for (;;) {
      if (this.#take('*')) value = finite(number(value) * number(this.#factor(depth)))
      else if (this.#take('/')) value = finite(number(value) / number(this.#factor(depth)))
      else return value
    }
  }

  #factor(depth: number): PyValue {
    let minus = false
    let signed = false
    while (this.#is('-') || this.#is('+')) {
      if (this.#next().text === '-') minus = !minus
      signed = true
    }
    let value = this.#atom(depth)
    if (this.#take('**')) {
      const below = this.#take('-') ? -1 : 1
      value = finite(number(value) ** (below * number(this.#atom(depth))))
      if (this.#is('**')) throw new NotLiteral('powers of powers are not calculated')
    }
    return signed ? (minus ? -number(value) : number(value)) : value
  }

  #atom(depth: number): PyValue {
    if (depth > mostDepth) throw new NotLiteral(`it has more than ${mostDepth} brackets in each other`)
    const token = this.#next()
    switch (token.kind) {
      case 'number':
        return readNumber(token.text)
      case 'text':
        return this.#texts(token)
      case 'name':
        return this.#named(token, depth)
      default:
        if (token.text === '(') return this.#items(')', depth, true)
        if (token.text === '[') return this.#items(']', depth, false)
        if (token.text === '{') return this.#braces(depth)
        throw new NotLiteral(`"${token.text}" needs Python to be understood`)
    }
  }

  /** Texts one behind the other are one. */
  #texts(first: Token): string {
    const pieces = [said(first)]
    for (let next = this.#tokens[this.#at]; next?.kind === 'text'; next = this.#tokens[this.#at]) {
      pieces.push(said(next))
      this.#at += 1
    }
    return pieces.join('')
  }

  #named({ text }: Token, depth: number): PyValue {
    if (text === 'True') return true
    if (text === 'False') return false
    if (text === 'None') return null
    if (text !== 're' || !this.#take('.') || !this.#take('compile') || !this.#take('(')) {
      throw new NotLiteral(`the value of "${text.slice(0, 40)}" is known to a running Python alone`)
    }
    const source = this.expression(depth + 1)
    this.#take(',')
    if (typeof source !== 'string' || !this.#take(')')) throw new NotLiteral('re.compile is understood with one text and nothing else')
    return { kind: 'regex', source }
  }

  /** What stands in round or square brackets. One thing in round ones is itself, unless a comma follows. */
  #items(close: string, depth: number, round: boolean): PyValue {
    const all: PyValue[] = []
    let commas = 0
    while (!this.#take(close)) {
      if (all.length > commas) throw new NotLiteral('it is no list of literals')
      all.push(this.expression(depth + 1))
      if (this.#take(',')) commas += 1
    }
    return round && commas === 0 && all.length === 1 ? (all[0] as PyValue) : all
  }

  #braces(depth: number): PyValue {
    const pairs: [PyValue, PyValue][] = []
    const items: PyValue[] = []
    let commas = 0
    while (!this.#take('}')) {
      if (pairs.length + items.length > commas) throw new NotLiteral('it is no dict of literals')
      const key = this.expression(depth + 1)
      if (this.#take(':')) pairs.push([key, this.expression(depth + 1)])
      else items.push(key)
      if (this.#take(',')) commas += 1
    }
    if (pairs.length > 0 && items.length > 0) throw new NotLiteral('it is no dict of literals')
    return items.length > 0 ? items : { kind: 'dict', pairs }
  }

  #is(text: string): boolean {
    const token = this.#tokens[this.#at]
    return token !== undefined && token.kind !== 'text' && token.text === text
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false
    this.#at += 1
    return true
  }

  #next(): Token {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new NotLiteral('a value is missing')
    this.#at += 1
    return token
  }
}

function said({ value }: Token): string {
  if (value === undefined) throw new NotLiteral('a text of this form needs Python to be understood')
  return value
}

function number(value: PyValue): number {
  if (typeof value === 'number') return value
  throw new NotLiteral('only numbers are calculated with')
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value
  throw new NotLiteral('the number is too large')
}

function readNumber(text: string): number {
  const plain = text.replaceAll('_', '')
  const good = /^(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0+|[1-9]\d*|\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)$/
  if (!good.test(plain)) throw new NotLiteral(`"${text.slice(0, 20)}" is no number that is understood`)
  return finite(Number(plain))
}

/** Sticky, so that each looks at the place where it stands alone. */
const blank = /[ \t\f\r]*/y
const word = /[\p{L}_][\p{L}\p{N}_]*/uy
const digits = /(?:0[xXoObB][0-9a-zA-Z_]*|(?:\d[\d_]*)?\.?\d[\d_]*\.?(?:[eE][+-]?\d+)?[A-Za-z]*)/y
const signs = /\*\*=?|\/\/=?|>>=?|<<=?|[-+*/%&|^@=!<>]=|->|:=|\.\.\.|[^\s\w]/uy

function statementsOf(text: string): readonly Statement[] {
  const source = text.replace(/^\ufeff/, '')
  const found: Statement[] = []
  let tokens: Token[] = []
  let indented = false
  let begins = true
  let depth = 0
  let line = 1
  let at = 0

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const got = pattern.exec(source)?.[0]
    if (got !== undefined) at += got.length
    return got
  }
  const finish = (broken?: string): void => {
    const [first] = tokens
    if (first !== undefined || broken !== undefined)
      found.push({ tokens, line: first?.line ?? line, indented, ...(broken === undefined ? {} : { broken }) })
    tokens = []
    begins = true
  }

  while (at < source.length) {
    const space = take(blank) ?? ''
    const character = source[at]
    if (character === undefined) break
    if (character === '\n') {
      at += 1
      if (depth === 0) finish()
      line += 1
    } else if (character === '#') {
      const end = source.indexOf('\n', at)
      at = end < 0 ? source.length : end
    } else if (character === '\\' && /^\\\r?\n/.test(source.slice(at, at + 3))) {
      at = source.indexOf('\n', at) + 1
      line += 1
    } else {
      if (begins) indented = space !== ''
      begins = false
      const string = textAt(source, at)
      if (string !== undefined) {
        const { end, value, closed } = string
        tokens.push({ kind: 'text', text: source.slice(at, Math.min(end, at + 20)), value, line })
        if (!closed) {
          finish('a text does not end')
          depth = 0
        }
        for (const sign of source.slice(at, end)) if (sign === '\n') line += 1
        at = end
        continue
      }
      const name = take(word)
      const text = name ?? take(digits) ?? take(signs) ?? source[at++] ?? ''
      const kind = name !== undefined ? 'name' : /^\.?\d/.test(text) ? 'number' : 'sign'
      if ('([{'.includes(text)) depth += 1
      if (')]}'.includes(text)) depth = Math.max(0, depth - 1)
      tokens.push({ kind, text, line })
    }
  }
  finish(depth > 0 && tokens.length > 0 ? 'a bracket does not close' : undefined)
  return found
}

/** The text that begins here, in whatever quotes; one line's quotes end with the line. */
function textAt(
  source: string,
  from: number,
): { readonly end: number; readonly value: string | undefined; readonly closed: boolean } | undefined {
  const [whole, letters = '', quote = ''] = /^([A-Za-z]{0,2})("""|'''|"|')/.exec(source.slice(from, from + 5)) ?? []
  if (whole === undefined || !/^(?:|[rbuft]|[rR]?[bft]|[bft][rR])$/i.test(letters)) return undefined
  const raw = /r/i.test(letters)
  const long = quote.length === 3
  let at = from + whole.length
  const begin = at
  for (; at < source.length; at++) {
    const character = source[at]
    if (character === '\\') at += source[at + 1] === '\r' && source[at + 2] === '\n' ? 2 : 1
    else if (character === '\n' && !long) break
    else if (source.startsWith(quote, at)) {
      const inner = source.slice(begin, at).replaceAll('\r\n', '\n')
      const value = /[ft]/i.test(letters) ? undefined : raw ? inner : unescaped(inner, /b/i.test(letters))
      return { end: at + quote.length, value, closed: true }
    }
  }
  return { end: Math.min(at, source.length), value: undefined, closed: false }
}

const plainEscapes: Readonly<Record<string, string>> = {
  ...{ '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\n': '' },
}

/** What a text says without its backslashes; `undefined` for names of characters, and for numbers of none. One that hides nothing stays. */
function unescaped(text: string, bytes: boolean): string | undefined {
  let strange = false
  const value = text.replace(
    /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g,
    (whole, octal?: string, hex?: string, short?: string, long?: string, plain?: string) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
      const code = bytes ? undefined : (short ?? long)
      if (code !== undefined) {
        const point = Number.parseInt(code, 16)
        if (point <= 0x10ffff) return String.fromCodePoint(point)
        strange = true
        return whole
      }
      if (plain !== undefined && Object.hasOwn(plainEscapes, plain)) return plainEscapes[plain] ?? ''
      if (!bytes && (plain === 'N' || plain === 'x' || plain === 'u' || plain === 'U')) strange = true
      return whole
    },
  )
  return strange ? undefined : value
}
