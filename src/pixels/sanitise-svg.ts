import { SaxesParser, type SaxesTagNS } from 'saxes'
import { Failure } from '../errors.ts'
import { encodingOf, unpackSvg } from './svg-bytes.ts'
import { escapeAttribute, escapeText, isAnimatable, isSafeAnimation, isSafeCss, isSafeReference } from './svg-values.ts'
import { svgAttributes, svgElements, svgTextElements } from './svg-vocabulary.ts'

const svgNamespace = 'http://www.w3.org/2000/svg'
const xlinkNamespace = 'http://www.w3.org/1999/xlink'
const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'

/** Elements that write the attribute which they name. */
const writing: ReadonlySet<string> = new Set(['animate', 'animateTransform', 'set'])
/** What they write into it. */
const written: ReadonlySet<string> = new Set(['to', 'from', 'by', 'values'])

/** Elements inside each other, and in all: above what drawings have, below what hurts a reader. */
const maxDepth = 256
const maxElements = 100_000

/**
 * An SVG file as text that draws the same picture and does nothing else: parsed, reduced to `svg-vocabulary.ts`, and written anew in UTF-8, so
 * that no reader can understand it otherwise than we did. Scripts, handlers, HTML, links, metadata, comments, processing instructions and
 * whatever leads out of the file are left out; a link's content stays as a group.
 *
 * The parser is saxes, since it refuses what is not well-formed: a forgiving one mends, and a browser may mend differently. It knows the five
 * entities of XML and no others; a DOCTYPE is dropped and what it declares is not read, so an entity can neither grow nor fetch.
 *
 * @param bytes     UTF-8, or UTF-16 with a byte order mark; as it is or gzipped (svgz).
 * @param maxBytes  Most bytes, before and after gunzip.
 * @returns         The text, or `original-too-large`, `original-damaged` (not well-formed, unknown encoding), `original-not-image` (another
 *                  XML), `original-too-costly` (too many or too deep elements). Never throws; linear in the bytes.
 */
export function sanitiseSvg(bytes: Uint8Array, maxBytes = 1_000_000): string | Failure {
  const source = decode(bytes, maxBytes)
  if (source instanceof Failure) return source
  try {
    return rewrite(source)
  } catch (thrown) {
    return thrown instanceof Failure ? thrown : new Failure('original-damaged', 'The SVG is not well-formed XML.', { cause: thrown })
  }
}

/** Throws a `Failure`, or what the parser throws. */
function rewrite(source: string): string {
  const parser = new SaxesParser({ xmlns: true, position: false, defaultXMLVersion: '1.0', forceXMLVersion: true })
  const out: string[] = []
  /** Names of the elements written and not yet closed. */
  const open: string[] = []
  let elements = 0
  let depth = 0
  /** Depth of the outermost element that is being left out; 0 when none is. */
  let dropped = 0
  let style = ''

  parser.on('opentagstart', () => {
    // Before its attributes are read: namespaces are looked up through all open elements.
    if (++depth > maxDepth) throw new Failure('original-too-costly', `The SVG is nested more than ${maxDepth} deep.`)
    if (++elements > maxElements) throw new Failure('original-too-costly', `The SVG has more than ${maxElements} elements.`)
  })
  parser.on('opentag', (tag) => {
    const inside = open.at(-1) ?? ''
    const name = tag.local !== 'a' ? tag.local : svgTextElements.has(inside) ? 'tspan' : 'g'
    if (depth === 1 && (tag.uri !== svgNamespace || name !== 'svg')) throw new Failure('original-not-image', 'The XML is no SVG.')
    if (dropped > 0) return
    // Nothing lives inside a style but text: an element there would be raw text to one reader and an element to another.
    if (tag.uri !== svgNamespace || !svgElements.has(name) || inside === 'style' || isRefused(tag)) {
      dropped = depth
      return
    }
    out.push(`<${name}${depth === 1 ? ` xmlns="${svgNamespace}"` : ''}${attributes(tag)}>`)
    open.push(name)
    style = ''
  })
  parser.on('closetag', () => {
    if (dropped === 0) {
      const name = open.pop() ?? ''
      if (name === 'style' && isSafeCss(style)) out.push(escapeText(style))
      out.push(`</${name}>`)
    } else if (dropped === depth) dropped = 0
    depth--
  })
  const text = (content: string): void => {
    const inside = open.at(-1)
    if (dropped > 0 || inside === undefined) return
    if (inside === 'style') style += content
    else if (svgTextElements.has(inside)) out.push(escapeText(content))
  }
  parser.on('text', text)
  parser.on('cdata', text)
  parser.write(source).close()
  return out.join('')
}

/** An animation of what must not be animated, or a style in another language than CSS. */
function isRefused({ local, attributes }: SaxesTagNS): boolean {
  const plain = Object.values(attributes).filter(({ uri }) => uri === '')
  const value = (name: string): string | undefined => plain.find((attribute) => attribute.local === name)?.value
  if (local === 'style') return !/^\s*(?:text\/css)?\s*$/i.test(value('type') ?? '')
  return writing.has(local) && !isAnimatable(value('attributeName') ?? '')
}

/** The attributes that may stay, written anew. `xlink:href` becomes `href` (SVG 2) unless there is one. */
function attributes(tag: SaxesTagNS): string {
  const all = Object.values(tag.attributes)
  const kept: string[] = []
  const keep = (name: string, value: string): number => kept.push(` ${name}="${escapeAttribute(value)}"`)
  const link =
    all.find(({ uri, local }) => uri === '' && local === 'href') ?? all.find(({ uri, local }) => uri === xlinkNamespace && local === 'href')
  if (link !== undefined && tag.local !== 'a' && isSafeReference(tag.local, link.value)) keep('href', link.value.trim())
  for (const { uri, local, value } of all) {
    if (uri === xmlNamespace && (local === 'space' || local === 'lang') && /^[\w-]*$/.test(value)) keep(`xml:${local}`, value)
    if (uri !== '' || (local !== 'style' && !svgAttributes.has(local)) || !isSafeCss(value)) continue
    if (local === 'attributeName' && !writing.has(tag.local)) continue
    if (!written.has(local) || isSafeAnimation(value)) keep(local, value)
  }
  return kept.join('')
}

/** The file as text; `original-damaged` where it is in no encoding that we know, or not in the one that it claims. */
function decode(bytes: Uint8Array, maxBytes: number): string | Failure {
  const plain = unpackSvg(bytes, maxBytes)
  if (plain instanceof Failure) return plain
  const encoding = encodingOf(plain)
  if (encoding === undefined) return new Failure('original-damaged', 'Expected an SVG in UTF-8 or UTF-16.')
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(plain)
  } catch (cause) {
    return new Failure('original-damaged', `The SVG is not in ${encoding}, as it claims.`, { cause })
  }
}
