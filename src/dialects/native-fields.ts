import type { Length } from '../recipe/length.ts'
import { black, type Colour, printColour, readColour } from '../schema/colour.ts'
import { type About, type Field, Problem } from '../schema/field.ts'
import { custom, number, printNumber, sixDecimals } from '../schema/fields.ts'
import { printBase64, readBase64 } from './base64.ts'
import { readKey } from './native-key.ts'

/** The kinds of value that only the native dialect has. */

type Bounds = { readonly min: number; readonly max: number }
/** What a field constructor here takes: as `About`, with a fallback or without. */
type With<T> = About<T> & { readonly fallback: T }
type Ready<T> = Field<T> & { readonly fallback: T }

/** Whole px, or a part of a side: 0 to 1, with a point. `1` is one px, `1.0` and `100%` are the whole, where `whole` allows it. */
export function lengthField(about: With<Length> & Bounds & { whole?: boolean }): Ready<Length>
export function lengthField(about: About<Length> & Bounds & { whole?: boolean }): Field<Length>
export function lengthField({ min, max, whole = true, ...about }: About<Length> & Bounds & { whole?: boolean }): Field<Length> {
  return custom<Length>({
    ...about,
    unit: 'px',
    expected: `whole px ${min} to ${max}, or a part of the side between 0 and 1${whole ? ' (1.0 is the whole)' : ''}`,
    read: (text) => {
      const value = readSide(text)
      if (value === undefined) return undefined
      if ('px' in value) return value.px >= min && value.px <= max ? value : undefined
      return (value.part > 0 || min === 0) && (value.part < 1 || whole) ? value : undefined
    },
    print: printSide,
  })
}

/** A length, or `auto`: what the client's hints say. */
export function lengthOrAuto(about: About<Length> & Bounds & { whole?: boolean }): Field<Length | 'auto'> {
  const plain = lengthField(about)
  return {
    ...about,
    unit: 'px',
    expected: `${plain.expected}, or auto`,
    read: (text) => (text.toLowerCase() === 'auto' ? 'auto' : asProblem(plain.read(text), `${plain.expected}, or auto`)),
    print: (value) => (value === 'auto' ? value : plain.print(value)),
  }
}

/** Parts keep six decimals, which is finer than a px of any picture. */
function readSide(text: string): Length | undefined {
  if (/^\d{1,7}$/.test(text)) return { px: Number(text) }
  const percent = /^\d{1,3}(?:\.\d{1,9})?%$/.test(text)
  if (!percent && !/^(?:0?\.\d{1,9}|1\.0{1,9})$/.test(text)) return undefined
  const part = sixDecimals(percent ? Number(`${text.slice(0, -1)}e-2`) : Number(text))
  return part <= 1 ? { part } : undefined
}

function printSide(value: Length): string {
  if ('px' in value) return printNumber(value.px)
  return value.part === 1 ? '1.0' : value.part === 0 ? '0.0' : printNumber(value.part)
}

/** `x,y,width,height`. */
export type Rectangle = { readonly x: Length; readonly y: Length; readonly width: Length; readonly height: Length }

export function rectangle(about: About<Rectangle>): Field<Rectangle> {
  const edge = lengthField({ doc: '', min: 0, max: 1e6 })
  const side = lengthField({ doc: '', min: 1, max: 1e6 })
  return custom<Rectangle>({
    ...about,
    expected: 'x,y,width,height, each whole px or a part between 0 and 1 (1.0 is the whole)',
    read: (text) => {
      const [x, y, width, height] = text.split(',').map((part, index) => (index < 2 ? edge : side).read(part))
      if (text.split(',').length !== 4) return undefined
      if (!isLength(x) || !isLength(y) || !isLength(width) || !isLength(height)) return undefined
      return { x, y, width, height }
    },
    print: ({ x, y, width, height }) => [x, y, width, height].map(printSide).join(','),
  })
}

function isLength(value: Length | Problem | undefined): value is Length {
  return value !== undefined && !(value instanceof Problem)
}

/** `16:9` or `1.5`: width divided by height, six decimals. */
export function aspect(about: About<number>): Field<number> {
  return custom<number>({
    ...about,
    expected: 'width:height like 16:9, or a number 0.01 to 100',
    read: (text) => {
      const [, width, height = '1'] = /^(\d{1,5}(?:\.\d{1,6})?)(?::(\d{1,5}(?:\.\d{1,6})?))?$/.exec(text) ?? []
      const value = sixDecimals(Number(width) / Number(height))
      return value >= 0.01 && value <= 100 ? value : undefined
    },
    print: printNumber,
  })
}

/** Device px per CSS px, 1 to 5, or `auto`. */
export function density(about: With<number | 'auto'>): Ready<number | 'auto'> {
  const plain = number({ doc: about.doc, min: 1, max: 5 })
  return custom<number | 'auto'>({
    ...about,
    expected: `${plain.expected}, or auto`,
    read: (text) => {
      const value = text.toLowerCase() === 'auto' ? 'auto' : plain.read(text)
      return value instanceof Problem ? undefined : value
    },
    print: (value) => (value === 'auto' ? value : printNumber(value)),
  })
}

/** Degrees clockwise -360 to 360, folded into 0 up to 360. */
export function degrees(about: With<number>): Ready<number> {
  return custom<number>({
    ...about,
    unit: 'degrees',
    expected: 'a number -360 to 360',
    read: (text) => {
      const value = /^-?(?:\d{1,3}(?:\.\d{1,6})?|\.\d{1,6})$/.test(text) ? Number(text) : Number.NaN
      return Math.abs(value) <= 360 ? sixDecimals(((value % 360) + 360) % 360) : undefined
    },
    print: printNumber,
  })
}

/** 0 is off, 1 is on with the usual tolerance of 10, 2 to 255 are tolerances. */
export function tolerance(about: About<number>): Field<number> {
  const words: ReadonlyMap<string, number> = new Map([
    ['', 10],
    ['1', 10],
    ['true', 10],
    ['yes', 10],
    ['on', 10],
    ['false', 0],
    ['no', 0],
    ['off', 0],
  ])
  return custom<number>({
    ...about,
    expected: '0, 1, or a tolerance up to 255',
    read: (text) => words.get(text.toLowerCase()) ?? (/^\d{1,3}$/.test(text) && Number(text) <= 255 ? Number(text) : undefined),
    print: printNumber,
  })
}

/** Widths above, to the right, below, to the left; fewer values repeat as in CSS. */
export type Sides = readonly [number, number, number, number]

export function sides(about: With<Sides> & { readonly max: number }): Ready<Sides> {
  const { max, ...rest } = about
  return custom<Sides>({
    ...rest,
    unit: 'px',
    expected: `1 to 4 whole numbers 0 to ${max}: top, right, bottom, left`,
    read: (text) => {
      const [top, right = top, bottom = top, left = right] = wholes(text, max) ?? []
      return top === undefined || right === undefined || bottom === undefined || left === undefined ? undefined : [top, right, bottom, left]
    },
    print: (value) => (value.every((side) => side === value[0]) ? printNumber(value[0]) : value.map(printNumber).join(',')),
  })
}

/** `max`, or the radius of all corners, or of each, clockwise from top left. */
export type Corners = 'max' | readonly [number] | readonly [number, number, number, number]

export function corners(about: With<Corners> & { readonly max: number }): Ready<Corners> {
  const { max, ...rest } = about
  return custom<Corners>({
    ...rest,
    unit: 'px',
    expected: `1 or 4 whole numbers 0 to ${max}, or max`,
    read: (text) => {
      if (text.toLowerCase() === 'max') return 'max'
      const [a, b = a, c = a, d = a, ...others] = wholes(text, max) ?? []
      if (a === undefined || b === undefined || c === undefined || d === undefined || others.length > 0) return undefined
      if (/,/.test(text) && text.split(',').length !== 4) return undefined
      return a === b && a === c && a === d ? [a] : [a, b, c, d]
    },
    print: (value) => (value === 'max' ? value : value.map(printNumber).join(',')),
  })
}

/** One to four whole numbers up to `max`, separated by commas. */
function wholes(text: string, max: number): number[] | undefined {
  if (!/^\d{1,6}(?:,\d{1,6}){0,3}$/.test(text)) return undefined
  const values = text.split(',').map(Number)
  return values.every((value) => value <= max) ? values : undefined
}

/** `4,ff0000`: width and colour; black when no colour is said. */
export type Border = { readonly width: number; readonly colour: Colour }

export function border(about: About<Border> & { readonly max: number }): Field<Border> {
  const { max, ...rest } = about
  return custom<Border>({
    ...rest,
    expected: `whole px 0 to ${max}, a comma and a colour`,
    read: (text) => {
      const [, width, name] = /^(\d{1,4})(?:,(.+))?$/.exec(text) ?? []
      const colour = name === undefined ? black : readColour(name)
      return width === undefined || Number(width) > max || colour === undefined ? undefined : { width: Number(width), colour }
    },
    print: ({ width, colour }) => `${width},${printColour(colour)}`,
  })
}

/** Bytes, with `k` (thousand) or `M` (million) if you like. */
export function byteCount(about: About<number> & Bounds): Field<number> {
  const { min, max, ...rest } = about
  return custom<number>({
    ...rest,
    unit: 'bytes',
    expected: '1k to 50M bytes: a whole number, with k or M behind it if you like',
    read: (text) => {
      const [, digits, unit = ''] = /^(\d{1,8})([km]?)$/i.exec(text) ?? []
      const bytes = Number(digits) * (unit === '' ? 1 : unit.toLowerCase() === 'k' ? 1e3 : 1e6)
      return bytes >= min && bytes <= max ? bytes : undefined
    },
    print: printNumber,
  })
}

/** Text as base64url, for what a URL would make unreadable. */
export function base64Text(about: About<string>, plain: Field<string>): Field<string> {
  return custom<string>({
    ...about,
    expected: 'base64url of UTF-8 text',
    read: (text) => {
      const decoded = readBase64(text)
      const value = decoded === undefined ? undefined : plain.read(decoded)
      return value instanceof Problem ? undefined : value
    },
    print: printBase64,
  })
}

/** The key of an original: a path, `name:path`, an http(s) URL, or `b64:` and any of them as base64url. */
export function keyField(about: About<string>): Field<string> {
  return custom<string>({
    ...about,
    expected: 'a path, name:path, an http(s) URL, or b64:<base64url>',
    read: (text) => {
      const key = readKey(text)
      return typeof key === 'string' ? key : undefined
    },
    print: (value) => value,
  })
}

function asProblem<T>(value: T | Problem, expected: string): T | Problem {
  return value instanceof Problem ? new Problem(expected) : value
}
