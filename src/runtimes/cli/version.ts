import { version as number } from '../../version.ts'
import { command, json } from './command.ts'

export const version = command({
  doc: 'Prints the version.',
  usage: '[--json]',
  args: { json: { type: 'boolean', description: 'As JSON, with the version of Node.' } },
  settings: false,
  async run(args, { out }) {
    out.line(args.json ? json({ tintype: number, node: process.versions.node }) : number)
    return 0
  },
})
