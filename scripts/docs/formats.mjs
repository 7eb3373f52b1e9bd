import { sourceFormats } from '../../dist/geometry/facts.js'
import { media, negotiable } from '../../dist/recipe/output.js'
import { code, codes, table } from './markdown.mjs'

const yes = (value) => (value ? 'yes' : '')

export const formats = {
  name: 'formats',
  title: 'Formats',
  from: 'src/recipe/output.ts and src/geometry/facts.ts',
  print: () =>
    [
      `Originals may be ${codes(sourceFormats)}; their type is read from their bytes, never from a name or a header. What a certain machine can really read and`,
      'write, with the versions of all codecs, its service tells at `/formats`, and `tintype formats` at the terminal.',
      '',
      table(
        ['Result', 'Type', 'File ending', 'Transparency', 'Animation', '`f=auto` may choose it'],
        Object.entries(media).map(([name, { type, extension, alpha, animation }]) => [
          code(name),
          code(type),
          code(extension),
          yes(alpha),
          yes(animation),
          negotiable.includes(name) ? 'when `Accept` names it' : ['jpeg', 'png', 'gif'].includes(name) ? 'yes' : '',
        ]),
      ),
      '',
      `\`f=auto\` takes the first of ${codes(negotiable)} that the client names in \`Accept\` and that can hold the result; else GIF for an animation, PNG where the`,
      'picture has transparency, JPEG for the rest. A wildcard in `Accept` proves nothing and counts for nothing.',
    ].join('\n'),
}
