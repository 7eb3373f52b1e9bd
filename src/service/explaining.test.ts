import { expect, test } from 'vitest'
import type { Dialect, Order } from '../dialects/dialect.ts'
import { Failure } from '../errors.ts'
import { recipe } from '../recipe/recipe.ts'
import { explaining } from './explaining.ts'

const order: Order = {
  key: 'a.jpg',
  recipe: recipe([], { format: 'webp' }),
  delivery: { kind: 'image', onError: 'error', expires: 5, version: '2' },
  proof: { algorithm: 'sha256', message: 'a.jpg?', signature: 'x' },
}
const words = { filters: [], presets: {}, presetsOnly: false, ignored: [], prefix: '/i' }

function parsing(result: Order | Failure | undefined): Dialect {
  return explaining({ name: 'd', doc: '', spec: '', parse: () => result, print: () => '' })
}

test('an order for a picture becomes one for its explanation, with nothing to prove', () => {
  const { proof: _, ...rest } = order
  expect(parsing(order).parse('/x', words)).toEqual({ ...rest, delivery: { kind: 'explain', onError: 'error', version: '2' } })
})

test('it is explained in the words of the service, to who asks and not to a script', () => {
  const own: Dialect = { name: 'd', doc: '', spec: '', parse: () => undefined, print: () => '', explain: () => ({}) }
  expect(explaining(own).explain).toBeUndefined()
  const scripted: Order = { ...order, delivery: { ...order.delivery, kind: 'explain', callback: 'f' } }
  expect(parsing(scripted).parse('/x', words)).toMatchObject({ delivery: { kind: 'explain' } })
  expect((parsing(scripted).parse('/x', words) as Order).delivery).not.toHaveProperty('callback')
})

test('what is no order stays what it is', () => {
  const failure = new Failure('key-missing', 'No key.')
  expect(parsing(failure).parse('/x', words)).toBe(failure)
  expect(parsing(undefined).parse('/x', words)).toBeUndefined()
})
