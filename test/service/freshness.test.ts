import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/errors.ts'
import { disk } from '../../src/stores/disk.ts'
import { memory } from '../../src/stores/memory.ts'
import type { Store } from '../../src/stores/store.ts'
import { emptyFolder } from '../fake-pool.ts'
import { latch, openStage, settle, until } from './stage.ts'

const url = '/i/cat.jpg?w=100&f=webp'
const down = new Failure('origin-unreachable', 'The origin is down.')
const status = (answer: { headers: Readonly<Record<string, string>> }): string => answer.headers['cache-status'] ?? ''

const stores: Record<string, () => Promise<Store>> = {
  memory: () => memory.open({ bytes: 2 ** 24 }),
  disk: () => disk.open({ folder: emptyFolder(), bytes: 2 ** 24, files: 1000 }),
}

describe.each(Object.keys(stores))('the life of a result in the %s store', (kind) => {
  const open = async (wishes: Parameters<typeof openStage>[0] = {}): ReturnType<typeof openStage> =>
    openStage({ store: await (stores[kind] as () => Promise<Store>)(), ...wishes })

  test('miss, hit, stale while it is renewed behind, renewed by a 304 without rendering', async () => {
    const { ask, source, renderer, clock, service } = await open()
    source.put('cat.jpg', 'one', { etag: '"1"', freshness: { maxAgeSeconds: 100 } })
    const miss = await ask(url)
    expect([miss.status, status(miss), miss.headers['content-type']]).toEqual([200, 'tintype; fwd=miss; stored', 'image/webp'])
    expect(miss.headers['cache-control']).toBe('public, max-age=100, stale-while-revalidate=604800, stale-if-error=86400')
    clock.seconds += 99
    const hit = await ask(url)
    expect([hit.text, status(hit), hit.headers.etag]).toEqual([miss.text, 'tintype; hit; ttl=1', miss.headers.etag])
    expect(source.asked).toHaveLength(1)

    clock.seconds += 2
    const gate = latch()
    source.before = gate.promise
    const stale = await Promise.all([ask(url), ask(url), ask(url)])
    for (const each of stale) expect([each.text, status(each)]).toEqual([miss.text, 'tintype; hit; ttl=-1; detail=stale'])
    gate.open()
    await until(() => source.asked.length === 2)
    expect(source.asked[1]?.known).toEqual({ etag: '"1"' })
    await settle()
    const renewed = await ask(url)
    expect([renewed.text, status(renewed)]).toEqual([miss.text, 'tintype; hit; ttl=100'])
    expect([source.asked.length, renderer.rendered]).toEqual([2, 1])
    await service.close()
  })

  test('past the time for stale results, a 304 still saves the rendering', async () => {
    const { ask, source, renderer, clock, service } = await open({ cache: { staleSeconds: 10 } })
    source.put('cat.jpg', 'one', { etag: '"1"', freshness: { maxAgeSeconds: 100 } })
    const miss = await ask(url)
    clock.seconds += 111
    const renewed = await ask(url)
    expect([renewed.text, status(renewed), renderer.rendered]).toEqual([miss.text, 'tintype; fwd=stale; fwd-status=304; ttl=100', 1])
    expect(status(await ask(url))).toBe('tintype; hit; ttl=100')
    await service.close()
  })

  test('a changed original is rendered anew, under another tag', async () => {
    const { ask, source, renderer, clock, service } = await open()
    source.put('cat.jpg', 'one', { etag: '"1"', freshness: { maxAgeSeconds: 100 } })
    const before = await ask(url)
    source.put('cat.jpg', 'two', { etag: '"2"', freshness: { maxAgeSeconds: 100 } })
    clock.seconds += 101
    expect((await ask(url)).text).toBe(before.text)
    await until(() => renderer.rendered === 2)
    await settle()
    const after = await ask(url)
    expect(after.text).not.toBe(before.text)
    expect(after.headers.etag).not.toBe(before.headers.etag)
    expect(status(after)).toBe('tintype; hit; ttl=100')
    await service.close()
  })
})

describe('when the origin fails', () => {
  test('a stale result serves within its bound, and not beyond', async () => {
    const { ask, source, clock } = await openStage({ cache: { staleSeconds: 0, errorSeconds: 50, failedSeconds: 0 } })
    source.put('cat.jpg', 'one', { freshness: { maxAgeSeconds: 100 } })
    const good = await ask(url)
    source.failing = down
    clock.seconds += 149
    const stale = await ask(url)
    expect([stale.status, stale.text, stale.headers['cache-control']]).toEqual([200, good.text, 'public, max-age=30'])
    expect(status(stale)).toMatch(/^tintype; fwd=stale; fwd-status=502/)
    clock.seconds += 2
    expect((await ask(url)).status).toBe(502)
    source.failing = undefined
    expect((await ask(url)).status).toBe(200)
  })

  test('a stale copy of the original serves other sizes, whose results are not kept', async () => {
    const { ask, source, clock, renderer } = await openStage({ cache: { errorSeconds: 50, failedSeconds: 0 } })
    source.put('cat.jpg', 'one', { freshness: { maxAgeSeconds: 100 } })
    await ask(url)
    await settle()
    source.failing = down
    clock.seconds += 101
    const other = await ask('/i/cat.jpg?w=50&f=webp')
    expect([other.status, status(other), other.headers['cache-control']]).toEqual([200, 'tintype; fwd=miss', 'public, max-age=30'])
    clock.seconds += 100
    expect((await ask('/i/cat.jpg?w=51&f=webp')).status).toBe(502)
    expect(renderer.rendered).toBe(2)
  })

  test('a stale result is not rendered again from an equally stale copy', async () => {
    const { ask, source, clock, renderer } = await openStage({ cache: { staleSeconds: 0, errorSeconds: 50 } })
    source.put('cat.jpg', 'one', { etag: '"1"', freshness: { maxAgeSeconds: 100 } })
    const good = await ask(url)
    await settle()
    source.failing = down
    clock.seconds += 101
    const stale = await ask(url)
    expect([stale.text, renderer.rendered]).toEqual([good.text, 1])
  })

  test('never where the original is gone: neither from the result nor, later, from the copy', async () => {
    const { ask, source, clock } = await openStage({ cache: { missingSeconds: 0, failedSeconds: 0 } })
    source.put('cat.jpg', 'one', { freshness: { maxAgeSeconds: 100 } })
    await ask(url)
    await settle()
    source.originals.clear()
    clock.seconds += 101
    expect((await ask(url)).status).toBe(200) // stale, while asking behind finds out
    await settle()
    expect((await ask(url)).status).toBe(404)
    source.failing = down
    expect((await ask(url)).status).toBe(502)
    expect((await ask('/i/cat.jpg?w=60')).status).toBe(502)
  })

  test('past the time for stale results, what is gone is gone at once', async () => {
    const { ask, source, clock } = await openStage({ cache: { staleSeconds: 0 } })
    source.put('cat.jpg', 'one', { freshness: { maxAgeSeconds: 100 } })
    await ask(url)
    source.originals.clear()
    clock.seconds += 101
    expect((await ask(url)).status).toBe(404)
  })

  test('a new version that cannot be rendered ends the old one', async () => {
    const { ask, source, clock, renderer } = await openStage()
    source.put('cat.jpg', 'one', { etag: '"1"', freshness: { maxAgeSeconds: 100 } })
    await ask(url)
    source.put('cat.jpg', 'broken', { etag: '"2"', freshness: { maxAgeSeconds: 100 } })
    renderer.failing = new Failure('original-damaged', 'It is broken.')
    clock.seconds += 101
    expect((await ask(url)).status).toBe(200)
    await settle()
    expect((await ask(url)).status).toBe(422)
  })

  test('a page of text that an origin calls a picture is asked for again soon, and never kept', async () => {
    const { ask, source, clock, store } = await openStage()
    source.put('cat.jpg', '\ufeff <!doctype html><h1>We are sorry</h1>', { freshness: { maxAgeSeconds: 10_000 } })
    const page = await ask('/i/cat.jpg')
    expect([page.status, JSON.parse(page.text).code, page.headers['cache-control']]).toEqual([415, 'original-not-image', 'no-store'])
    expect(page.text).not.toContain('sorry')
    await settle()
    expect(store.figures().entries).toBe(0)
    source.put('cat.jpg', 'one')
    expect((await ask('/i/cat.jpg')).status).toBe(415)
    expect(source.asked).toHaveLength(1)
    clock.seconds += 6
    await settle()
    expect((await ask('/i/cat.jpg')).status).toBe(200)
    source.put('drawing.svg', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')
    expect((await ask('/i/drawing.svg')).status).toBe(200)
  })

  test('failures are remembered for a moment, missing originals for longer', async () => {
    const { ask, source, clock } = await openStage({ cache: { missingSeconds: 60, failedSeconds: 5 } })
    expect((await ask('/i/none.jpg')).headers['cache-control']).toBe('public, max-age=60')
    expect((await ask('/i/none.jpg?w=5')).status).toBe(404)
    expect(source.asked).toHaveLength(1)
    await settle() // lru-cache looks at the clock once in a millisecond
    clock.seconds += 61
    source.failing = down
    expect((await ask('/i/none.jpg')).status).toBe(502)
    expect((await ask('/i/none.jpg')).headers['cache-control']).toBe('no-store')
    expect(source.asked).toHaveLength(2)
    await settle()
    clock.seconds += 6
    source.failing = undefined
    source.put('none.jpg', 'here')
    expect((await ask('/i/none.jpg')).status).toBe(200)
  })
})

describe('what must not be kept', () => {
  test('an original with no-store leaves nothing behind', async () => {
    const { ask, source, store, renderer } = await openStage()
    source.put('cat.jpg', 'one', { etag: '"1"', freshness: { noStore: true } })
    const first = await ask(url)
    await settle()
    expect([first.headers['cache-control'], status(first)]).toEqual(['no-store', 'tintype; fwd=miss'])
    expect((await ask(url)).text).toBe(first.text)
    expect([source.asked.length, renderer.rendered, store.figures().entries]).toEqual([2, 2, 0])
  })

  test('an overlay with no-store keeps the whole from being kept, a short-lived one makes it short-lived', async () => {
    const { ask, source } = await openStage()
    source.put('cat.jpg', 'one', { freshness: { maxAgeSeconds: 1000 } })
    source.put('secret.png', 'two', { freshness: { noStore: true } })
    source.put('brief.png', 'two', { freshness: { maxAgeSeconds: 100 } })
    const marked = await ask('/i/cat.jpg?mark=secret.png')
    expect([marked.headers['cache-control'], status(marked)]).toEqual(['no-store', 'tintype; fwd=miss'])
    expect((await ask('/i/cat.jpg?mark=brief.png')).headers['cache-control']).toMatch(/^public, max-age=100,/)
  })

  test('an origin that turns to no-store takes back what was kept', async () => {
    const { ask, source, store, clock } = await openStage({ cache: { staleSeconds: 0 } })
    source.put('cat.jpg', 'one', { etag: '"1"', freshness: { maxAgeSeconds: 100 } })
    await ask(url)
    await settle()
    expect(store.figures().entries).toBe(2)
    source.put('cat.jpg', 'one', { etag: '"1"', freshness: { noStore: true } })
    clock.seconds += 101
    expect((await ask(url)).headers['cache-control']).toBe('no-store')
    expect(store.figures().entries).toBe(0)
  })
})

test('a changed overlay gives a new result; an unchanged one does not', async () => {
  const { ask, source, clock, renderer } = await openStage({ cache: { staleSeconds: 0 } })
  const marked = '/i/cat.jpg?w=100&mark=logo.png'
  source.put('cat.jpg', 'one', { etag: '"1"', freshness: { maxAgeSeconds: 100 } })
  source.put('logo.png', 'logo', { etag: '"a"', lastModified: 'Wed, 01 Jan 2025 00:00:00 GMT', freshness: { maxAgeSeconds: 100 } })
  const first = await ask(marked)
  clock.seconds += 101
  const second = await ask(marked)
  expect([second.text, renderer.rendered]).toEqual([first.text, 1])
  source.put('logo.png', 'another', { etag: '"b"', freshness: { maxAgeSeconds: 100 } })
  clock.seconds += 101
  const third = await ask(marked)
  expect([third.status, renderer.rendered]).toEqual([200, 2])
  expect(third.text).not.toBe(first.text)
  expect(third.headers.etag).not.toBe(first.headers.etag)
})
