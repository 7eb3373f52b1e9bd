import { Failure } from '../errors.ts'

/**
 * A field: one named value that comes as text, wherever it comes from: a URL argument, an environment variable, a flag, a config file.
 * The same description reads it, prints it canonically, and documents it.
 */
export type Field<T = unknown> = {
  /** One sentence for the docs, the CLI help and the playground. */
  readonly doc: string
  /** What is expected, for a person: `whole number 1 to 8192`, `one of a, b`. */
  readonly expected: string
  /** Unit of the value: `px`, `seconds`, `bytes`. */
  readonly unit?: string
  /** Value when nothing is given; absent when there is none. */
  readonly fallback?: T
  /** Other names under which the field is understood. Names are the keys of the `Fields` that hold it. */
  readonly aliases?: readonly string[]
  /** Never printed by `tintype config`, never logged. */
  readonly secret?: boolean
  /** The values allowed, when they can be listed. */
  readonly choices?: readonly string[]
  /** Lowest and highest number, when it is one. */
  readonly min?: number
  readonly max?: number
  /** Text to value; a `Problem` when it is not one. Never throws. */
  read(text: string): T | Problem
  /** Value to its one canonical text: `read(print(x))` equals `x`. */
  print(value: T): string
}

/** Why a text is no value of a field. The caller knows the field's name and makes a `Failure` of it. */
export class Problem {
  readonly expected: string
  readonly nearest?: string

  constructor(expected: string, nearest?: string) {
    this.expected = expected
    if (nearest !== undefined) this.nearest = nearest
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a table of fields of many types; `Values` gives each its own back.
export type Fields = Readonly<Record<string, Field<any>>>

/** The value type of each field; optional where the field has no fallback. */
export type Values<F extends Fields> = {
  readonly [K in keyof F as F[K] extends { fallback: unknown } ? K : never]: FieldValue<F[K]>
} & {
  readonly [K in keyof F as F[K] extends { fallback: unknown } ? never : K]?: FieldValue<F[K]>
}

export type FieldValue<F> = F extends Field<infer T> ? T : never

/** The values of those fields that have a fallback. */
export function fallbacksOf(fields: Fields): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).flatMap(([name, { fallback }]) => (fallback === undefined ? [] : [[name, fallback]])))
}

/** What every field constructor takes. */
export type About<T> = {
  readonly doc: string
  readonly unit?: string
  readonly aliases?: readonly string[]
  readonly secret?: boolean
  readonly fallback?: T
}

/**
 * The text of one field, read; its failure names the field, what was expected and what came.
 * @param name  As the caller wrote it.
 * @param code  `parameter-invalid` for URLs, `setting-invalid` for settings.
 */
export function readField<T>(
  field: Field<T>,
  name: string,
  text: string,
  code: 'parameter-invalid' | 'setting-invalid' = 'parameter-invalid',
): T | Failure {
  const value = field.read(text)
  if (!(value instanceof Problem)) return value
  const got = field.secret ? 'another text' : `"${clip(text)}"`
  const hint = value.nearest === undefined ? '' : ` Did you mean "${value.nearest}"?`
  return new Failure(code, `${name}: expected ${value.expected}, got ${got}.${hint}`, {
    parameter: name,
    expected: value.expected,
    ...(value.nearest === undefined ? {} : { nearest: value.nearest }),
  })
}

/** At most 80 characters of a text, control characters shown as `?`, for a message. */
export function clip(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a log or a terminal.
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?')
  return plain.length > 80 ? `${plain.slice(0, 79)}…` : plain
}
