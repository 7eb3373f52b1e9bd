import { SaxesParser } from 'saxes'
import { Failure } from '../errors.ts'
import type { Limits } from '../geometry/limits.ts'
import { type Shape, shapeOf } from './picture-size.ts'
import { sniff } from './sniff.ts'
import { encodingOf, unpackSvg } from './svg-bytes.ts'
import { declaredIn, unfolded } from './svg-entities.ts'

/** SVGs inside each other, as each `data:` URL may hold one. */
const maxDepth = 3
/** So many times the most bytes of an SVG may be looked at, with all that entities unfold to: enough for a style full of fonts. */
const mostUnfolded = 16
const mostFaults = 10_000

/**
 * Does an SVG carry pictures along that are too large? librsvg decodes every `data:` URL, of whatever type it says to be, before the size of
 * the drawing plays a part: a file of 65 kB took 3.4 GB. So their headers are read first.
 *
 * They are sought in every attribute and every text, since `href` is only one way in: `filter="url(data:…)"`, `xi:include` and an entity are
 * others. What is no XML is not judged: librsvg refuses it. Linear in the bytes and what they may unfold to.
 *
 * @returns  `original-too-many-pixels` where they have more than `sourcePixels` together; `original-too-costly` where too much unfolds;
 *           `original-too-large`, `original-damaged` for a gzip. `undefined` where all is well.
 */
export function carriedRefusal(svg: Buffer, { svgBytes, sourcePixels }: Pick<Limits, 'svgBytes' | 'sourcePixels'>): Failure | undefined {
  let pixels = 0
  let looked = 0
  let faults = 0
  try {
    const plain = unpackSvg(svg, svgBytes)
    if (plain instanceof Failure) return plain
    lookThrough(plain, 0)
    return undefined
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    return tooCostly(thrown) // a string longer than V8 makes, or entities inside each other beyond the stack
  }

  function spend(length: number): void {
    looked += length
    if (looked > mostUnfolded * svgBytes) throw tooCostly()
  }

  function lookThrough(bytes: Uint8Array, depth: number): void {
    const text = new TextDecoder(encodingOf(bytes) ?? 'windows-1252').decode(bytes)
    // Without references, escapes and declarations a URL stands there as it is.
    if (!/data:|&#|\\|<!DOCTYPE/i.test(text)) return
    if (depth > maxDepth) throw tooCostly()
    parse(text, depth, new Map())
  }

  /** @param entities  As they read in an attribute; of a fragment those of its file. */
  function parse(text: string, depth: number, entities: ReadonlyMap<string, string>, fragment = false): void {
    const parser = new SaxesParser({ position: false, fragment })
    const know = (known: ReadonlyMap<string, string>): void => {
      for (const [name, value] of known) parser.ENTITIES[name] = value
    }
    const value = (found: string): void => seek(found, depth)
    know(entities)
    // What is wrong is for librsvg to say; entities that nobody declared are nothing to it. But each costs time.
    parser.on('error', () => {
      faults += 1
      if (faults > mostFaults) throw tooCostly()
    })
    parser.on('doctype', (doctype) => {
      const declared = declaredIn(doctype)
      const known = unfolded(declared, spend)
      know(known.entities)
      for (const literal of known.literals) value(literal)
      for (const literal of declared.literals) if (literal.includes('<')) parse(literal, depth, known.entities, true)
    })
    parser.on('attribute', (attribute) => value(attribute.value))
    parser.on('text', value)
    parser.on('cdata', value)
    parser.write(text).close()
  }

  /** The `data:` URLs of a text, which may be one itself, or CSS. */
  function seek(value: string, depth: number): void {
    spend(value.length)
    const spellings = value.includes('\\') ? [value, withoutEscapes(value)] : [value]
    for (const spelling of spellings) {
      const url = spelling.replace(/[\t\n\r]/g, '') // as URLs are read
      const start = url.search(/\S/)
      // Each for itself: what begins inside another is not hidden by it.
      for (const { index } of url.matchAll(/data:/gi)) {
        const end = index <= start ? url.length : cssEnd(url, index)
        spend(end - index)
        const comma = url.indexOf(',', index)
        if (comma < 0 || comma >= end) continue
        const body = percentDecoded(url.slice(comma + 1, end))
        picture(body, depth)
        if (/base64/i.test(url.slice(index, comma))) picture(Buffer.from(body.toString('latin1'), 'base64'), depth)
      }
    }
  }

  function picture(bytes: Buffer, depth: number): void {
    const format = sniff(bytes)
    if (format === undefined || format === 'svg') {
      const plain = unpackSvg(bytes, svgBytes)
      if (!(plain instanceof Failure)) lookThrough(plain, depth + 1)
      else if (plain.code === 'original-too-large') throw plain
      return
    }
    pixels += format === 'jpeg' ? jpegPixels(bytes) : pixelsOf(shapeOf(bytes))
    if (pixels > sourcePixels) {
      const message = `The pictures in the SVG have at least ${pixels} pixels; at most ${sourcePixels} are read.`
      throw new Failure('original-too-many-pixels', message)
    }
  }
}

function pixelsOf(shape: Shape | undefined): number {
  return shape === undefined ? 0 : shape.width * shape.height
}

/**
 * Pixels of the largest frame that a JPEG may be read to have. librsvg's decoder passes over bytes between segments, and over frames of a kind
 * that it does not know, so neither the first one nor the way there counts, but whatever reads as the head of one.
 * @see ITU-T T.81, B.2.2
 */
function jpegPixels(bytes: Buffer): number {
  let most = 0
  for (let at = 2; at + 9 < bytes.length; at++) {
    const marker = bytes[at + 1] ?? 0
    if (bytes[at] !== 0xff || marker < 0xc0 || marker > 0xcf) continue
    if (bytes.readUInt16BE(at + 2) === 8 + 3 * (bytes[at + 9] ?? 0))
      most = Math.max(most, bytes.readUInt16BE(at + 5) * bytes.readUInt16BE(at + 7))
  }
  return most
}

function tooCostly(cause?: unknown): Failure {
  return new Failure('original-too-costly', 'The SVG unfolds to too much.', { cause })
}

/** Where the URL at `index` ends in CSS. @see CSS Syntax 3, 4.3.6 */
function cssEnd(text: string, index: number): number {
  let before = index - 1
  while (text[before] === ' ') before -= 1
  const mark = text[before]
  const found = text.indexOf(mark === '"' || mark === "'" ? mark : ')', index)
  return found < 0 ? text.length : found
}

/** CSS without its escapes; what would end a URL is escaped as in URLs. @see CSS Syntax 3, 4.3.7 */
function withoutEscapes(css: string): string {
  return css.replace(/\\(?:([0-9a-fA-F]{1,6})\s?|([^\n]))/g, (_, hex?: string, other = '') => {
    const code = Number.parseInt(hex ?? '', 16)
    const character = hex === undefined ? other : code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
    return /["'()]/.test(character) ? `%${character.charCodeAt(0).toString(16)}` : character
  })
}

function percentDecoded(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (!text.includes('%')) return bytes
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const digits = bytes[at] === 0x25 ? bytes.toString('latin1', at + 1, at + 3) : ''
    const escaped = /^[0-9a-fA-F]{2}$/.test(digits)
    bytes[length++] = escaped ? Number.parseInt(digits, 16) : (bytes[at] ?? 0)
    if (escaped) at += 2
  }
  return bytes.subarray(0, length)
}
