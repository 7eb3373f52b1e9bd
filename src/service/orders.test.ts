import { expect, test } from 'vitest'
import { type Dialect, plainDelivery, type Words } from '../dialects/dialect.ts'
import { Failure } from '../errors.ts'
import { recipe } from '../recipe/recipe.ts'
import { Orders } from './orders.ts'

const words: Words = { filters: [], presets: {}, presetsOnly: false, ignored: [], prefix: '/i' }

/** A dialect for targets that begin so, which counts what it reads. */
function dialect(name: string, prefix: string): Dialect & { read: number } {
  return {
    name,
    doc: '',
    spec: '',
    read: 0,
    parse(target) {
      this.read += 1
      if (!target.startsWith(prefix)) return undefined
      if (target.endsWith('!')) return new Failure('url-malformed', 'It is wrong.')
      return { key: target, recipe: recipe([]), delivery: plainDelivery }
    },
    print: ({ key }) => key,
  }
}

test('the first dialect that understands a target answers, also with a failure', () => {
  const [one, two] = [dialect('one', '/a'), dialect('two', '/')]
  const orders = new Orders([one, two], words)
  expect(orders.read('/a/1')).toMatchObject({ dialect: { name: 'one' }, order: { key: '/a/1' } })
  expect(orders.read('/b/1')).toMatchObject({ dialect: { name: 'two' }, order: { key: '/b/1' } })
  expect(orders.read('/a!')).toMatchObject({ dialect: { name: 'one' }, order: { code: 'url-malformed' } })
  expect(orders.read('x')).toBeUndefined()
  expect(two.read).toBe(2)
})

test('a target is read once, a wrong one every time', () => {
  const one = dialect('one', '/')
  const orders = new Orders([one], words)
  const order = orders.read('/a')
  expect(orders.read('/a')).toBe(order)
  expect(one.read).toBe(1)
  orders.read('/!')
  orders.read('/!')
  expect(one.read).toBe(3)
})

test('what is remembered is bounded in number and in length', () => {
  const one = dialect('one', '/')
  const orders = new Orders([one], words)
  orders.read('/first')
  for (let index = 0; index < 4000; index++) orders.read(`/${index}`)
  one.read = 0
  orders.read('/3999')
  expect(one.read).toBe(0)
  orders.read('/first')
  expect(one.read).toBe(1)
  for (let index = 0; index < 130; index++) orders.read(`/${index}/${'x'.repeat(8000)}`)
  one.read = 0
  orders.read('/3999')
  expect(one.read).toBe(1)
})
