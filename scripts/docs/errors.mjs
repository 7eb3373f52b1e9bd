import { failures } from '../../dist/errors.js'
import { code, table } from './markdown.mjs'

export const errors = {
  name: 'errors',
  title: 'Errors',
  from: 'src/errors.ts',
  print: () =>
    [
      'What cannot be done is answered with problem details (RFC 9457): `application/problem+json`, or plain text for a client that prefers it. `code` is',
      'stable: never reworded, never reused. `detail` says what was expected and what came, `parameter` the word that is wrong, `nearest` the valid',
      'one that is most like it, `request` the id under which the log knows the request. The service shows this table at `/errors`.',
      '',
      table(
        ['Status', 'Code', 'What mends it'],
        Object.entries(failures).map(([name, { status, hint }]) => [status, `<a id="${name}"></a>${code(name)}`, hint]),
      ),
    ].join('\n'),
}
