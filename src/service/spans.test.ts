import { AsyncLocalStorage } from 'node:async_hooks'
import * as api from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Failure } from '../errors.ts'
import { openSpans } from './spans.ts'

/** The least that carries a context through promises. */
function contextManager(): api.ContextManager {
  const storage = new AsyncLocalStorage<api.Context>()
  const manager: api.ContextManager = {
    active: () => storage.getStore() ?? api.ROOT_CONTEXT,
    with: (context, work, self, ...args) => storage.run(context, () => work.apply(self, args)),
    bind: (_context, target) => target,
    enable: () => manager,
    disable: () => manager,
  }
  return manager
}

describe('spans', () => {
  const exporter = new InMemorySpanExporter()
  beforeEach(() => {
    exporter.reset()
    api.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
    api.context.setGlobalContextManager(contextManager())
  })
  afterEach(() => {
    api.trace.disable()
    api.context.disable()
  })

  test('lie in each other, and carry what was answered', async () => {
    const { span, answered } = openSpans()
    const result = await span('request', async () => {
      await span('render', async () => 1)
      const facts = { id: 'r1', method: 'GET', target: '/i/a?s=x', status: 200, bytes: 9, milliseconds: 1, timings: {} }
      answered({ ...facts, cache: 'miss', dialect: 'native', format: 'webp' })
      return 'done'
    })
    expect(result).toBe('done')
    const [render, request] = exporter.getFinishedSpans()
    expect(render?.name).toBe('render')
    expect(render?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId)
    expect(request?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'http.response.body.size': 9,
      'url.original': '/i/a?s=***',
      'tintype.request_id': 'r1',
      'tintype.cache': 'miss',
      'tintype.dialect': 'native',
      'tintype.format': 'webp',
    })
  })

  test('say when a stage returned a failure or threw, and hand both on', async () => {
    const { span } = openSpans()
    const failure = new Failure('original-missing', 'No such original.')
    expect(await span('fetch', async () => failure)).toBe(failure)
    await expect(span('render', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    const [fetch, render] = exporter.getFinishedSpans()
    expect(fetch?.status).toEqual({ code: api.SpanStatusCode.ERROR, message: 'original-missing' })
    expect(fetch?.attributes).toEqual({ 'tintype.code': 'original-missing' })
    expect(render?.status.code).toBe(api.SpanStatusCode.ERROR)
    expect(render?.events[0]?.attributes?.['exception.message']).toBe('broken')
  })

  test('a library that does not load costs the spans alone', async () => {
    const { span } = openSpans(() => Promise.reject(new Error('gone')))
    expect(await span('render', async () => 1)).toBe(1)
  })
})

test('without an SDK nothing is loaded', async () => {
  const load = vi.fn(async () => api)
  const { span, answered } = openSpans(load)
  expect(await span('render', async () => 1)).toBe(1)
  answered({ id: 'r1', method: 'GET', target: '/', status: 200, bytes: 0, milliseconds: 1, timings: {} })
  expect(load).not.toHaveBeenCalled()
})
