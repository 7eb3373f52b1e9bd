import type { Path } from './names.ts'

/** A value as it was given, before it is read. */
export type Given = {
  /** `undefined` for what can be no value at all: `null`, an object in the place of a number. */
  readonly texts: readonly string[]
  readonly origin: Origin
}

/** Where a value comes from, with its name there. */
export type Origin = { readonly kind: 'default' | 'file' | 'environment' | 'flag'; readonly name: string }

/**
 * A JSON value as the texts that a field may read, the first that it understands counts: numbers and booleans printed, lists joined
 * with commas, objects as JSON or, when all their values are texts, as lines `Name: value`. None where there is no such text.
 */
export function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [printed(value)]
  if (typeof value === 'boolean') return [value ? '1' : '0']
  if (Array.isArray(value)) {
    const parts = value.map((item) => (typeof item === 'object' ? [] : textsOf(item))[0])
    // A comma inside would make two values of one.
    return parts.some((part) => part === undefined || part.includes(',')) ? [] : [parts.join(',')]
  }
  if (!isPlain(value)) return []
  const entries = Object.entries(value)
  const lines = entries.every(([, each]) => typeof each === 'string') ? [entries.map(([name, each]) => `${name}: ${each}`).join('\n')] : []
  return [JSON.stringify(value), ...lines]
}

export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What lies at a path of nested plain objects. */
export function at(content: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, name) => (isPlain(node) && Object.hasOwn(node, name) ? node[name] : undefined), content)
}

/** Without an exponent, which no field reads: 1e21 and NaN stay what they are, and are refused. */
function printed(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(0) : String(value)
}
