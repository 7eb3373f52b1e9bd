import type * as OpenTelemetry from '@opentelemetry/api'
import { Failure } from '../errors.ts'
import { version } from '../version.ts'
import type { Watch } from './watch.ts'
import { withoutSecrets } from './without-secrets.ts'

/**
 * Spans through OpenTelemetry's API. Loading it takes longer than most requests do, so that it is loaded when an SDK has made itself
 * known, and never where there is none.
 * @param load  For tests.
 */
export function openSpans(
  load: () => Promise<typeof OpenTelemetry> = () => import('@opentelemetry/api'),
): Pick<Watch, 'span' | 'answered' | 'tracing'> {
  let api: typeof OpenTelemetry | undefined

  async function traced<T>({ trace, SpanStatusCode }: typeof OpenTelemetry, name: string, work: () => Promise<T>): Promise<T> {
    return trace.getTracer('tintype', version).startActiveSpan(name, async (span) => {
      try {
        const result = await work()
        if (result instanceof Failure) {
          span.setAttribute('tintype.code', result.code)
          span.setStatus({ code: SpanStatusCode.ERROR, message: result.code })
        }
        return result
      } catch (thrown) {
        span.recordException(thrown instanceof Error ? thrown : String(thrown))
        span.setStatus({ code: SpanStatusCode.ERROR })
        throw thrown
      } finally {
        span.end()
      }
    })
  }

  async function loadedAndTraced<T>(name: string, work: () => Promise<T>): Promise<T> {
    api ??= await load().catch(() => undefined)
    return api === undefined ? work() : traced(api, name, work)
  }

  return {
    tracing: sdkIsThere,
    span: (name, work) => (sdkIsThere() ? loadedAndTraced(name, work) : work()),
    answered: (event) => {
      const span = sdkIsThere() ? api?.trace.getActiveSpan() : undefined
      if (span === undefined) return
      span.setAttributes({
        'http.request.method': event.method,
        'http.response.status_code': event.status,
        'http.response.body.size': event.bytes,
        'url.original': withoutSecrets(event.target),
        'tintype.request_id': event.id,
        ...(event.cache === undefined ? {} : { 'tintype.cache': event.cache }),
        ...(event.dialect === undefined ? {} : { 'tintype.dialect': event.dialect }),
        ...(event.format === undefined ? {} : { 'tintype.format': event.format }),
        ...(event.code === undefined ? {} : { 'tintype.code': event.code }),
      })
    },
  }
}

/** The place where every copy of the API looks for what an SDK registered, since its version 1.0. */
const place = Symbol.for('opentelemetry.js.api.1')

function sdkIsThere(): boolean {
  return (globalThis as { [place]?: { readonly trace?: unknown } })[place]?.trace !== undefined
}
