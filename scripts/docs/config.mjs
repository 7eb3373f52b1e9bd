import { dotted, flagOf, variableOf } from '../../dist/config/names.js'
import { settings, shortFlags } from '../../dist/config/tree.js'
import { code, expectedOf, fallbackOf, table } from './markdown.mjs'

const about = {
  '': 'What may be asked, and by whom.',
  server: 'How the service meets the network.',
  limit: 'What stops a bomb before it is decoded. All are finite by default.',
  cache: 'How long things stay good.',
  queue: 'The queue in front of the renderer.',
  'source.file': 'The folder of originals that keys without a name belong to.',
  'source.http': 'Originals on the web.',
  store: 'Where results are kept.',
  'store.memory': 'The first store of the chain.',
  'store.disk': 'The second.',
  render: 'Where pixels are made.',
  log: 'What is written about requests.',
}

const groupOf = ({ path }) => dotted(path.slice(0, -1))

function row({ path, field }) {
  const short = Object.entries(shortFlags).find(([, long]) => dotted(long) === dotted(path))?.[0]
  const flags = [flagOf(path), ...(short === undefined ? [] : [short])].map((name) => code(`--${name}`)).join(' ')
  const secret = field.secret === true ? ` Secret: never printed; may come from a file that ${code(`${variableOf(path)}_FILE`)} names.` : ''
  return [`${code(dotted(path))}<br>${code(variableOf(path))}<br>${flags}`, expectedOf(field), fallbackOf(field), field.doc + secret]
}

export const config = {
  name: 'config',
  title: 'Settings',
  from: 'src/config/tree.ts',
  print: () => {
    const groups = [...new Set(settings.map(groupOf))]
    return [
      'A setting has one name in three spellings: a path in `tintype.config.json`, a variable of the environment, a flag. Stronger each than the one',
      'before: defaults, file, environment, flags. `tintype config` prints those in force with their origin. A wrong one stops the start, with its name,',
      'its value and what was expected.',
      '',
      'The file is `tintype.config.json` in the working folder, or the one that `TINTYPE_CONFIG` or `--config` names. A path is nested there: `limit.frames`',
      'is `{ "limit": { "frames": 50 } }`. Lists are JSON lists in the file, and values separated by commas elsewhere.',
      '',
      'Sources with names of their own, `photos:cat.jpg`, are said by `sources` (`TINTYPE_SOURCES`, `--sources`): `photos=file:/data/photos,cdn=https://img.example.com/`,',
      'or in the file `{ "sources": { "cdn": { "kind": "http", "base": "https://img.example.com/" } } }`. Their further options are those of their kind in',
      '[sources.md](sources.md), as `sources.cdn.timeoutSeconds` or `TINTYPE_SOURCES_CDN_TIMEOUT_SECONDS`.',
      ...groups.flatMap((group) => [
        '',
        `## ${group === '' ? 'Access' : group}`,
        '',
        about[group] ?? '',
        '',
        table(['Name', 'Value', 'Default', 'What it does'], settings.filter((setting) => groupOf(setting) === group).map(row)),
      ]),
    ].join('\n')
  },
}
