import { code, expectedOf, fallbackOf, table } from './markdown.mjs'

/** A section for each kind of source or store: what it is, and its options. */
export function sections(kinds) {
  return kinds
    .map(({ name, doc, options }) => {
      const rows = Object.entries(options).map(([option, field]) => [code(option), expectedOf(field), fallbackOf(field), field.doc])
      return [`## ${name}`, '', doc, '', table(['Option', 'Value', 'Default', 'What it does'], rows), ''].join('\n')
    })
    .join('\n')
}
