import { styleText } from 'node:util'

/** Marks text in a terminal; gives it back as it is where colours have no place. */
export type Ink = (style: Parameters<typeof styleText>[0], text: string) => string

/** What tells whether a stream shows colours. */
type Canvas = { readonly isTTY?: boolean }
type Wishes = Readonly<Record<string, string | undefined>>

/**
 * Colours for a terminal alone: never with NO_COLOR or TERM=dumb, and always with FORCE_COLOR, which NO_COLOR still beats.
 * @see https://no-color.org
 */
export function inkFor(stream: Canvas, environment: Wishes): Ink {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment
  const unwanted = (NO_COLOR !== undefined && NO_COLOR !== '') || FORCE_COLOR === '0'
  const shown = !unwanted && ((FORCE_COLOR !== undefined && FORCE_COLOR !== '') || (stream.isTTY === true && TERM !== 'dumb'))
  return shown ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text
}

/** `1.4 MB`: bytes for a person, in powers of 1,000. */
export function printBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[power]}`
}
