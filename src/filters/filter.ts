import type { Sharp } from 'sharp'
import { Failure } from '../errors.ts'
import type { Slot } from '../geometry/slots.ts'
import type { FilterStep } from '../recipe/steps.ts'
import type { Fields, FieldValue } from '../schema/field.ts'
import { readField } from '../schema/field.ts'

/** Raw pixels: rows of `width` times `channels` bytes; the last of 2 or 4 channels is alpha, not premultiplied. */
export type Pixels = { readonly data: Buffer; readonly width: number; readonly height: number; readonly channels: 1 | 2 | 3 | 4 }

/** The value of every parameter: `readFilter` refuses a step that lacks one. */
export type Args<F extends Fields> = { readonly [K in keyof F]: FieldValue<F[K]> }

type Described<F extends Fields> = {
  /** As in a recipe, and in the native dialect: `?blur=8`. */
  readonly name: string
  readonly doc: string
  /** Shown in the docs, rendered and looked at: `blur=8`. */
  readonly example: string
  readonly aliases?: readonly string[]
  /** Arguments in the order of their position. */
  readonly params: F
  /** Can make opaque pixels clear: always, or with some arguments. */
  readonly addsAlpha?: true | ((args: Args<F>) => boolean)
  /** With these arguments the picture stays as it is. */
  noop?(args: Args<F>): boolean
}

/** An effect: either calls of sharp in one slot of its order, or a kernel over raw pixels where libvips has no equal. */
export type Filter<F extends Fields = Fields> = Described<F> &
  (
    | { readonly slot: Slot; apply(image: Sharp, args: Args<F>): Sharp }
    | { readonly slot: 'pixels'; apply(pixels: Pixels, args: Args<F>): Pixels }
  )

/** Keeps the type of the parameters while checking the shape. */
export function defineFilter<const F extends Fields>(filter: Filter<F>): Filter<F> {
  return filter
}

// biome-ignore lint/suspicious/noExplicitAny: a list of filters of many parameter types.
export type AnyFilter = Filter<any>

/**
 * The step of a filter with positional arguments as text, `undefined` when it would change nothing, or what is wrong with them.
 * @param name  As the caller wrote it, for the message.
 */
export function readFilter(filter: AnyFilter, name: string, texts: readonly string[]): FilterStep | undefined | Failure {
  const fields = Object.entries(filter.params as Fields)
  if (texts.length > fields.length) {
    return new Failure('parameter-invalid', `${name}: expected at most ${fields.length} values separated by commas, got ${texts.length}.`, {
      parameter: name,
    })
  }
  const values: Record<string, unknown> = {}
  const args: Record<string, string> = {}
  for (const [index, [param, field]] of fields.entries()) {
    const text = texts[index]
    if (text === undefined && field.fallback === undefined) {
      return new Failure('parameter-invalid', `${name}: expected ${field.expected} as value ${index + 1}, got none.`, {
        parameter: name,
        expected: field.expected,
      })
    }
    const value: FieldValue<typeof field> | Failure = text === undefined ? field.fallback : readField(field, name, text)
    if (value instanceof Failure) return value
    values[param] = value
    const printed = field.print(value)
    if (field.fallback === undefined || printed !== field.print(field.fallback)) args[param] = printed
  }
  return filter.noop?.(values) === true ? undefined : { kind: 'filter', name: filter.name, args }
}

/** The arguments of a filter step, read back from the recipe. */
export function filterArgs(filter: AnyFilter, step: FilterStep): Record<string, unknown> | Failure {
  const values: Record<string, unknown> = {}
  for (const [param, field] of Object.entries(filter.params as Fields)) {
    const text = step.args[param]
    if (text === undefined && field.fallback === undefined) return new Failure('parameter-invalid', `${filter.name}: ${param} is missing.`)
    const value: unknown = text === undefined ? field.fallback : readField(field, `${filter.name}.${param}`, text)
    if (value instanceof Failure) return value
    values[param] = value
  }
  return values
}
