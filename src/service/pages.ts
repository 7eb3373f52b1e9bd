import { Failure, failures } from '../errors.ts'
import type { Formats } from '../pixels/renderer.ts'
import type { Answer, Ask } from './ask.ts'
import type { Parts } from './parts.ts'
import { always, sandbox, withBody } from './problem.ts'

/** What the pages must know of the service's state. */
export type State = { readonly draining: boolean }

/** The fixed paths beside pictures, `undefined` for any other. None of them waits in the queue. */
export async function page(path: string, parts: Parts, state: State, ask: Ask, signal: AbortSignal): Promise<Answer | Failure | undefined> {
  switch (path) {
    case '/':
      return parts.landing === undefined ? undefined : parts.landing()
    case '/health':
      return plain(200, 'ok\n')
    case '/ready':
      return ready(parts, state, signal)
    case '/metrics':
      return metrics(parts)
    case '/formats':
      return json(await formats(parts, signal), 'public, max-age=300')
    case '/errors':
      return errors(ask)
    default:
      return undefined
  }
}

/** Can pictures be rendered? One is, for real. */
async function ready({ renderer }: Parts, { draining }: State, signal: AbortSignal): Promise<Answer> {
  if (draining) return plain(503, 'shutting down\n')
  return (await renderer.ready(signal)) ? plain(200, 'ready\n') : plain(503, 'the renderer does not answer\n')
}

/** What this machine can read and write, and is not switched off. */
async function formats({ renderer, limits }: Parts, signal: AbortSignal): Promise<Formats> {
  const { versions, read, write } = await renderer.formats(signal)
  const on = (formats: readonly string[]) => (format: string) => formats.includes(format)
  return { versions, read: read.filter(on(limits.readFormats)), write: write.filter(on(limits.writeFormats)) }
}

async function metrics({ metrics }: Parts): Promise<Answer | Failure> {
  if (metrics === undefined) return new Failure('not-found', 'Metrics are switched off.')
  const { type, text } = await metrics()
  return withBody(200, { ...always, 'content-type': type, 'cache-control': 'no-store' }, text)
}

/** The table of failures, for who follows the `type` of a problem. */
function errors({ headers }: Ask): Answer {
  if (!headers.accept?.includes('text/html')) return json(failures, 'public, max-age=3600')
  const rows = Object.entries(failures).map(
    ([code, { status, hint }]) =>
      `<tr id="${code}"><td>${status}<td><code>${code}</code><td>${hint.replace(/&/g, '&amp;').replace(/</g, '&lt;')}`,
  )
  const style =
    'body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}td{padding:.3rem .8rem .3rem 0;vertical-align:top}tr:target{background:#ff03}@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}}'
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Errors – Tintype</title><style>${style}</style><h1>Errors</h1><table>${rows.join('\n')}</table></html>\n`
  return withBody(
    200,
    { ...always, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'public, max-age=3600', 'content-security-policy': sandbox },
    html,
  )
}

export function plain(status: number, text: string): Answer {
  return withBody(status, { ...always, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }, text)
}

export function json(value: unknown, cacheControl: string, status = 200): Answer {
  return withBody(
    status,
    { ...always, 'content-type': 'application/json', 'cache-control': cacheControl },
    `${JSON.stringify(value, undefined, 2)}\n`,
  )
}
