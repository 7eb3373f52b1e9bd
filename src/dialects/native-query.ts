import { Failure } from '../errors.ts'
import type { AnyFilter } from '../filters/filter.ts'
import { clip, type Fields, readField } from '../schema/field.ts'
import { nearest } from '../schema/nearest.ts'
import type { Words } from './dialect.ts'
import { type Effect, effectField } from './native-effects.ts'
import { besidePresets, type NativeName, type NativeValues, nativeFields, unless } from './native-parameters.ts'
import { encodeForm, pairsOf } from './percent.ts'

/** What a query says: parameters and effects by their canonical names. */
export type Wishes = {
  readonly values: NativeValues
  readonly effects: ReadonlyMap<string, Effect>
}

type Parameter = { readonly name: string; readonly field: Fields[string]; readonly effect: boolean }

/** Every name and alias, by the list of effects that goes with it. The list is the same object for as long as a service lives. */
const dictionaries = new WeakMap<readonly AnyFilter[], ReadonlyMap<string, Parameter>>()

/** Every parameter under each of its names. */
export function dictionary(filters: readonly AnyFilter[]): ReadonlyMap<string, Parameter> {
  const made = dictionaries.get(filters)
  if (made !== undefined) return made
  const known = new Map<string, Parameter>()
  const add = (parameter: Parameter): void => {
    for (const name of [parameter.name, ...(parameter.field.aliases ?? [])]) known.set(name, parameter)
  }
  for (const [name, field] of Object.entries<Fields[string]>(nativeFields)) add({ name, field, effect: false })
  for (const filter of filters) add({ name: filter.name, field: effectField(filter), effect: true })
  dictionaries.set(filters, known)
  return known
}

/** A query, read strictly: `url-malformed`, `parameter-unknown`, `parameter-invalid`, `parameter-repeated`, `parameter-conflict`. */
export function readQuery(query: string, { filters, ignored }: Words): Wishes | Failure {
  const known = dictionary(filters)
  const pairs = pairsOf(query)
  if (pairs instanceof Failure) return pairs
  const values: Record<string, unknown> = {}
  const effects = new Map<string, Effect>()
  const said = new Map<string, string>()
  for (const [name, text] of pairs) {
    const parameter = known.get(name)
    if (parameter === undefined) {
      if (isIgnored(name, ignored)) continue
      return unknown(name, known.keys())
    }
    const target = parameter.name === 'txt64' ? 'txt' : parameter.name
    const earlier = said.get(target)
    if (earlier !== undefined) return twice(earlier, name, known)
    const value: unknown = readField(parameter.field, name, text)
    if (value instanceof Failure) return value
    said.set(target, name)
    if (parameter.effect) effects.set(target, value as Effect)
    else values[target] = value
  }
  return { values, effects }
}

/** `parameter-unknown`, with the nearest name. */
export function unknown(name: string, names: Iterable<string>): Failure {
  const near = nearest(name, names)
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`
  return new Failure('parameter-unknown', `There is no parameter "${clip(name)}".${hint}`, {
    parameter: name,
    ...(near === undefined ? {} : { nearest: near }),
  })
}

/** Is it a name that others append to URLs? `utm_*` stands for all that begin so. */
export function isIgnored(name: string, ignored: readonly string[]): boolean {
  return ignored.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern))
}

function twice(earlier: string, name: string, known: ReadonlyMap<string, Parameter>): Failure {
  if (known.get(earlier)?.name !== known.get(name)?.name) {
    return new Failure('parameter-conflict', `${earlier} and ${name} say the same thing: leave one of them out.`, { parameter: name })
  }
  const both = earlier === name ? `${name} is given twice` : `${earlier} and ${name} are one parameter, given twice`
  return new Failure('parameter-repeated', `${both}.`, { parameter: name })
}

/**
 * The wishes with those of their preset filled in where they say nothing themselves. Where a parameter stands, before or behind `preset`,
 * makes no difference: proxies reorder queries, and a signature covers no order.
 */
export function expandPreset(wishes: Wishes, words: Words): Wishes | Failure {
  const name = wishes.values.preset
  if (words.presetsOnly) {
    const extra = [...Object.keys(wishes.values), ...wishes.effects.keys()].find((other) => !besidePresets.has(other))
    if (name === undefined || extra !== undefined) {
      const what = extra === undefined ? 'no preset is named' : `"${extra}" is more than a preset`
      return new Failure('presets-only', `Only presets are served here: ${what}.`, extra === undefined ? {} : { parameter: extra })
    }
  }
  if (name === undefined) return wishes
  const query = Object.hasOwn(words.presets, name) ? words.presets[name] : undefined
  if (query === undefined) {
    const near = nearest(name, Object.keys(words.presets))
    const hint = near === undefined ? '' : ` Did you mean "${near}"?`
    return new Failure('preset-unknown', `There is no preset "${clip(name)}".${hint}`, {
      parameter: 'preset',
      ...(near === undefined ? {} : { nearest: near }),
    })
  }
  const bundle = readPreset(name, query, words)
  if (bundle instanceof Failure) return bundle
  return { values: { ...bundle.values, ...wishes.values }, effects: new Map([...bundle.effects, ...wishes.effects]) }
}

/** The wishes of a preset, `w=200&fit=cover`; for the check of a configuration too. */
export function readPreset(name: string, query: string, words: Words): Wishes | Failure {
  const bundle = readQuery(query.replace(/^\?/, ''), words)
  if (bundle instanceof Failure) return new Failure(bundle.code, `preset ${name}: ${bundle.message}`, bundle.detail)
  const alien = (['preset', 'url', 's', 'expires'] as const).find((other) => bundle.values[other] !== undefined)
  if (alien === undefined) return bundle
  return new Failure('parameter-invalid', `preset ${name}: ${alien} cannot be part of a preset.`, { parameter: alien })
}

const fallbackTexts: ReadonlyMap<string, string> = new Map(
  Object.entries<Fields[string]>(nativeFields).flatMap(([name, field]) =>
    field.fallback === undefined ? [] : [[name, field.print(field.fallback)] as const],
  ),
)

/**
 * The wishes as one canonical query: sorted by name, values as their fields print them, what means nothing left out. Key and signature are no
 * part of it. Beside a preset nothing is left out: there a fallback is a wish of its own.
 */
export function printQuery({ values, effects }: Wishes): string {
  const pairs: [string, string][] = []
  for (const name of Object.keys(values) as NativeName[]) {
    if (name === 'url' || name === 's') continue
    const text = (nativeFields[name] as Fields[string]).print(values[name])
    const rival = unless[name]
    const counts = values.preset !== undefined || (rival !== undefined && values[rival] !== undefined)
    if (counts || text !== fallbackTexts.get(name)) pairs.push([name, text])
  }
  for (const [name, { step, texts }] of effects) {
    if (step !== undefined || values.preset !== undefined) pairs.push([name, texts.join(',')])
  }
  pairs.sort(([a], [b]) => (a < b ? -1 : 1))
  return pairs.map(([name, text]) => (text === '' ? name : `${name}=${encodeForm(text)}`)).join('&')
}
