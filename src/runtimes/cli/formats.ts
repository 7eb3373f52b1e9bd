import { openInProcess } from '../../pixels/in-process.ts'
import { command, json } from './command.ts'

export const formats = command({
  doc: 'Prints what this machine can read and write.',
  usage: '[--json]',
  args: { json: { type: 'boolean', description: 'As JSON, with the versions of the libraries.' } },
  settings: false,
  async run(args, { out }) {
    const renderer = await openInProcess({ filters: [] })
    try {
      const found = await renderer.formats(AbortSignal.timeout(30_000))
      if (args.json) {
        out.line(json(found))
        return 0
      }
      out.line(`${out.ink('bold', 'reads ')}  ${found.read.join(' ')}`)
      out.line(`${out.ink('bold', 'writes')}  ${found.write.join(' ')}`)
      const versions = Object.entries(found.versions).map(([name, number]) => `${name} ${number}`)
      out.line(out.ink('dim', `with    ${versions.join(', ')}`))
      return 0
    } finally {
      await renderer.close()
    }
  },
})
