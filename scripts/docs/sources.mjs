import { sources as kinds } from '../../dist/sources/all.js'
import { sections } from './parts.mjs'

export const sources = {
  name: 'sources',
  title: 'Sources',
  from: 'src/sources',
  print: () =>
    [
      'A source is a place where originals live. Each kind is one file of `src/sources`. The options of the source without a name are the settings',
      '`source.file.…`, `source.http.…` and `source.s3.…`; those of a source with a name are `sources.NAME.…`: see [config.md](config.md).',
      '',
      sections(kinds),
    ].join('\n'),
}
