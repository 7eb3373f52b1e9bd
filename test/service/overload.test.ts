import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/errors.ts'
import { memory } from '../../src/stores/memory.ts'
import type { Store } from '../../src/stores/store.ts'
import { FakeRenderer } from './fake-renderer.ts'
import { FakeSource } from './fake-source.ts'
import { latch, openStage, settle, until } from './stage.ts'

describe('a full queue', () => {
  test('is 503 with Retry-After at once, while hits, 304, health and the like still answer', async () => {
    const { ask, source, renderer, service } = await openStage({ queue: { length: 3 } })
    source.put('cat.jpg', 'one')
    const hit = await ask('/i/cat.jpg?w=1')
    const gate = latch()
    renderer.before = gate.promise
    const working = [2, 3, 4, 5, 6].map((width) => ask(`/i/cat.jpg?w=${width}`))
    await until(() => service.figures().waiting === 3)
    expect(service.figures()).toEqual({ running: 2, waiting: 3, refused: 0 })

    const fetches = source.asked.length
    const began = performance.now()
    const refused = await ask('/i/dog.jpg?w=7')
    const took = performance.now() - began
    expect([refused.status, JSON.parse(refused.text).code]).toEqual([503, 'overloaded'])
    expect(refused.headers['retry-after']).toMatch(/^[1-9]\d?$/)
    expect(refused.headers['cache-control']).toBe('no-store')
    expect(source.asked.length).toBe(fetches) // nor is an original fetched for nothing
    expect(took).toBeLessThan(500) // it could wait for 5 s
    expect((await ask('/i/cat.jpg?f=json')).status).toBe(503)

    expect((await ask('/i/cat.jpg?w=1')).text).toBe(hit.text)
    expect((await ask('/i/cat.jpg?w=1', { 'if-none-match': hit.headers.etag ?? '' })).status).toBe(304)
    for (const target of ['/health', '/ready', '/formats', '/errors']) expect((await ask(target)).status).toBe(200)

    gate.open()
    expect((await Promise.all(working)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(service.figures()).toEqual({ running: 0, waiting: 0, refused: 2 })
    expect((await ask('/i/cat.jpg?w=7')).status).toBe(200)
  })

  test('a client that goes away frees its place in it', async () => {
    const { ask, source, renderer, service } = await openStage({ queue: { length: 1 } })
    source.put('cat.jpg', 'one')
    const gate = latch()
    renderer.before = gate.promise
    const running = [1, 2].map((width) => ask(`/i/cat.jpg?w=${width}`))
    const client = new AbortController()
    const waiting = ask('/i/cat.jpg?w=3', {}, { signal: client.signal })
    await until(() => service.figures().waiting === 1)
    client.abort()
    expect((await waiting).status).toBe(499)
    expect(service.figures()).toEqual({ running: 2, waiting: 0, refused: 0 })
    const next = ask('/i/cat.jpg?w=4')
    await until(() => service.figures().waiting === 1)
    gate.open()
    expect((await Promise.all([...running, next])).map(({ status }) => status)).toEqual([200, 200, 200])
    expect(renderer.rendered).toBe(3)
  })
})

describe('more originals than may be fetched at once', () => {
  const targets = (count: number): string[] => Array.from({ length: count }, (_, at) => `/i/${at}.jpg`)

  test('wait, and beyond the queue are 503 at once; one that waits takes the place of one that ends', async () => {
    const { ask, source } = await openStage({ queue: { fetches: 2, length: 3 } })
    for (let at = 0; at < 6; at++) source.put(`${at}.jpg`, 'one')
    const origin = latch()
    source.before = origin.promise
    const [last, ...others] = targets(6).reverse()
    const working = others.map((target) => ask(target))
    await settle()
    expect(source.asked).toHaveLength(2)
    const refused = await ask(last ?? '')
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1'])
    origin.open()
    expect((await Promise.all(working)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(source.asked).toHaveLength(5)
  })

  test('wait without being refused where a look costs next to nothing', async () => {
    const source = new FakeSource(true)
    for (let at = 0; at < 9; at++)
      source.put(`${at}.jpg`, Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'))
    const { ask } = await openStage({ source, queue: { fetches: 2, length: 0 } })
    await Promise.all(targets(9).map((target) => ask(`${target}?f=original`)))
    const disk = latch()
    source.before = disk.promise
    const working = targets(9).map((target) => ask(`${target}?f=original&v=1`))
    await settle()
    expect(source.asked).toHaveLength(9 + 2)
    disk.open()
    expect((await Promise.all(working)).map(({ status }) => status)).toEqual(Array(9).fill(200))
  })
})

describe('more bytes of originals than may be held at once', () => {
  const megabyte = Buffer.alloc(1_000_000)
  const targets = (count: number): string[] => Array.from({ length: count }, (_, at) => `/i/${at}.jpg?w=1`)

  test.each([false, true])('wait until pictures are made, and beyond the queue are 503; local: %s', async (local) => {
    const source = new FakeSource(local)
    const renderer = new FakeRenderer(20)
    const { ask } = await openStage({ source, renderer, queue: { originalBytes: 3_000_000, length: 2 } })
    for (let at = 0; at < 8; at++) source.put(`${at}.jpg`, megabyte)
    const pixels = latch()
    renderer.before = pixels.promise
    const first = targets(3).map((target) => ask(target))
    await until(() => renderer.rendered === 3) // three hold all there is
    const next = targets(5)
      .slice(3)
      .map((target) => ask(target))
    await settle()
    expect(renderer.rendered).toBe(3)
    const refused = await ask('/i/7.jpg?w=1')
    expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.text).code]).toEqual([503, '1', 'overloaded'])
    pixels.open()
    expect((await Promise.all([...first, ...next])).map(({ status }) => status)).toEqual(Array(5).fill(200))
    // Whatever was taken was given back.
    for (const query of ['w=2', 'f=json', 'w=3&onerror=picture']) {
      await settle()
      expect((await Promise.all([0, 1, 2].map((at) => ask(`/i/${at}.jpg?${query}`)))).map(({ status }) => status)).toEqual([200, 200, 200])
    }
  })

  test('are given back by clients that leave, by failures, and by copies that are read again', async () => {
    const store = await withoutMemory()
    const { ask, source, renderer, clock } = await openStage({ store, queue: { originalBytes: 1_000_000, length: 2, waitSeconds: 1 } })
    source.put('cat.jpg', megabyte, { etag: '"1"', freshness: { maxAgeSeconds: 100 } })
    source.put('dog.jpg', megabyte)
    expect((await ask('/i/cat.jpg?w=1')).status).toBe(200)
    await settle()
    for (const query of ['w=2', 'w=3', 'f=json', 'w=4&overlay=dog.jpg', 'f=original']) await ask(`/i/cat.jpg?${query}`)
    clock.seconds += 101 // the copy is stale, and has not changed
    expect((await ask('/i/cat.jpg?w=5')).status).toBe(200)
    renderer.failing = new Failure('original-damaged', 'It is damaged.')
    expect((await ask('/i/cat.jpg?w=6')).status).toBe(422)
    renderer.failing = undefined
    const origin = latch()
    source.before = origin.promise
    const leaving = new AbortController()
    const left = ask('/i/dog.jpg?w=1', {}, { signal: leaving.signal })
    await settle()
    leaving.abort()
    expect((await left).status).toBe(499)
    origin.open()
    await settle()
    expect((await ask('/i/dog.jpg?w=2')).status).toBe(200)
    expect((await ask('/i/cat.jpg?w=7')).status).toBe(200)
  })
})

describe('the time of a request', () => {
  test.each([
    ['a picture', '/i/cat.jpg?w=1'],
    ['an explanation', '/i/cat.jpg?f=json'],
    ['an SVG on its way through', '/i/drawing.svg?f=original'],
  ])('ends with 504, though the renderer cannot be stopped: %s', async (_what, target) => {
    const { ask, source, renderer, service } = await openStage({ limits: { requestSeconds: 0.3 } })
    source.put('cat.jpg', 'one')
    source.put('drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>')
    const gate = latch()
    renderer.before = gate.promise
    const answer = await ask(target)
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([504, 'request-timeout'])
    expect(service.figures().running).toBe(1) // it still works
    gate.open()
    await until(() => service.figures().running === 0)
    expect((await ask(target)).status).toBe(200)
  })

  test('ends with 504 when the origin is slow, and stops asking it', async () => {
    const { ask, source } = await openStage({ limits: { requestSeconds: 0.05 } })
    source.before = new Promise(() => {})
    expect((await ask('/i/cat.jpg')).status).toBe(504)
    expect(source.aborted).toBe(1)
    const pixel = await ask('/i/cat.jpg?onerror=transparent')
    expect([pixel.status, pixel.headers['content-type']]).toEqual([504, 'image/gif'])
  })

  test('of a client that has left already costs nothing', async () => {
    const { ask, source, renderer } = await openStage()
    source.put('cat.jpg', 'one')
    expect((await ask('/i/cat.jpg', {}, { signal: AbortSignal.abort() })).status).toBe(499)
    expect([source.asked.length, renderer.rendered]).toEqual([0, 0])
  })
})

describe('the end', () => {
  test('drain makes /ready say no, while pictures are still served', async () => {
    const { ask, source, service } = await openStage()
    source.put('cat.jpg', 'one')
    expect((await ask('/ready')).status).toBe(200)
    service.drain()
    expect((await ask('/ready')).status).toBe(503)
    expect((await ask('/health')).status).toBe(200)
    expect((await ask('/i/cat.jpg')).status).toBe(200)
  })

  test('/ready says no when the renderer does', async () => {
    const { ask, renderer } = await openStage()
    renderer.isReady = false
    expect((await ask('/ready')).status).toBe(503)
  })

  test('close waits for what is renewed behind answers, then lets go of everything', async () => {
    const { ask, source, renderer, service, clock, store } = await openStage()
    source.put('cat.jpg', 'one', { freshness: { maxAgeSeconds: 100 } })
    await ask('/i/cat.jpg')
    await settle()
    source.put('cat.jpg', 'two', { freshness: { maxAgeSeconds: 100 } })
    clock.seconds += 101
    const gate = latch()
    renderer.before = gate.promise
    await ask('/i/cat.jpg')
    await until(() => renderer.rendered === 2)
    let closed = false
    const end = service.close().then(() => {
      closed = true
    })
    await settle()
    expect(closed).toBe(false)
    gate.open()
    await end
    expect([renderer.closed, source.closed, store.figures().entries]).toEqual([true, true, 0])
  })

  test('a renewal that throws is noted, and hurts nobody', async () => {
    const { ask, source, clock, notes } = await openStage()
    source.put('cat.jpg', 'one', { freshness: { maxAgeSeconds: 100 } })
    const good = await ask('/i/cat.jpg')
    source.failing = new TypeError('a fault in the source')
    clock.seconds += 101
    const gate = latch()
    source.before = gate.promise
    for (let round = 0; round < 5; round++) expect((await ask('/i/cat.jpg')).text).toBe(good.text)
    gate.open()
    await until(() => notes.length > 0)
    await settle()
    expect(notes).toHaveLength(1) // all five share one renewal
    expect((await ask('/i/dog.jpg')).status).toBe(500)
  })

  test('one hot stale picture is renewed once, and leaves room for the renewal of others', async () => {
    const { ask, source, clock } = await openStage()
    source.put('cat.jpg', 'one', { freshness: { maxAgeSeconds: 100 } })
    source.put('dog.jpg', 'one', { freshness: { maxAgeSeconds: 100 } })
    await ask('/i/cat.jpg')
    await ask('/i/dog.jpg')
    clock.seconds += 101
    const gate = latch()
    source.before = gate.promise
    await Promise.all(Array.from({ length: 1100 }, () => ask('/i/cat.jpg')))
    await ask('/i/dog.jpg')
    await settle()
    expect(source.asked).toHaveLength(4)
    gate.open()
    await settle()
  })
})

/** A store that keeps, but has nothing at hand, like a disk. */
async function withoutMemory(): Promise<Store> {
  const store = await memory.open({ bytes: 2 ** 26 })
  return {
    get: (original, name, signal) => store.get(original, name, signal),
    put: (original, name, entry, signal) => store.put(original, name, entry, signal),
    touch: (original, name, meta, signal) => store.touch(original, name, meta, signal),
    purge: (original, signal) => store.purge(original, signal),
    figures: () => store.figures(),
    close: () => store.close(),
  }
}
