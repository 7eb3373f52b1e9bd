import { test } from 'vitest'
import { nativeFields } from '../../src/dialects/native-parameters.ts'
import { filters } from '../../src/filters/all.ts'
import { readGravity } from '../../src/recipe/gravity.ts'
import { readLength } from '../../src/recipe/length.ts'
import { readAmount } from '../../src/runtimes/cli/amount.ts'
import { readDuration } from '../../src/runtimes/cli/duration.ts'
import { readColour } from '../../src/schema/colour.ts'
import { clip, type Field, Problem } from '../../src/schema/field.ts'
import { nearest } from '../../src/schema/nearest.ts'
import { eachBounded } from './bounded.ts'
import { textsLike } from './texts.ts'

/** A value of any kind is read, or is none, at once: and what was read can be printed. */

const valid = [
  'f00',
  '#ff000080',
  'rebeccapurple',
  '50%',
  '0.5',
  '300',
  '0.5x0.33',
  'left-top',
  '7d',
  '90s',
  '10M',
  '1,2,3,4',
  'yes',
  'auto',
  '-22.5',
  '4:3',
  '1e3',
]
const pieces = ['0', '9', '.', '%', 'x', ',', '-', '+', 'e', 'f', '#', ' ', 'k', 'auto', ':', '1'.repeat(20), '٣', '\0', '﻿']
const values = textsLike(valid, pieces, 8000)

test.each([
  ['a colour', readColour],
  ['a duration', readDuration],
  ['an amount', readAmount],
  ['a length', readLength],
  ['a gravity', readGravity],
  ['a clipped text', clip],
  ['the nearest word', (text: string) => nearest(text, Object.keys(nativeFields))],
])('%s', (_, read) => {
  eachBounded(values, read)
})

const fields = [
  ...Object.entries(nativeFields),
  ...filters.flatMap(({ name, params }) => Object.entries(params).map(([param, field]) => [`${name}.${param}`, field] as const)),
]

test.each(fields)('the parameter %s', (_name, field) => {
  const { read, print } = field as Field
  eachBounded(
    values,
    (text) => {
      const value = read(text)
      return value instanceof Problem ? value : print(value)
    },
    40,
  )
})
