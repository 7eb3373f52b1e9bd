import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/errors.ts'
import { originalEntry, originalName } from '../../src/service/names.ts'
import { latch, openStage, settle, token, until } from './stage.ts'

const url = '/i/cat.jpg?w=100&f=webp'

describe('equal requests in flight', () => {
  test('a hundred are one fetch, one render, and a hundred equal bodies', async () => {
    const { ask, source, renderer, service } = await openStage()
    source.put('cat.jpg', 'one')
    const gate = latch()
    source.before = gate.promise
    const asked = Array.from({ length: 100 }, () => ask(url))
    await settle()
    gate.open()
    const answers = await Promise.all(asked)
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(200)
    expect([source.asked.length, renderer.rendered]).toEqual([1, 1])
    expect(service.figures()).toEqual({ running: 0, waiting: 0, refused: 0 })
  })

  test('different sizes of one original share its fetch and its copy', async () => {
    const { ask, source, renderer, store } = await openStage()
    source.put('cat.jpg', 'one')
    let puts = 0
    const put = store.put.bind(store)
    store.put = (...given) => {
      puts += 1
      return put(...given)
    }
    await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`/i/cat.jpg?w=${100 + index}`)))
    expect([source.asked.length, renderer.rendered, puts]).toEqual([1, 20, 21])
  })

  test('share a failure too', async () => {
    const { ask, source } = await openStage({ cache: { failedSeconds: 0 } })
    source.failing = new Failure('origin-failed', 'It failed.')
    const gate = latch()
    source.before = gate.promise
    const asked = Array.from({ length: 10 }, () => ask(url))
    await settle()
    gate.open()
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(10).fill(502))
    expect(source.asked).toHaveLength(1)
  })

  test('the first may leave; the others still get their picture', async () => {
    const { ask, source, renderer } = await openStage()
    source.put('cat.jpg', 'one')
    const gate = latch()
    source.before = gate.promise
    const leader = new AbortController()
    const first = ask(url, {}, { signal: leader.signal })
    const others = [ask(url), ask(url)]
    await settle()
    leader.abort()
    expect((await first).status).toBe(499)
    gate.open()
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200])
    expect([source.asked.length, source.aborted, renderer.rendered]).toEqual([1, 0, 1])
  })

  test('when the last leaves, the fetch ends, and the next begins anew', async () => {
    const { ask, source, service } = await openStage()
    source.put('cat.jpg', 'one')
    source.before = new Promise(() => {})
    const client = new AbortController()
    const asked = [ask(url, {}, { signal: client.signal }), ask(url, {}, { signal: client.signal })]
    await settle()
    client.abort()
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([499, 499])
    expect(source.aborted).toBe(1)
    expect(service.figures().running).toBe(0)
    source.before = undefined
    expect((await ask(url)).status).toBe(200)
  })
})

describe('purge', () => {
  const purge = { method: 'DELETE' }
  const right = { authorization: `Bearer ${token}` }

  test('removes every result and the copy', async () => {
    const { ask, source, renderer, store } = await openStage({ access: { purgeToken: token } })
    source.put('cat.jpg', 'one')
    source.put('dog.jpg', 'two')
    for (const target of ['/i/cat.jpg?w=1', '/i/cat.jpg?w=2', '/i/dog.jpg?w=1']) await ask(target)
    await settle()
    source.put('cat.jpg', 'changed')
    const answer = await ask('/i/cat.jpg', right, purge)
    expect([answer.status, JSON.parse(answer.text), answer.headers['cache-control']]).toEqual([
      200,
      { key: 'cat.jpg', purged: 3 },
      'no-store',
    ])
    expect(new Set(renderer.forgotten).size).toBe(1) // and so are its decoded pixels
    expect(store.figures().entries).toBe(2)
    expect((await ask('/i/cat.jpg?w=1')).headers['cache-status']).toMatch(/miss/)
    expect((await ask('/i/dog.jpg?w=1')).headers['cache-status']).toMatch(/hit/)
    expect([source.asked.length, renderer.rendered]).toEqual([3, 4])
  })

  test('forgets that an original was missing', async () => {
    const { ask, source } = await openStage({ access: { purgeToken: token } })
    expect((await ask('/i/cat.jpg')).status).toBe(404)
    source.put('cat.jpg', 'one')
    expect((await ask('/i/cat.jpg')).status).toBe(404)
    await ask('/i/cat.jpg', right, purge)
    expect((await ask('/i/cat.jpg')).status).toBe(200)
  })

  test.each([
    ['another token', { authorization: 'Bearer another' }, token],
    ['no token', {}, token],
    ['none set', right, undefined],
    ['none set and none given', { authorization: 'Bearer undefined' }, undefined],
  ])('is refused: %s', async (_why, headers, purgeToken) => {
    const { ask, source, store } = await openStage(purgeToken === undefined ? {} : { access: { purgeToken } })
    source.put('cat.jpg', 'one')
    await ask('/i/cat.jpg')
    const answer = await ask('/i/cat.jpg', headers as Record<string, string>, purge)
    expect([answer.status, JSON.parse(answer.text).code, store.figures().entries > 0]).toEqual([403, 'token-wrong', true])
  })

  test('is not undone by what was on its way', async () => {
    const { ask, source, service, store, renderer } = await openStage()
    source.put('cat.jpg', 'old')
    const fetching = latch()
    source.before = fetching.promise
    const before = ask(url)
    await settle()
    await service.purge('cat.jpg', new AbortController().signal)
    source.before = undefined
    source.put('cat.jpg', 'new')
    const after = await ask(url)
    fetching.open()
    expect((await before).status).toBe(200)
    expect([source.asked.length, renderer.rendered]).toEqual([2, 2])
    await settle()
    expect(store.figures().entries).toBe(2)
    expect((await ask(url)).text).toBe(after.text)
    const copy = await store.get(originalName('photos', 'cat.jpg'), originalEntry, new AbortController().signal)
    expect(String(copy?.body)).toBe('new')
  })

  test('is not undone by what begins while the store is at work on it', async () => {
    const { ask, source, service, store } = await openStage()
    source.put('cat.jpg', 'old')
    await ask(url)
    await settle()
    const purge = store.purge.bind(store)
    const late = latch()
    const put = store.put.bind(store)
    store.put = async (...given) => {
      await late.promise
      return put(...given)
    }
    store.purge = async (...given) => {
      store.purge = purge
      const reading = ask('/i/cat.jpg?w=50&f=webp') // finds the old copy, which is still there
      await settle()
      const count = await purge(...given)
      late.open()
      await reading
      return count
    }
    expect(await service.purge('cat.jpg', new AbortController().signal)).toBe(3)
    expect(store.figures().entries).toBe(0)
  })

  test('while a picture is rendered, its result is given but not kept', async () => {
    const { ask, source, service, store, renderer } = await openStage()
    source.put('cat.jpg', 'old')
    const rendering = latch()
    renderer.before = rendering.promise
    const before = ask(url)
    await until(() => renderer.rendered === 1)
    await service.purge('cat.jpg', new AbortController().signal)
    rendering.open()
    expect((await before).headers['cache-status']).toBe('tintype; fwd=miss')
    expect(store.figures().entries).toBe(0)
  })
})

describe('spellings', () => {
  test('of one wish meet in one result', async () => {
    const { ask, source, renderer } = await openStage()
    source.put('deep/cat.jpg', 'one')
    const spellings = [
      '/i/deep/cat.jpg?w=300&f=webp',
      '/i/deep/cat.jpg?f=webp&w=300',
      '/i/deep/cat.jpg?width=300&format=webp',
      '/i/deep%2Fcat.jpg?w=300&fm=webp',
      '/i/photos:deep/cat.jpg?w=300&f=webp',
      '/i?url=deep/cat.jpg&w=300&f=webp',
      '/i/b64:ZGVlcC9jYXQuanBn?w=300&f=webp&fit=contain&q=80&dpr=1',
      '/i/deep/cat.jpg?w=300&f=webp&utm_source=x&fbclid=1&v=3',
    ]
    const answers = []
    for (const spelling of spellings) answers.push(await ask(spelling))
    expect(answers.map(({ status }) => status)).toEqual(spellings.map(() => 200))
    expect(new Set(answers.map(({ headers }) => headers.etag)).size).toBe(1)
    expect([renderer.rendered, source.asked.length]).toEqual([1, 1])
  })

  test('a purge reaches what any spelling made', async () => {
    const { ask, source, store, service } = await openStage()
    source.put('cat.jpg', 'one')
    await ask('/i/photos:cat.jpg?w=3')
    await settle()
    expect(await service.purge('cat.jpg', new AbortController().signal)).toBe(2)
    expect(store.figures().entries).toBe(0)
  })
})
