import { dialects } from '../dialects/all.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { limitFields } from '../geometry/limits.ts'
import type { Field, Fields, FieldValue } from '../schema/field.ts'
import { boolean, choice, list } from '../schema/fields.ts'
import { blockFields, uploadFields } from '../service/beside-fields.ts'
import { accessFields, cacheFields, queueFields, rateFields } from '../service/settings.ts'
import { watchFields } from '../service/watch-fields.ts'
import { sources } from '../sources/all.ts'
import { stores } from '../stores/all.ts'
import { awsFields } from './aws-fields.ts'
import { demo } from './demo.ts'
import type { Path } from './names.ts'
import { presets } from './presets-field.ts'
import { renderFields } from './render-fields.ts'
import { serverFields } from './server-fields.ts'

const [file, http, s3] = sources
const [memory, disk, bucket] = stores
const { metrics, ...logFields } = watchFields

/** The dialects that have settings of their own, each a group by its name. */
type OwnOptions<D extends Dialect = (typeof dialects)[number]> = {
  readonly [K in D as K extends { readonly options: Fields } ? K['name'] : never]: K extends { readonly options: Fields }
    ? K['options']
    : never
}
const dialectGroups = Object.fromEntries(
  dialects.flatMap((dialect: Dialect) => (dialect.options === undefined ? [] : [[dialect.name, dialect.options]])),
) as OwnOptions

/** Every setting, in the order of the reference. Its place here is its name: see `names.ts`. */
export const tree = {
  ...accessFields,
  presets,
  metrics,
  demo,
  server: serverFields,
  limit: limitFields,
  cache: cacheFields,
  queue: queueFields,
  rate: rateFields,
  source: {
    file: file.options,
    http: {
      ...http.options,
      any: boolean({
        doc: 'Fetch originals from any public host; without it, and without an allow list, URLs are no originals.',
        fallback: false,
      }),
    },
    s3: s3.options,
  },
  store: {
    kinds: list(choice(['memory', 'disk', 's3'], { doc: 'A kind of store.' }), {
      doc: 'Where results are kept, the fastest first.',
      max: 3,
      fallback: ['memory', 'disk'] as const,
    }),
    memory: memory.options,
    disk: disk.options,
    s3: bucket.options,
  },
  upload: uploadFields,
  block: blockFields,
  render: renderFields,
  log: logFields,
  aws: awsFields,
  ...dialectGroups,
} as const satisfies Group

// biome-ignore lint/suspicious/noExplicitAny: fields of many types, as in `Fields`.
type AnyField = Field<any>
export type Group = { readonly [name: string]: AnyField | Group }

/** The values of a tree of fields: those with a fallback are always there. */
export type GroupValues<G> = {
  readonly [K in keyof G as G[K] extends AnyField ? (G[K] extends { fallback: unknown } ? K : never) : K]: G[K] extends AnyField
    ? FieldValue<G[K]>
    : GroupValues<G[K]>
} & {
  readonly [K in keyof G as G[K] extends AnyField ? (G[K] extends { fallback: unknown } ? never : K) : never]?: FieldValue<G[K]>
}

/** The same tree as someone writes it in JSON or in a program, as far as he wants to say something. */
export type GroupOptions<G> = {
  readonly [K in keyof G]?: (G[K] extends AnyField ? Written<FieldValue<G[K]>> : GroupOptions<G[K]>) | undefined
}

/** A value as it is written: what JSON has is itself, all else is the text that the field reads, or a list or an object of such texts. */
type Written<T> = T extends number | boolean | string ? T : string | readonly (string | number)[] | Readonly<Record<string, string>>

/** One setting: its place and how it is read. */
export type Setting = { readonly path: Path; readonly field: AnyField }

export function isField(node: AnyField | Group): node is AnyField {
  return typeof node.read === 'function'
}

/** The settings of a group, in order. */
export function settingsOf(group: Group, above: Path = []): readonly Setting[] {
  return Object.entries(group).flatMap(([name, node]) =>
    isField(node) ? [{ path: [...above, name], field: node }] : settingsOf(node, [...above, name]),
  )
}

/** Every setting but those of named sources, which have the names that the operator gives. */
export const settings: readonly Setting[] = settingsOf(tree)

/** What is said often, said shortly: flags beside those that come from the path. */
export const shortFlags: Readonly<Record<string, Path>> = {
  port: ['server', 'port'],
  host: ['server', 'host'],
  listeners: ['server', 'listeners'],
}
