import { loadSettings } from '../../config/load.ts'
import type { Row, Settings } from '../../config/read.ts'
import { type Context, Failures } from './command.ts'

/** The settings in force for a command; throws `Failures`. */
export async function settingsFor(
  { flags, env, folder }: Context,
  more: Readonly<Record<string, string | boolean>> = {},
): Promise<{ readonly settings: Settings; readonly rows: readonly Row[] }> {
  const read = await loadSettings({ flags: { ...flags, ...more }, env }, folder)
  if (read.kind === 'failures') throw new Failures(read.failures)
  return read
}
