import { Failure } from '../errors.ts'
import { readThumborPath, type ThumborOptions } from './thumbor-path.ts'
import { inPaths, quote, unreserved } from './thumbor-spelling.ts'

/**
 * The path for what a request asks for, in one spelling, without its first segment: behind `/unsafe/` it reads as `options`.
 * @returns `parameter-invalid` for what no path says: filters that do not end with `)`, no image, half a character.
 */
export function printThumborPath(options: ThumborOptions): string | Failure {
  const { filters, image } = options
  const unspeakable = new Failure('parameter-invalid', 'The grammar of Thumbor has no words for this request.')
  if (/\p{Surrogate}/u.test(filters + image)) return unspeakable
  // A slash behind a parenthesis would end the filters.
  const text = quote(filters, `${inPaths}${unreserved}`).replaceAll(')/', ')%2F')
  const segments = [...segmentsOf(options), ...(filters === '' ? [] : [`filters:${text}`])]
  const name = quote(image, `${inPaths}${unreserved}`)
  // The name of an image that begins like a segment is told from one by an escape, since segments are matched undecoded.
  const first = `%${image.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  return [name, `${first}${name.slice(1)}`].map((end) => [...segments, end].join('/')).find((path) => says(path, options)) ?? unspeakable
}

function segmentsOf(options: ThumborOptions): readonly string[] {
  const { debug, meta, trim, crop, adaptive, full, fitIn, halign, valign, smart } = options
  const { left, top, right, bottom } = crop
  const said: readonly (readonly [segment: string, said: boolean])[] = [
    ['debug', debug],
    ['meta', meta],
    [trim?.text ?? '', trim !== null],
    [`${left}x${top}:${right}x${bottom}`, left + top + right + bottom > 0],
    [`${adaptive ? 'adaptive-' : ''}${full ? 'full-' : ''}fit-in`, fitIn],
    [sizeOf(options), sizeOf(options) !== '0x0'],
    [halign, halign !== 'center'],
    [valign, valign !== 'middle'],
    ['smart', smart],
  ]
  return said.flatMap(([segment, isSaid]) => (isSaid ? [segment] : []))
}

function sizeOf({ width, height, horizontalFlip, verticalFlip }: ThumborOptions): string {
  return `${horizontalFlip ? '-' : ''}${width}x${verticalFlip ? '-' : ''}${height}`
}

function says(path: string, options: ThumborOptions): boolean {
  const read = readThumborPath(`/unsafe/${path}`)
  return !(read instanceof Failure) && meaningOf(read) === meaningOf(options)
}

/** All that a request asks for, as one text: equal where two ask for the same, however they are spelled and whoever asks. */
export function meaningOf(options: ThumborOptions): string {
  const { debug, meta, trim, crop, adaptive, full, fitIn, width, height, horizontalFlip, verticalFlip, halign, valign, smart } = options
  const { filters, image } = options
  const { left, top, right, bottom } = crop
  const trimmed = trim === null ? null : [trim.text, trim.pos, trim.tolerance]
  const flips = [horizontalFlip, verticalFlip]
  return JSON.stringify([
    [debug, meta, trimmed, left, top, right, bottom, adaptive, full, fitIn],
    [width, height, flips, halign, valign, smart, filters, image],
  ])
}
