import { dialects } from '../../dist/dialects/all.js'
import { printRecipe } from '../../dist/recipe/recipe.js'
import { code, table } from './markdown.mjs'
import { words } from './words.mjs'

/** One way to name an original, and what there is to say of it. */
const keys = [
  ['/i/photos/cat.jpg', 'A path in the source without a name.'],
  ['/i/photos/100%25%20cat.jpg', 'Percent-encoding is undone once.'],
  ['/i/archive:2024/cat.jpg', 'A path in the source that the operator named `archive`.'],
  ['/i/https%3A%2F%2Fimg.example.com%2Fcat.jpg%3Fv%3D2', 'A whole URL, encoded: the way that keeps its query.'],
  ['/i/https://img.example.com/cat.jpg', 'A whole URL without query.'],
  ['/i/https:/img.example.com/cat.jpg', 'The same after a proxy that folds double slashes.'],
  ['/i/b64:aHR0cHM6Ly9pbWcuZXhhbXBsZS5jb20vY2F0LmpwZw', 'Any of them as base64url.'],
  ['/i?url=https%3A%2F%2Fimg.example.com%2Fcat.jpg', 'Any of them as a parameter.'],
]

const wishes = [
  ['/i/cat.jpg?w=300', 'Inside a width, never enlarged.'],
  ['/i/cat.jpg?height=200&width=300&fit=cover', 'The box filled, the rest cut; long names are aliases.'],
  ['/i/cat.jpg?w=300&ar=1', 'A ratio gives the side that is missing, and crops.'],
  ['/i/cat.jpg?w=0.5&f=webp&q=60', 'Half of the original, as WebP.'],
  ['/_tintype/cat.jpg?w=300', 'The path that answers whatever the prefix is set to.'],
  ['/?img=cat.jpg&width=100&height=80', 'The form of 2015.'],
]

function row([target, note]) {
  for (const dialect of dialects) {
    const order = dialect.parse(target, words)
    if (order === undefined) continue
    if (order instanceof Error) throw order
    return [code(target), code(order.key), code(printRecipe(order.recipe)), note]
  }
  throw new Error(`Nobody understands ${target}`)
}

const heads = ['URL', 'Key', 'Recipe', 'Note']

export const urls = {
  name: 'urls',
  title: 'URLs',
  from: 'src/dialects',
  print: () =>
    [
      'A picture is asked for by `/i/<key>?<parameters>`; `server.prefix` can be set to another path than `/i`. All parameters stand in',
      '[parameters.md](parameters.md).',
      '',
      '## Keys',
      '',
      'A key names an original. It never begins with a slash, holds no control characters, and has at most 4096 of them.',
      '',
      table(heads, keys.map(row)),
      '',
      '## Wishes',
      '',
      table(heads, wishes.map(row)),
      '',
      'Whatever the order in the URL, the steps are: page or frames, orientation, trim, crop, mirror, rotate, resize, border and radius, effects, overlay, text, encoding.',
      '',
      '## Answers that are no picture of that recipe',
      '',
      table(
        ['URL', 'Answer'],
        [
          [
            code('/i/cat.jpg?w=300&f=json'),
            'The recipe, the plan, the facts of the original and the key of the result, without making it.',
          ],
          [
            code('/i/cat.jpg?f=original'),
            'The original as it is, without comments and what lies behind its end; an SVG is written anew from what is harmless.',
          ],
        ],
      ),
      '',
      '## Signatures',
      '',
      'With `TINTYPE_KEYS` set, a URL needs `s`: HMAC-SHA256, base64url without padding, over the key, `?`, and the canonical query without `s` (aliases folded,',
      'names sorted, defaults left out). So a proxy that reorders or re-encodes parameters does not break it. `tintype sign URL` and `tintype/sign` make them.',
    ].join('\n'),
}
