import { expect, it } from 'vitest'
import { entryOf, nameOf, storeContract } from '../../test/contracts/store.ts'
import { memory } from './memory.ts'
import { partition } from './partition.ts'

storeContract('a part of a memory store', async (bytes) => partition(await memory.open({ bytes }), 'someone'))

it('parts users of one store from each other', async () => {
  const { signal } = new AbortController()
  const shared = await memory.open({ bytes: 2 ** 24 })
  const [one, other, same] = ['one', 'other', 'one'].map((user) => partition(shared, user))
  await one?.put(nameOf(1), nameOf(2), entryOf(3, 10), signal)
  expect(await other?.get(nameOf(1), nameOf(2), signal)).toBeUndefined()
  expect(await other?.purge(nameOf(1), signal)).toBe(0)
  expect(await same?.get(nameOf(1), nameOf(2), signal)).toMatchObject({ meta: { n: 3 } })
  expect(await same?.purge(nameOf(1), signal)).toBe(1)
})
