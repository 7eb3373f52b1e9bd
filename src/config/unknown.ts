import { Failure } from '../errors.ts'
import { clip } from '../schema/field.ts'
import { nearest } from '../schema/nearest.ts'
import { isPlain } from './given.ts'
import { dotted, flagOf, variableOf } from './names.ts'
import type { Inputs } from './read.ts'
import { type Setting, shortFlags } from './tree.ts'

/** Names that are understood although they are no field: the file of settings itself, and what the named sources are told with. */
const besides = { variables: ['TINTYPE_CONFIG', 'TINTYPE_SOURCES'], flags: ['config', 'sources'] }

/** A failure for each flag, each `TINTYPE_` variable and each key of the file that is no setting, with the nearest that is one. */
export function unknownNames({ flags = {}, env = {}, file }: Inputs, settings: readonly Setting[]): readonly Failure[] {
  const knownFlags = new Set([...settings.map(({ path }) => flagOf(path)), ...Object.keys(shortFlags), ...besides.flags])
  const variables = settings.flatMap(({ path, field }) => {
    const variable = variableOf(path)
    return field.secret === true ? [variable, `${variable}_FILE`] : [variable]
  })
  const knownVariables = new Set([...variables, ...besides.variables])
  return [
    ...Object.keys(flags)
      .filter((flag) => flags[flag] !== undefined && !knownFlags.has(flag))
      .map((flag) =>
        unknown(
          `--${flag}`,
          [...knownFlags].map((each) => `--${each}`),
        ),
      ),
    ...Object.keys(env)
      .filter((variable) => variable.startsWith('TINTYPE_') && env[variable] !== undefined && !knownVariables.has(variable))
      .map((variable) => unknown(variable, knownVariables)),
    ...unknownKeys(file, settings),
  ]
}

function unknownKeys(file: unknown, settings: readonly Setting[]): readonly Failure[] {
  if (file === undefined) return []
  if (!isPlain(file)) return [new Failure('setting-invalid', 'The configuration: expected a JSON object of settings, got something else.')]
  const names = new Set(settings.map(({ path }) => dotted(path)))
  const groups = new Set(settings.flatMap(({ path }) => path.slice(0, -1).map((_, index) => dotted(path.slice(0, index + 1)))))
  const look = (node: Readonly<Record<string, unknown>>, above: readonly string[]): readonly Failure[] =>
    Object.entries(node).flatMap(([key, value]) => {
      const name = dotted([...above, key])
      if (value === undefined || names.has(name)) return []
      if (groups.has(name)) return isPlain(value) ? look(value, [...above, key]) : [noGroup(name)]
      return [unknown(name, names)]
    })
  // Editors find the schema of a file by `$schema`; named sources have the options of their kind, see `named-sources.ts`.
  const { $schema: _, sources: __, ...content } = file
  return look(content, [])
}

/** The failure of a name that is no setting. */
export function unknown(name: string, candidates: Iterable<string>): Failure {
  const near = nearest(name, candidates)
  const hint = near === undefined ? '' : ` Did you mean ${near}?`
  return new Failure('setting-unknown', `${clip(name)}: there is no such setting.${hint}`, {
    parameter: clip(name),
    ...(near === undefined ? {} : { nearest: near }),
  })
}

function noGroup(name: string): Failure {
  return new Failure('setting-invalid', `${name}: expected an object of settings, got something else.`, { parameter: name })
}
