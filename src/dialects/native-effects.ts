import { Failure } from '../errors.ts'
import { type AnyFilter, readFilter } from '../filters/filter.ts'
import type { FilterStep } from '../recipe/steps.ts'
import { type Field, type Fields, Problem } from '../schema/field.ts'

/** An effect as a URL asks for it. */
export type Effect = {
  /** Absent when it would change nothing. */
  readonly step?: FilterStep
  /** Its arguments by position, canonical, fallbacks at the end left out. */
  readonly texts: readonly string[]
}

/** An effect as one parameter: its arguments by position, separated by commas. `gray`, `blur=8`, `duotone=000080,ffff00`. */
export function effectField(filter: AnyFilter): Field<Effect> {
  const fields = Object.values(filter.params as Fields)
  return {
    doc: [filter.doc, ...fields.map(({ doc }) => doc)].join(' '),
    expected: fields.map(({ expected }) => expected).join(', a comma and '),
    ...(filter.aliases === undefined ? {} : { aliases: filter.aliases }),
    read: (text) => {
      const texts = text.split(',')
      const step = readFilter(filter, filter.name, texts)
      if (step instanceof Failure) return new Problem(fields.map(({ expected }) => expected).join(', a comma and '), step.detail.nearest)
      const canonical = texts.map((given, at) => reprint(fields[at], given))
      return { ...(step === undefined ? {} : { step }), texts: withoutFallbacks(fields, canonical) }
    },
    print: ({ texts }) => texts.join(','),
  }
}

/** The effect behind a step of a recipe. */
export function effectOf(filter: AnyFilter, step: FilterStep): Effect {
  const fields = Object.entries(filter.params as Fields)
  const texts = fields.map(([name, field]) => step.args[name] ?? (field.fallback === undefined ? '' : field.print(field.fallback)))
  return { step, texts: withoutFallbacks(Object.values(filter.params as Fields), texts) }
}

function reprint(field: Fields[string] | undefined, text: string): string {
  const value: unknown = field?.read(text)
  return field === undefined || value instanceof Problem ? text : field.print(value)
}

/** The first argument always stays: an effect is never written without a value. */
function withoutFallbacks(fields: readonly Fields[string][], texts: readonly string[]): readonly string[] {
  let length = texts.length
  while (length > 1) {
    const field = fields[length - 1]
    if (field?.fallback === undefined || texts[length - 1] !== field.print(field.fallback)) break
    length--
  }
  return texts.slice(0, length)
}
