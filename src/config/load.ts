import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Failure } from '../errors.ts'
import { variableOf } from './names.ts'
import { type Inputs, type ReadSettings, readSettings } from './read.ts'
import { settings } from './tree.ts'

/** The configuration file that is read when it lies in the working folder; TINTYPE_CONFIG and --config name another. */
export const configName = 'tintype.config.json'

/** The settings of a program: its flags, its environment, and the files that those name. All failures at once, as `readSettings`. */
export async function loadSettings(
  { flags = {}, env = {} }: Pick<Inputs, 'flags' | 'env'>,
  folder: string = process.cwd(),
): Promise<ReadSettings> {
  const failures: Failure[] = []
  const named = typeof flags.config === 'string' ? flags.config : env.TINTYPE_CONFIG
  const file = await readConfig(resolve(folder, named ?? configName), named !== undefined)
  if (file instanceof Failure) failures.push(file)
  const secretFiles = new Map<string, string>()
  for (const variable of secretVariables(env)) {
    const content = await readFile(resolve(folder, env[variable] ?? ''), 'utf8').catch((cause: unknown) => cause)
    if (typeof content === 'string') secretFiles.set(variable, content)
    else
      failures.push(
        new Failure('setting-invalid', `${variable}: expected the path of a file that can be read.`, {
          parameter: variable,
          cause: content,
        }),
      )
  }
  const read = readSettings({ flags, env, secretFiles, ...(file === undefined || file instanceof Failure ? {} : { file }) })
  if (failures.length === 0) return read
  return { kind: 'failures', failures: read.kind === 'failures' ? [...failures, ...read.failures] : failures }
}

/** `undefined` when there is no file and none was asked for. */
async function readConfig(path: string, asked: boolean): Promise<unknown> {
  const failure = (expected: string, cause: unknown): Failure =>
    new Failure('setting-invalid', `${path}: expected ${expected}.`, { parameter: 'config', expected, cause })
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const absent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    return absent && !asked ? undefined : failure('a file that can be read', cause)
  }
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (cause) {
    return failure(`JSON${cause instanceof Error ? ` (${cause.message.replace(/["'].*["']/s, '…')})` : ''}`, cause)
  }
}

/** The variables of the environment that name a file with a secret, those of named sources among them. */
function secretVariables(env: NonNullable<Inputs['env']>): readonly string[] {
  const own = new Set(settings.filter(({ field }) => field.secret === true).map(({ path }) => `${variableOf(path)}_FILE`))
  return Object.keys(env).filter((name) => own.has(name) || /^TINTYPE_SOURCES_.+_FILE$/.test(name))
}
