import type { Origin } from './given.ts'
import type { Row } from './read.ts'

/** A setting in force, for a person or a program to see: name, value, where it comes from. */
export type PrintedSetting = { readonly name: string; readonly value: string; readonly origin: string }

/** Never longer or shorter than another, so that it tells nothing of what it hides. */
const hidden = '(hidden)'

/** The rows of `tintype config`. A value that is not set is the empty text; a secret is hidden. */
export function printSettings(rows: readonly Row[]): readonly PrintedSetting[] {
  return rows.map(({ name, text, secret, origin }) => ({
    name,
    value: secret && text !== undefined && text !== '' ? hidden : (text ?? ''),
    origin: printOrigin(origin),
  }))
}

function printOrigin({ kind, name }: Origin): string {
  switch (kind) {
    case 'default':
      return 'default'
    case 'file':
      return 'configuration file'
    case 'environment':
    case 'flag':
      return name
    default:
      return kind satisfies never
  }
}
