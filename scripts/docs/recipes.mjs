import { outputFields } from '../../dist/recipe/output.js'
import { stepFields } from '../../dist/recipe/steps.js'
import { code, expectedOf, fallbackOf, table } from './markdown.mjs'

const rows = (fields) => Object.entries(fields).map(([name, field]) => [code(name), expectedOf(field), fallbackOf(field), field.doc])
const heads = ['Field', 'Value', 'Default', 'What it is']

export const recipes = {
  name: 'recipes',
  title: 'Recipes',
  from: 'src/recipe/steps.ts and src/recipe/output.ts',
  print: () =>
    [
      'Every dialect turns a URL into a recipe: steps in order, and an output. Its canonical text is the heart of a result’s key; `f=json` shows it for any',
      'URL. Fields at their default are left out, and so are steps that change nothing:',
      '',
      '    orient()/resize(width=300,fit=cover)/blur(sigma=8)|format=webp,quality=60',
      '',
      'An effect is a step by its own name, with the arguments of [filters.md](filters.md).',
      ...Object.entries(stepFields).flatMap(([name, fields]) => ['', `## ${name}`, '', table(heads, rows(fields))]),
      '',
      '## The output',
      '',
      table(heads, [
        ['`dpr`', 'a number above 0, or auto', '`1`', 'Device px per CSS px: multiplies sizes, borders, radii and offsets.'],
        ...rows(outputFields),
      ]),
    ].join('\n'),
}
