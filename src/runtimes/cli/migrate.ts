import { readFile, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { migrateThumbor } from '../../migrate/thumbor.ts'
import { command, json, Misuse } from './command.ts'

/** Larger files are no configuration. */
const mostBytes = 1_000_000

export const migrate = command({
  doc: 'Prints the settings that say what a configuration of Thumbor says, and what of it has no equal.',
  usage: 'thumbor.conf [--shell]',
  args: {
    file: { type: 'positional', required: true, description: 'A thumbor.conf. It is read, and nothing of it is run.' },
    shell: { type: 'boolean', description: 'As commands for a shell, in place of lines for an environment file.' },
    json: { type: 'boolean', description: 'As JSON.' },
  },
  settings: false,
  examples: ['tintype migrate thumbor.conf > tintype.env', 'tintype migrate thumbor.conf --json'],
  async run({ file, shell, json: asJson }, { out, folder }) {
    const migrated = migrateThumbor(await textOf(resolve(folder, file), file))
    if (asJson) {
      out.line(json(migrated))
      return 0
    }
    const { settings, notes, unread } = migrated
    for (const [name, value] of Object.entries(settings))
      out.line(shell ? `export ${name}='${value.replaceAll("'", "'\\''")}'` : `${name}=${value}`)
    const name = basename(file)
    if (unread.length > 0) out.line('\n# Not understood, because only a running Python knows what it means:')
    for (const { line, text, why } of unread) out.line(`# ${name}:${line}: ${plain(text)} (${why})`)
    if (notes.length > 0) out.line('\n# Without an equal, or with something to know:')
    for (const { option, line, why } of notes) out.line(`# ${name}:${line}: ${option}: ${plain(why)}`)
    return 0
  },
})

async function textOf(path: string, said: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile() !== true)
    throw new Misuse(`There is no file "${said}".`, 'Name the configuration of your Thumbor: tintype migrate thumbor.conf')
  if (found.size > mostBytes) throw new Misuse(`"${said}" has more than ${mostBytes} bytes: that is no configuration.`)
  return readFile(path, 'utf8')
}

/** What stands in a file must not end its comment, nor draw on the terminal. */
function plain(text: string): string {
  return text.replace(/\p{C}/gu, '?')
}
