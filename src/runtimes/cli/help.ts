import type { ArgsDef } from 'citty'
import { flagOf } from '../../config/names.ts'
import { type Setting, settings } from '../../config/tree.ts'
import type { Ink } from '../../service/ink.ts'
import type { Command } from './command.ts'
import { commands, loadCommand } from './commands.ts'
import { commonArgs, takesValue } from './flags.ts'

/** The help of the program: its commands. */
export async function programHelp(ink: Ink): Promise<string> {
  const names = Object.keys(commands) as (keyof typeof commands)[]
  const rows = await Promise.all(names.map(async (name) => [name, (await loadCommand(name)).doc] as const))
  return [
    `${ink('bold', 'tintype')}: an image service whose whole interface is the URL.`,
    '',
    `${ink('bold', 'Usage')}`,
    '  tintype FOLDER                 serve the pictures of a folder',
    '  tintype COMMAND … [--help]',
    '',
    ink('bold', 'Commands'),
    ...table(rows, ink),
    '',
    'Settings come as flags, from the environment (TINTYPE_…) and from tintype.config.json: see tintype serve --help.',
  ].join('\n')
}

/** The help of one command: what it takes, and every setting where it takes them all. */
export function commandHelp(name: string, { doc, usage, args, settings: all, examples = [] }: Command, ink: Ink): string {
  const full = name === 'serve'
  return [
    doc,
    '',
    ink('bold', 'Usage'),
    `  tintype ${name} ${usage}${all ? ' [--SETTING VALUE …]' : ''}`,
    '',
    ink('bold', 'Arguments'),
    ...table(argRows({ ...args, ...commonArgs }), ink),
    ...(examples.length === 0 ? [] : ['', ink('bold', 'Examples'), ...examples.map((line) => `  ${line}`)]),
    ...(all && full ? ['', ...settingsHelp(ink)] : []),
    ...(all && !full ? ['', 'Takes every setting of the service too: see tintype serve --help.'] : []),
  ].join('\n')
}

function argRows(args: ArgsDef): (readonly [string, string])[] {
  return Object.entries(args).map(([name, arg]) => {
    if (arg.type === 'positional') return [name.toUpperCase(), arg.description ?? '']
    const shown = arg.type === 'boolean' && arg.default === true ? `no-${name}` : name // what is so unless denied
    return [`--${shown}${takesValue(arg) ? ` ${arg.valueHint ?? 'VALUE'}` : ''}`, arg.description ?? '']
  })
}

function settingsHelp(ink: Ink): string[] {
  const groups = new Map<string, Setting[]>()
  for (const setting of settings) {
    const { path } = setting
    const group = path.length === 1 ? 'access' : path.length === 2 ? (path[0] ?? '') : path.slice(0, 2).join(' ')
    groups.set(group, [...(groups.get(group) ?? []), setting])
  }
  return [
    `${ink('bold', 'Settings')}, each also a variable (TINTYPE_SERVER_PORT) and a key of tintype.config.json (server.port)`,
    ...table(
      [
        ['--port, --host, --listeners', 'Short for --server-port, --server-host and --server-listeners.'],
        ['--config FILE', 'The configuration file to read in place of tintype.config.json.'],
        ['--sources NAME=…', 'Sources by name: photos=file:/data,cdn=https://host/path, or a JSON object.'],
      ],
      ink,
    ),
    ...[...groups].flatMap(([group, members]) => ['', ink('underline', group), ...table(members.map(settingRow), ink)]),
  ]
}

function settingRow({ path, field }: Setting): readonly [string, string] {
  const { doc, expected, fallback, secret } = field
  const shown = fallback === undefined || secret === true ? '' : field.print(fallback)
  const flag = `--${flagOf(path)}`
  const takes = expected.length > 90 ? '' : expected
  const notes = [takes, shown === '' ? '' : `default ${shown}`].filter((note) => note !== '').join('; ')
  return [flag, notes === '' ? doc : `${doc} (${notes})`]
}

const widest = 30

function table(rows: readonly (readonly [string, string])[], ink: Ink): string[] {
  const width = Math.min(widest, Math.max(...rows.map(([name]) => name.length)))
  return rows.map(([name, doc]) => {
    const gap = name.length > width ? `\n${' '.repeat(width + 4)}` : ' '.repeat(width - name.length + 2)
    return `  ${ink('cyan', name)}${gap}${doc}`
  })
}
