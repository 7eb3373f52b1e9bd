import { filters as all } from '../../dist/filters/all.js'
import { effectExample } from './examples.mjs'
import { code, codes, expectedOf, fallbackOf, table } from './markdown.mjs'

function section(filter) {
  const { name, aliases = [], doc, params, addsAlpha } = filter
  const rows = Object.entries(params).map(([param, field]) => [param, field.doc, expectedOf(field), field.unit ?? '', fallbackOf(field)])
  return [
    `## ${name}`,
    '',
    [doc, ...(addsAlpha === undefined ? [] : ['Can make opaque pixels clear.'])].join(' '),
    '',
    `Example: ${code(effectExample(filter))}${aliases.length > 0 ? `; also called ${codes(aliases)}` : ''}`,
    '',
    table(['Argument', 'What it is', 'Value', 'Unit', 'Default'], rows),
  ].join('\n')
}

export const filters = {
  name: 'filters',
  title: 'Effects',
  from: 'src/filters',
  print: () =>
    [
      'Each effect is one file of `src/filters`, and every dialect can ask for it. In the native dialect it is one parameter, its arguments separated',
      'by commas in the order of the table. They are applied in the order of this page: colour first, then detail.',
      '',
      ...all.map((filter) => `${section(filter)}\n`),
    ].join('\n'),
}
