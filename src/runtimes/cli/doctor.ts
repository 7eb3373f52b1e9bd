import { type Context, command, Failures, json } from './command.ts'
import { machineChecks } from './doctor-machine.ts'
import { settingsChecks } from './doctor-settings.ts'
import type { Finding } from './finding.ts'
import { settingsFor } from './settings.ts'

export const doctor = command({
  doc: 'Looks whether this machine and these settings can serve pictures, and says how to mend what is wrong.',
  usage: '[FOLDER] [--json]',
  args: {
    root: { type: 'positional', required: false, description: 'The folder that is to be served, when no setting names it.' },
    json: { type: 'boolean', description: 'As JSON.' },
  },
  settings: true,
  async run({ root, json: asJson }, context) {
    const findings = [...(await machineChecks()), ...(await ofSettings(root, context))]
    const failed = findings.some(({ state }) => state === 'fail')
    if (asJson) context.out.line(json({ ok: !failed, findings }))
    else for (const finding of findings) tell(finding, context)
    return failed ? 1 : 0
  },
})

async function ofSettings(root: string | undefined, context: Context): Promise<readonly Finding[]> {
  try {
    const { settings } = await settingsFor(context, root === undefined ? {} : { 'source-file-root': root })
    return [{ name: 'settings', state: 'ok', message: 'All settings can be read.' }, ...(await settingsChecks(settings, context.env))]
  } catch (thrown) {
    if (!(thrown instanceof Failures)) throw thrown
    return thrown.failures.map(({ message, hint }) => ({ name: 'settings', state: 'fail', message, mend: hint }))
  }
}

const marks = { ok: ['green', '✓'], warn: ['yellow', '!'], fail: ['red', '✗'] } as const

function tell({ name, state, message, mend }: Finding, { out: { line, ink } }: Context): void {
  const [colour, mark] = marks[state]
  line(`${ink(colour, mark)} ${name.padEnd(8)}  ${message}`)
  if (mend !== undefined) line(`${' '.repeat(12)}${ink('dim', mend)}`)
}
