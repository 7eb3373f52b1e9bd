import { Failure } from '../errors.ts'
import { Problem, readField } from '../schema/field.ts'
import { checkSettings } from './checks.ts'
import { at, type Given, type Origin, textsOf } from './given.ts'
import { type NamedSource, type Sketch, sketchesOf } from './named-sources.ts'
import { dotted, flagOf, type Path, variableOf } from './names.ts'
import { type GroupValues, settings as known, type Setting, shortFlags, type tree } from './tree.ts'
import { unknownNames } from './unknown.ts'

/** All settings, read and checked. */
export type Settings = GroupValues<typeof tree> & { readonly sources: readonly NamedSource[] }

/** Where settings are said, each stronger than the next. All are plain values, read by someone else. */
export type Inputs = {
  /** Names without their dashes; `true` for a flag that stands alone, `false` for its `no-` form. */
  readonly flags?: Readonly<Record<string, string | boolean | undefined>>
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Contents of the files that `TINTYPE_…_FILE` names, by that variable. */
  readonly secretFiles?: ReadonlyMap<string, string>
  /** What the configuration file holds, its JSON parsed. */
  readonly file?: unknown
}

/** A setting as it is in force. */
export type Row = {
  /** `limit.sourcePixels` */
  readonly name: string
  /** Its canonical text; absent when it has no value. */
  readonly text?: string
  readonly secret: boolean
  readonly origin: Origin
}

export type ReadSettings =
  | { readonly kind: 'settings'; readonly settings: Settings; readonly rows: readonly Row[] }
  | { readonly kind: 'failures'; readonly failures: readonly Failure[] }

/**
 * The settings in force: defaults, then the configuration file, then the environment, then flags. A variable or a key that is no setting,
 * and each value that is none, is a failure, `setting-unknown` or `setting-invalid`; all of them are told at once.
 */
export function readSettings(inputs: Inputs): ReadSettings {
  const failures: Failure[] = []
  const sketches = readSketches(inputs, failures)
  const all = [...known, ...sketches.flatMap((sketch) => sketch.settings)]
  failures.push(...unknownNames(inputs, all))

  const values: Record<string, unknown> = {}
  const rows: Row[] = []
  for (const setting of all) {
    const given = givenFor(setting, inputs, sketches)
    const value = given instanceof Failure ? given : read(setting, given)
    if (value instanceof Failure) {
      failures.push(value)
      continue
    }
    put(values, setting.path, value)
    rows.push(rowOf(setting, value, given instanceof Failure ? undefined : given?.origin))
  }
  const sources = sketches.map(({ name, kind }): NamedSource => {
    const options = at(values, ['sources', name]) as NamedSource['options'] | undefined
    return { name, kind, options: options ?? {} }
  })
  if (failures.length > 0) return { kind: 'failures', failures }
  // Every field was read into its own place, so the values have the shape of the tree.
  const settings = { ...values, sources } as unknown as Settings
  const problems = checkSettings(settings, sketches)
  return problems.length > 0 ? { kind: 'failures', failures: problems } : { kind: 'settings', settings, rows }
}

/** What is said of one setting at the strongest place that names it; `undefined` when nothing is. */
function givenFor({ path, field }: Setting, inputs: Inputs, sketches: readonly Sketch[]): Given | Failure | undefined {
  const short = Object.keys(shortFlags).find((name) => dotted(shortFlags[name] ?? []) === dotted(path))
  for (const flag of [flagOf(path), short]) {
    const value = flag === undefined ? undefined : inputs.flags?.[flag]
    if (value !== undefined) return { texts: textsOf(value), origin: { kind: 'flag', name: `--${flag}` } }
  }
  const variable = variableOf(path)
  const text = inputs.env?.[variable]
  if (field.secret === true) {
    const content = inputs.secretFiles?.get(`${variable}_FILE`)
    if (content !== undefined && text !== undefined) return both(variable)
    // An editor ends a file with a line break, which is no part of the secret.
    if (content !== undefined) return environment(`${variable}_FILE`, content.replace(/\r?\n$/, ''))
  }
  if (text !== undefined) return environment(variable, text)
  const sketch = sketches.find((each) => each.settings.some((own) => own.path === path))
  const value = sketch === undefined ? at(inputs.file, path) : at(sketch.said, path.slice(2))
  if (value === undefined) return undefined
  return {
    texts: textsOf(value),
    origin: sketch === undefined ? { kind: 'file', name: dotted(path) } : { ...sourceOrigin(inputs), name: dotted(path) },
  }
}

function read({ field }: Setting, given: Given | undefined): unknown {
  if (given === undefined) return field.fallback
  const { texts, origin } = given
  const [first] = texts
  const fits = texts.find((text) => !(field.read(text) instanceof Problem))
  if (first === undefined) return wrong(origin.name, field.expected, 'something else')
  // In a URL a name alone says yes; a variable left empty says nothing, and must not switch anything on.
  if (first === '' && field.read('') === true) return wrong(origin.name, field.expected, 'nothing')
  // A blank key, or a list of commas, is none either: who gives that means to be protected, and would not be.
  if (field.secret === true && /^[\s,]*$/.test(first)) return wrong(origin.name, field.expected, 'nothing: leave it out to have none')
  const value = readField(field, origin.name, fits ?? first, 'setting-invalid')
  // Credentials that stand in a URL are refused, and must not be shown by the refusal.
  return value instanceof Failure ? new Failure(value.code, value.message.replace(/\/\/[^/@\s]*@/g, '//…@'), value.detail) : value
}

function readSketches(inputs: Inputs, failures: Failure[]): readonly Sketch[] {
  const origin = sourceOrigin(inputs)
  const value = inputs.flags?.sources ?? inputs.env?.TINTYPE_SOURCES ?? at(inputs.file, ['sources'])
  if (value === undefined) return []
  const sketches: Sketch[] = []
  for (const sketch of sketchesOf(value, origin)) {
    if (sketch instanceof Failure) failures.push(sketch)
    else sketches.push(sketch)
  }
  return sketches
}

/** Where the named sources are named. */
function sourceOrigin({ flags, env }: Inputs): Origin {
  if (flags?.sources !== undefined) return { kind: 'flag', name: '--sources' }
  return env?.TINTYPE_SOURCES === undefined ? { kind: 'file', name: 'sources' } : { kind: 'environment', name: 'TINTYPE_SOURCES' }
}

function rowOf({ path, field }: Setting, value: unknown, origin: Origin | undefined): Row {
  const name = dotted(path)
  const text = value === undefined ? {} : { text: field.print(value) }
  return { name, ...text, secret: field.secret === true, origin: origin ?? { kind: 'default', name } }
}

/** The group of a setting is there even when the setting has no value. */
function put(values: Record<string, unknown>, path: Path, value: unknown): void {
  let node = values
  for (const name of path.slice(0, -1)) {
    node[name] ??= {}
    node = node[name] as Record<string, unknown>
  }
  if (value !== undefined) node[path.at(-1) ?? ''] = value
}

function environment(name: string, text: string): Given {
  return { texts: [text], origin: { kind: 'environment', name } }
}

function both(variable: string): Failure {
  return wrong(variable, `either ${variable} or ${variable}_FILE`, 'both')
}

function wrong(name: string, expected: string, got: string): Failure {
  return new Failure('setting-invalid', `${name}: expected ${expected}, got ${got}.`, { parameter: name, expected })
}
