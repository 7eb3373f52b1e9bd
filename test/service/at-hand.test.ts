import { expect, test, vi } from 'vitest'
import { unwatched } from '../../src/service/watch.ts'
import { FakeSource } from './fake-source.ts'
import { key, openStage } from './stage.ts'

const target = '/i/cat.jpg?w=100'
const get = { method: 'GET', target, headers: {} }

test('a fresh picture in memory is at hand, and is what handle gives', async () => {
  const { service, source, log, ask } = await openStage()
  source.put('cat.jpg', 'one', { lastModified: 'Wed, 01 Jan 2025 00:00:00 GMT' })
  expect(service.atHand(get)).toBeUndefined()
  await ask(target)
  const at = service.atHand(get)
  const { text: _text, ...handled } = await ask(target)
  const { 'x-request-id': id, ...headers } = handled.headers
  expect(at).toMatchObject({ ...handled, headers })
  expect(at?.headers['x-request-id']).not.toBe(id)
  expect(at?.headers['content-length']).toBe(String(at?.body?.length))
  expect(log.at(-1)).toMatchObject({ cache: 'hit', dialect: 'native', status: 200, bytes: at?.body?.length })
})

test('whoever has asked for it in vain goes the long way at once, and gets the same', async () => {
  const { service, source, ask } = await openStage()
  source.put('cat.jpg', 'one')
  await ask(target)
  const { signal } = new AbortController()
  const [short, long] = [await service.handle({ ...get, signal }), await service.handle({ ...get, signal, notAtHand: true })]
  expect(long.body).toEqual(short.body)
  expect([short, long].map(({ headers }) => headers['server-timing']?.includes('lookup'))).toEqual([true, true])
  expect([short, long].map(({ headers }) => headers['server-timing']?.includes('total'))).toEqual([false, true])
})

test('each order of the same picture has headers of its own', async () => {
  const { service, source, ask } = await openStage()
  source.put('cat.jpg', 'one')
  await ask(target)
  const heads = [target, `${target}&dl=dog`, `${target}&v=2`, target].map((asked) => service.atHand({ ...get, target: asked })?.headers)
  expect(heads.map((head) => head?.['content-disposition']?.split(';')[0])).toEqual(['inline', 'attachment', 'inline', 'inline'])
  expect(heads.map((head) => head?.['cache-control']?.includes('immutable'))).toEqual([false, false, true, false])
})

test('HEAD has no body, and who has the picture gets 304 without a length', async () => {
  const { service, source, ask } = await openStage()
  source.put('cat.jpg', 'one')
  const { headers } = await ask(target)
  expect(service.atHand({ ...get, method: 'HEAD' })).toMatchObject({
    status: 200,
    headers: { 'content-length': headers['content-length'] },
  })
  expect(service.atHand({ ...get, method: 'HEAD' })?.body).toBeUndefined()
  const known = service.atHand({ ...get, headers: { 'if-none-match': headers.etag } })
  expect(known?.status).toBe(304)
  expect(known?.headers['content-length']).toBeUndefined()
})

test('the age that is told goes on with the clock', async () => {
  const { service, source, clock, ask } = await openStage()
  source.put('cat.jpg', 'one')
  await ask(target)
  const before = service.atHand(get)?.headers['cache-control']
  clock.seconds += 10
  const after = service.atHand(get)?.headers['cache-control']
  const age = (text: string | undefined): number => Number(/max-age=(\d+)/.exec(text ?? '')?.[1])
  expect(age(before) - age(after)).toBe(10)
})

test.each(['stale', 'purged', 'another method', 'explained', 'traced'])('what is %s is not at hand', async (how) => {
  const watch = { ...unwatched, tracing: () => how === 'traced' }
  const { service, source, clock, ask } = await openStage({ parts: { watch } })
  source.put('cat.jpg', 'one')
  await ask(target)
  if (how === 'stale') clock.seconds += 1e6
  if (how === 'purged') await service.purge('cat.jpg', new AbortController().signal)
  const method = how === 'another method' ? 'DELETE' : 'GET'
  expect(service.atHand({ ...get, method, target: how === 'explained' ? `${target}&f=json` : target })).toBeUndefined()
})

test('an unsigned URL is not at hand where URLs are signed', async () => {
  const { service, store, source, ask } = await openStage()
  source.put('cat.jpg', 'one')
  await ask(target)
  const signed = await openStage({ access: { keys: [key] }, store })
  expect(service.atHand(get)?.status).toBe(200)
  expect(signed.service.atHand(get)).toBeUndefined()
})

test('the stages that cost most have spans of their own', async () => {
  const names: string[] = []
  const span = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    names.push(name)
    return work()
  }
  const { ask, source } = await openStage({ parts: { watch: { ...unwatched, tracing: () => true, span } } })
  source.put('cat.jpg', 'one')
  await ask('/i/cat.jpg')
  expect(names).toEqual(['tintype.request', 'tintype.lookup', 'tintype.fetch', 'tintype.render', 'tintype.store'])
})

test('the request is told to the log inside its own span', async () => {
  const order: string[] = []
  const span = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const end = await work()
    order.push(name)
    return end
  }
  const answered = vi.fn(() => order.push('answered'))
  const { ask, source } = await openStage({ parts: { watch: { ...unwatched, tracing: () => true, span, answered } } })
  source.put('cat.jpg', 'one')
  await ask(target)
  expect(order.slice(-2)).toEqual(['answered', 'tintype.request'])
})

test('a local file that was looked at again is at hand again, and nothing is written for that', async () => {
  const source = new FakeSource(true)
  source.put('cat.jpg', 'one')
  const { service, store, clock, renderer, ask } = await openStage({ source })
  await ask(target)
  const touch = vi.spyOn(store, 'touch')
  clock.seconds += 100
  expect(service.atHand(get)).toBeUndefined()
  expect((await ask(target)).headers['cache-status']).toContain('fwd-status=304')
  expect(service.atHand(get)?.status).toBe(200)
  expect(touch).not.toHaveBeenCalled()
  source.put('cat.jpg', 'two', { etag: '"2"' })
  clock.seconds += 100
  await ask(target)
  expect(renderer.rendered).toBe(2)
})
