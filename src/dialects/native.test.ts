import { describe, expect, it } from 'vitest'
import { dialectContract, ordered, words } from '../../test/contracts/dialect.ts'
import { printRecipe } from '../recipe/recipe.ts'
import type { Fields } from '../schema/field.ts'
import { native, nativeMessage } from './native.ts'
import { nativeFields } from './native-parameters.ts'

dialectContract(native, 'native.txt')

describe('the message that is signed', () => {
  const message = (target: string): string => {
    const text = nativeMessage(target, words)
    if (typeof text !== 'string') throw new Error(`${target}: ${text?.message}`)
    return text
  }

  it('is the key and the canonical query', () => {
    expect(message('/i/a%20b.jpg?width=0300&q=80&f=jpg&txt=a+b%26c&s=x')).toBe('a b.jpg?f=jpeg&txt=a%20b%26c&w=300')
    expect(message('/i?url=https%3A%2F%2Fh%2Fa%3Fw%3D3')).toBe('https://h/a?w=3?')
    expect(message('/i/https%3A%2F%2Fh%2Fa?w=3')).toBe('https://h/a?w=3')
  })

  it('keeps presets by name, and what is said beside them even where it is the default', () => {
    expect(message('/i/a.jpg?p=card')).toBe('a.jpg?preset=card')
    expect(message('/i/a.jpg?p=card&q=80&gray=0')).toBe('a.jpg?gray=0&preset=card&q=80')
    expect(message('/i/a.jpg?p=unheard-of')).toBe('a.jpg?preset=unheard-of')
  })

  it('leaves the signature beside it', () => {
    expect(ordered(native, '/i/a.jpg?sig=abc').proof).toEqual({ algorithm: 'sha256', message: 'a.jpg?', signature: 'abc' })
    expect(ordered(native, '/i/a.jpg').proof).toEqual({ algorithm: 'sha256', message: 'a.jpg?' })
  })
})

describe('where only presets are served', () => {
  const strict = { ...words, presetsOnly: true }

  it('takes presets, keys, and what changes no pixel', () => {
    const order = ordered(native, '/i?url=a.jpg&p=thumb&dl=x&v=1&exp=5&s=y', strict)
    expect(order).toMatchObject({ key: 'a.jpg', delivery: { download: 'x', version: '1', expires: 5 } })
    expect(printRecipe(order.recipe)).toContain('resize(width=200,fit=cover)')
  })

  it.each([
    '',
    '?w=3',
    '?preset=thumb&w=3',
    '?preset=thumb&blur=3',
    '?preset=thumb&gray=0',
    '?preset=thumb&f=json',
    '?preset=thumb&d=b.jpg',
  ])('refuses %s', (query) => expect(native.parse(`/i/a.jpg${query}`, strict)).toMatchObject({ code: 'presets-only' }))
})

describe('the prefix', () => {
  it.each([
    ['/', '/a.jpg', 'a.jpg'],
    ['', '/x/a.jpg', 'x/a.jpg'],
    ['/img/', '/img/a.jpg', 'a.jpg'],
    ['/img', '/_tintype/a.jpg', 'a.jpg'],
  ])('%j serves %s', (prefix, target, key) => {
    const order = ordered(native, target, { ...words, prefix })
    expect(order.key).toBe(key)
    const printed = native.print(order, { ...words, prefix })
    expect(ordered(native, String(printed), { ...words, prefix }).key).toBe(key)
  })

  it('leaves others alone', () => expect(native.parse('/i/a.jpg', { ...words, prefix: '/img' })).toBeUndefined())
})

it('says no where it has no words', () => {
  const { recipe, delivery } = ordered(native, '/i/a.jpg?w=9')
  const dull = { ...recipe, steps: [...recipe.steps].reverse() }
  expect(native.print({ key: 'a.jpg', recipe: dull, delivery }, words)).toMatchObject({ code: 'parameter-invalid' })
  expect(native.print({ key: '\ud800', recipe, delivery }, words)).toMatchObject({ code: 'parameter-invalid' })
})

it('gives every parameter and effect names of its own, and a sentence', () => {
  const names = [...Object.entries<Fields[string]>(nativeFields), ...words.filters.map((filter) => [filter.name, filter] as const)]
  const all = names.flatMap(([name, { aliases: others = [] }]) => [name, ...others])
  expect(all.filter((name, at) => all.indexOf(name) !== at)).toEqual([])
  for (const [name, { doc }] of names) expect(doc, name).toMatch(/^[A-Z].*[.?]$/)
})

describe('every field of the table', () => {
  it.each(Object.entries<Fields[string]>(nativeFields))('%s prints its fallback so that it reads back', (_, field) => {
    if (field.fallback !== undefined) expect(field.read(field.print(field.fallback))).toEqual(field.fallback)
  })
})
