import { loadSettings } from '../../config/load.ts'
import type { Row, Settings } from '../../config/read.ts'
import type { Failure } from '../../errors.ts'
import type { Context } from './command.ts'

/** All that is wrong with the settings, at once. */
export class Failures extends Error {
  override readonly name = 'Failures'
  readonly failures: readonly Failure[]

  constructor(failures: readonly Failure[]) {
    super(failures.map((failure) => failure.message).join(' '))
    this.failures = failures
  }
}

/** The settings in force for a command; throws `Failures`. */
export async function settingsFor(
  { flags, env, folder }: Context,
  more: Readonly<Record<string, string | boolean>> = {},
): Promise<{ readonly settings: Settings; readonly rows: readonly Row[] }> {
  const read = await loadSettings({ flags: { ...flags, ...more }, env }, folder)
  if (read.kind === 'failures') throw new Failures(read.failures)
  return read
}
