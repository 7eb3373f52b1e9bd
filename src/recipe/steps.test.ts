import { describe, expect, it } from 'vitest'
import type { Fields } from '../schema/field.ts'
import { formats, media, output, outputFields } from './output.ts'
import { type StepKind, step, stepFields } from './steps.ts'

describe('the tables', () => {
  const all = [...Object.entries<Fields>(stepFields), ['output', outputFields] as const].flatMap(([owner, fields]) =>
    Object.entries<Fields[string]>(fields).map(([name, field]) => [`${owner}.${name}`, field] as const),
  )

  it.each(all)('%s is described, and its fallback reads back', (_, field) => {
    expect(field.doc).toMatch(/^[A-Z].*[.?]$/)
    expect(field.expected).not.toBe('')
    // An empty text stands for a layer that is not there; no URL can ask for it.
    if (field.fallback !== undefined && field.fallback !== '') expect(field.read(field.print(field.fallback))).toEqual(field.fallback)
  })

  it('make steps and outputs complete', () => {
    for (const kind of Object.keys(stepFields) as StepKind[]) {
      const made: Readonly<Record<string, unknown>> = step(kind)
      const needed = Object.entries<Fields[string]>(stepFields[kind]).flatMap(([name, { fallback }]) =>
        fallback === undefined ? [] : [name],
      )
      expect(Object.keys(made)).toEqual(['kind', ...needed])
    }
    expect(output({ quality: 5 })).toMatchObject({ format: 'auto', quality: 5, metadata: 'copyright' })
  })

  it('know a media type for every format', () => expect(Object.keys(media)).toEqual([...formats]))
})
