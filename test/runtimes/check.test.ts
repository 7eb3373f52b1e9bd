import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Composed, compose } from '../../src/compose.ts'
import { readSettings } from '../../src/config/read.ts'
import { program } from '../../src/runtimes/cli/program.ts'
import { type Listening, listen } from '../../src/runtimes/node.ts'
import type { Answer, Ask } from '../../src/service/ask.ts'

const samples = fileURLToPath(new URL('../../samples', import.meta.url))
const key = 'f3A9-kq81-ZZp0-77mw'

type Result = { readonly name: string; readonly state: 'ok' | 'fail' | 'skip'; readonly note: string }
type Said = { readonly ok: boolean; readonly key: string; readonly results: readonly Result[] }
type Done = { readonly code: number; readonly out: string; readonly err: string }

async function tintype(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Done> {
  const said = { out: '', err: '' }
  const stream = (name: 'out' | 'err') => ({ write: (text: string) => (said[name] += text) })
  const code = await program({ argv, env, folder: samples, stdout: stream('out'), stderr: stream('err') })
  return { code, ...said }
}

/** A service, and how its answers are spoiled on the way. */
type Spoil = (answer: Answer, ask: Ask) => Answer
async function serving(env: Readonly<Record<string, string>>, spoil: () => Spoil): Promise<{ composed: Composed; server: Listening }> {
  const read = readSettings({
    env: {
      TINTYPE_STORE_KINDS: 'memory',
      TINTYPE_RENDER_FORM: 'in-process',
      TINTYPE_LOG_LEVEL: 'silent',
      TINTYPE_SERVER_PORT: '0',
      ...env,
    },
  })
  if (read.kind === 'failures') throw read.failures[0]
  const composed = await compose(read.settings, { write: () => {} })
  const handle = async (ask: Ask): Promise<Answer> => spoil()(await composed.service.handle(ask), ask)
  return { composed, server: await listen({ handle, drain: () => composed.service.drain() }, read.settings.server) }
}

describe('check', { timeout: 60_000 }, () => {
  const honest: Spoil = (answer) => answer
  let spoil = honest
  let open: Awaited<ReturnType<typeof serving>>
  let closed: Awaited<ReturnType<typeof serving>>
  beforeAll(async () => {
    open = await serving({ TINTYPE_SOURCE_FILE_ROOT: samples }, () => spoil)
    closed = await serving({ TINTYPE_SOURCE_FILE_ROOT: samples, TINTYPE_KEYS: key }, () => honest)
  })
  afterAll(async () => {
    for (const { composed, server } of [open, closed]) {
      await server.close()
      await composed.close()
    }
  })
  beforeEach(() => {
    spoil = honest
  })

  async function failing(): Promise<readonly string[]> {
    const { code, out } = await tintype(['check', open.server.url, '--json'])
    const { ok, results } = JSON.parse(out) as Said
    const failed = results.filter(({ state }) => state === 'fail').map(({ name }) => name)
    expect({ ok, code }).toEqual(failed.length === 0 ? { ok: true, code: 0 } : { ok: false, code: 1 })
    return failed
  }

  test('finds nothing wrong with a service that is well, by a picture that its page shows', async () => {
    const { code, out } = await tintype(['check', open.server.url])
    expect(out).toMatch(/^ {2}✓ avif +\d.*64 × 43/m)
    expect(out).toMatch(/^All is well: 23 of 23 hold, 4 do not apply\.$/m)
    expect(out).not.toContain('\u001b')
    expect(code).toBe(0)
  })

  test('signs where it has the key, and holds the service to its signatures', async () => {
    const { code, out } = await tintype(['check', closed.server.url, '--key', 'portrait.jpg', '--json'], { TINTYPE_KEYS: key })
    const { ok, results } = JSON.parse(out) as Said
    expect({ ok, code }).toEqual({ ok: true, code: 0 })
    expect(results.filter(({ name }) => name.includes('refused')).map(({ state, note }) => [state, note])).toEqual([
      ['ok', '403'],
      ['ok', '403'],
    ])
    expect(await tintype(['check', closed.server.url, '--key', 'portrait.jpg'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('wants signed URLs'),
    })
  })

  const headers = (answer: Answer, more: Readonly<Record<string, string | undefined>>): Answer => {
    const kept = Object.entries({ ...answer.headers, ...more }).filter((entry): entry is [string, string] => entry[1] !== undefined)
    return { ...answer, headers: Object.fromEntries(kept) }
  }
  let count = 0
  const pictures = ['w=88', 'w=64', 'w=72', 'w=40']
  test.each<[string, Spoil, readonly string[]]>([
    [
      'types that lie',
      (answer) => (answer.headers['content-type'] === 'image/webp' ? headers(answer, { 'content-type': 'image/png' }) : answer),
      ['webp', 'to who takes WebP'],
    ],
    [
      'no Vary',
      (answer, { target }) => (target.includes('w=72') ? headers(answer, { vary: undefined }) : answer),
      ['to who takes nothing newer', 'to who takes WebP', 'to who takes AVIF', 'to who takes both'],
    ],
    [
      'an ETag that changes',
      (answer, { target }) => (target.includes('w=88') ? headers(answer, { etag: `"${count++}"` }) : answer),
      ['the same again, from a cache'],
    ],
    ['no 304', (answer) => (answer.status === 304 ? { ...answer, status: 200, body: Buffer.from('x') } : answer), ['304 for who has it']],
    [
      'HEAD with another type',
      (answer, { method }) => (method === 'HEAD' ? headers(answer, { 'content-type': 'text/plain' }) : answer),
      ['HEAD as GET'],
    ],
    [
      'nothing kept',
      (answer, { target }) => (pictures.some((each) => target.includes(each)) ? headers(answer, { 'cache-control': 'no-store' }) : answer),
      ['may be kept'],
    ],
    [
      'no nosniff',
      (answer) => (answer.status === 200 ? headers(answer, { 'x-content-type-options': undefined }) : answer),
      ['headers for safety'],
    ],
    [
      'errors in HTML',
      (answer) => (answer.status === 404 ? headers(answer, { 'content-type': 'text/html' }) : answer),
      ['a picture that is not there'],
    ],
    ['not ready', (answer, { target }) => (target === '/ready' ? { ...answer, status: 503 } : answer), ['/ready']],
    ['other methods taken', (answer, { method }) => (method === 'POST' ? { ...answer, status: 200 } : answer), ['another method']],
    ['no CORS', (answer) => headers(answer, { 'access-control-allow-origin': undefined }), ['other sites may show it (CORS)']],
    ['a wrong size', (answer, { target }) => (target.includes('w=40') ? { ...answer, status: 500 } : answer), ['size and shape as asked']],
  ])('finds %s', async (_name, how, expected) => {
    spoil = how
    expect(await failing()).toEqual(expected)
  })

  test('says what it was not given', async () => {
    expect(await tintype(['check', 'localhost'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('Expected the address of a service'),
    })
    expect(await tintype(['check', closed.server.url])).toMatchObject({ code: 2, err: expect.stringContaining('--key photos/cat.jpg') })
    expect(await tintype(['check', 'http://127.0.0.1:1', '--key', 'a.jpg'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('did not answer'),
    })
  })
})
