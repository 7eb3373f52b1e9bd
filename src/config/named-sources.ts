import { Failure } from '../errors.ts'
import { clip } from '../schema/field.ts'
import { nearest } from '../schema/nearest.ts'
import { sources as sourceKinds } from '../sources/all.ts'
import { isPlain, type Origin } from './given.ts'
import type { Setting } from './tree.ts'
import { unknown } from './unknown.ts'

/** A source that the operator named: `photos:cat.jpg` is `cat.jpg` in the source `photos`. */
export type NamedSource = {
  readonly name: string
  /** The name of its kind, as in `sources/all.ts`. */
  readonly kind: string
  /** What the kind's own fields read. */
  readonly options: Readonly<Record<string, unknown>>
}

/** A named source before its options are read: which settings it has, and what was said of them where it was named. */
export type Sketch = {
  readonly name: string
  readonly kind: string
  readonly settings: readonly Setting[]
  /** The option without which the kind is nothing. */
  readonly needs: string
  readonly said: Readonly<Record<string, unknown>>
}

/** What a kind needs, and how the short form says it: `photos=file:/data`. Groups in the shape are named as the options that they give. */
const shortForms = [
  { kind: 'file', needs: 'root', shape: /^file:(?<root>.+)$/s },
  { kind: 'http', needs: 'base', shape: /^(?<base>https?:\/\/.+)$/is },
  { kind: 's3', needs: 'bucket', shape: /^s3:\/\/(?<bucket>[^/]+)(?:\/(?<prefix>.*))?$/s },
] as const

/** Names that mean something else at the beginning of a key, or that are taken by the sources without a name. */
const taken = new Set(['b64', 'data', 'url', 'http', 'https', 'file', 'blob', 'javascript', 's3'])

const expected = 'NAME=file:FOLDER, NAME=https://… or NAME=s3://BUCKET/PREFIX, several separated by commas, or a JSON object of sources'

/**
 * The named sources that a value describes: `photos=file:/data,cdn=https://…`, or `{ "cdn": { "kind": "http", "base": "https://…" } }`.
 * @param value  Text, or what stood under `sources` in the configuration file.
 */
export function sketchesOf(value: unknown, origin: Origin): readonly (Sketch | Failure)[] {
  const said = typeof value === 'string' ? fromText(value) : value
  if (!isPlain(said)) return [invalid(origin.name, expected, typeof value === 'string' ? value : JSON.stringify(value))]
  return Object.entries(said).flatMap(([name, content]) => sketch(name, content, origin))
}

function sketch(name: string, content: unknown, origin: Origin): readonly (Sketch | Failure)[] {
  const own = `sources.${name}`
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(name) || taken.has(name)) {
    return [invalid(origin.name, `names of small letters, digits and dashes, and none of ${[...taken].join(', ')}`, name)]
  }
  if (!isPlain(content))
    return [invalid(own, 'an object with a kind, or NAME=file:FOLDER, NAME=https://… or NAME=s3://BUCKET/PREFIX', JSON.stringify(content))]
  const { kind: kindName, ...options } = content
  const kinds = sourceKinds.map((kind) => kind.name)
  const kind = sourceKinds.find((each) => each.name === kindName)
  const short = shortForms.find((form) => form.kind === kindName)
  if (kind === undefined || short === undefined)
    return [invalid(`${own}.kind`, `one of ${kinds.join(', ')}`, String(kindName), nearest(String(kindName), kinds))]
  const settings = Object.entries(kind.options).map(([option, field]) => ({ path: ['sources', name, option], field }))
  const names = Object.keys(kind.options)
  const strange = Object.keys(options).filter((option) => !names.includes(option))
  return [
    { name, kind: kind.name, settings, needs: short.needs, said: options },
    ...strange.map((option) =>
      unknown(
        `${own}.${option}`,
        names.map((each) => `${own}.${each}`),
      ),
    ),
  ]
}

function fromText(text: string): unknown {
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text)
    } catch {
      return undefined // no JSON
    }
  }
  const made: Record<string, unknown> = Object.create(null)
  // A comma parts two sources only where another `NAME=` follows: folders and URLs may hold commas.
  for (const piece of text.split(/,(?=\s*[\w-]+=)/).map((each) => each.trim())) {
    if (piece === '') continue
    const [, name = '', rest = ''] = /^([\w-]+)=(.*)$/s.exec(piece) ?? []
    const short = shortForms.find((form) => form.shape.test(rest))
    if (short === undefined || name in made) return undefined
    const options = Object.entries(short.shape.exec(rest)?.groups ?? {}).filter(([, value]) => value !== undefined)
    made[name] = { kind: short.kind, ...Object.fromEntries(options) }
  }
  return made
}

function invalid(name: string, wanted: string, got: string, near?: string): Failure {
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`
  return new Failure('setting-invalid', `${name}: expected ${wanted}, got "${clip(got.replace(/\/\/[^/@]*@/, '//…@'))}".${hint}`, {
    parameter: name,
    expected: wanted,
    ...(near === undefined ? {} : { nearest: near }),
  })
}
