import { nativeGroups } from '../../dist/dialects/native-parameters.js'
import { filters } from '../../dist/filters/all.js'
import { effectExample, examples } from './examples.mjs'
import { code, codes, expectedOf, fallbackOf, table } from './markdown.mjs'

const about = {
  size: 'How large the result is. Nothing grows beyond its original unless `enlarge` says so.',
  place: 'Which part of the original is shown, and which way up.',
  canvas: 'What lies behind and around the picture.',
  output: 'How the result is written.',
  source: 'Which part of an original with pages or frames is used, and how finely a vector is drawn.',
  overlay: 'Another original on top. Lengths as parts are parts of the result.',
  text: 'Words on top, in the fonts that ship with the package.',
  control: 'How the request is answered. None of these changes a pixel, but for `preset` and what stands in it.',
}

const heads = ['Name', 'Aliases', 'Value', 'Default', 'What it does', 'Example']

function row(name, field, example) {
  if (example === undefined) throw new Error(`scripts/docs/examples.mjs has no example for ${name}`)
  return [code(name), codes(field.aliases), expectedOf(field), fallbackOf(field), field.doc, code(example)]
}

/** An effect is one parameter, whose arguments are separated by commas. */
function effectRow(filter) {
  const fields = Object.values(filter.params)
  const value = fields.map(expectedOf).join(', a comma and ')
  const fallback = fields.map(fallbackOf).filter((text) => text !== '')
  return [code(filter.name), codes(filter.aliases), value, fallback.join(' '), filter.doc, code(effectExample(filter))]
}

export const parameters = {
  name: 'parameters',
  title: 'Parameters of the native dialect',
  from: 'src/dialects/native-parameters.ts and src/filters',
  print: () =>
    [
      'A URL is `/i/<key>?name=value&…`; what a key is stands in [urls.md](urls.md). Names and values are read strictly: an unknown name or a bad',
      'value is a 400 that names the nearest valid one. The order of parameters never matters. The examples show the sample pictures of `npm start`.',
      ...Object.entries(nativeGroups).flatMap(([group, fields]) => [
        '',
        `## ${group[0].toUpperCase()}${group.slice(1)}`,
        '',
        about[group] ?? '',
        '',
        table(
          heads,
          Object.entries(fields).map(([name, field]) => row(name, field, examples[name])),
        ),
      ]),
      '',
      '## Effects',
      '',
      'In the order in which they are applied, whatever their order in the URL. More about each: [filters.md](filters.md).',
      '',
      table(heads, filters.map(effectRow)),
    ].join('\n'),
}
