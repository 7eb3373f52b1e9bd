import { loadSettings } from '../../config/load.ts'
import { dotted, flagOf, variableOf } from '../../config/names.ts'
import type { Row, Settings } from '../../config/read.ts'
import { settings as known } from '../../config/tree.ts'
import type { Failure } from '../../errors.ts'
import { type Context, Failures } from './command.ts'

/** The settings in force for a command; throws `Failures`. */
export async function settingsFor(
  { flags, env, folder }: Context,
  more: Readonly<Record<string, string | boolean>> = {},
): Promise<{ readonly settings: Settings; readonly rows: readonly Row[] }> {
  const read = await loadSettings({ flags: { ...flags, ...more }, env }, folder)
  if (read.kind === 'failures') throw new Failures(read.failures, read.failures.some(isOfSecret) ? 1 : 2)
  return read
}

/** Is what was given as a key, a token or a password wrong? */
function isOfSecret({ detail }: Failure): boolean {
  return known.some(({ path, field }) => {
    if (field.secret !== true) return false
    return [dotted(path), variableOf(path), `${variableOf(path)}_FILE`, `--${flagOf(path)}`].includes(detail.parameter ?? '')
  })
}
