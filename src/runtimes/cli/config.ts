import { printSettings } from '../../config/print.ts'
import { command, json } from './command.ts'
import { settingsFor } from './settings.ts'

export const config = command({
  doc: 'Prints the settings in force and where each comes from; secrets are hidden.',
  usage: '[--json]',
  args: { json: { type: 'boolean', description: 'As JSON.' } },
  settings: true,
  examples: ['tintype config', 'TINTYPE_SERVER_PORT=9000 tintype config --json'],
  async run(args, context) {
    const { rows } = await settingsFor(context)
    const printed = printSettings(rows)
    const { line, ink } = context.out
    if (args.json) {
      line(json(printed))
      return 0
    }
    const width = Math.max(...printed.map(({ name }) => name.length))
    for (const { name, value, origin } of printed) {
      const own = origin !== 'default'
      line(`${name.padEnd(width)}  ${own ? ink('bold', value) : value}${own ? ink('dim', `  (${origin})`) : ''}`)
    }
    return 0
  },
})
