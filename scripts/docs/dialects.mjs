import { dialects as all } from '../../dist/dialects/all.js'
import { code, table } from './markdown.mjs'

export const dialects = {
  name: 'dialects',
  title: 'Dialects',
  from: 'src/dialects',
  print: () =>
    [
      'A dialect is one way to say in a URL which picture is wanted. They are asked in this order; the first that knows the URL answers. Two URLs that ask',
      'for the same picture, in whatever dialects, share one result.',
      '',
      table(
        ['Dialect', 'What it is', 'Its grammar'],
        all.map(({ name, doc, spec }) => [code(name), doc, spec.startsWith('docs/reference/') ? link(spec.slice(15)) : `<${spec}>`]),
      ),
    ].join('\n'),
}

function link(file) {
  return `[${file}](${file})`
}
