import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Composed, compose } from '../../src/compose.ts'
import { readSettings } from '../../src/config/read.ts'
import { Failure } from '../../src/errors.ts'
import { plain, red } from '../pictures.ts'

let composed: Composed
let picture: Buffer
const signal = new AbortController().signal

beforeAll(async () => {
  const read = readSettings({
    file: {
      log: { level: 'silent' },
      render: { form: 'in-process' },
      store: { kinds: ['memory'] },
      keys: ['8c1f0e6b5d7a49c2b3e4f50617a8d9eb'],
      presetsOnly: true,
      presets: { thumb: 'w=20' },
      limit: { sourceBytes: 2000 },
    },
  })
  if (read.kind === 'failures') throw read.failures[0]
  composed = await compose(read.settings)
  picture = await plain(40, 20, red).png().toBuffer()
})
afterAll(() => composed.close())

it('renders an original that comes with the request, unsigned and by any parameter', async () => {
  const { status, headers, body } = await composed.renderGiven('w=10&f=webp', picture, signal)
  expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'image/webp', 'no-store'])
  expect(body?.length).toBeGreaterThan(0)
})

it('keeps nothing, and takes equal wishes on different originals for what they are', async () => {
  const other = await plain(60, 30, red).png().toBuffer()
  const explained = await Promise.all([picture, other].map((bytes) => composed.renderGiven('f=json', bytes, signal)))
  const widths = explained.map(({ body }) => (JSON.parse(String(body)) as { result: { width: number } }).result.width)
  expect(widths).toEqual([40, 60])
  expect((await composed.service.handle({ method: 'GET', target: '/_tintype/1?w=10', headers: {}, signal })).status).toBe(403)
})

it('fetches nothing else, and refuses what is too large', async () => {
  const code = async (query: string, bytes: Buffer): Promise<unknown> =>
    (JSON.parse(String((await composed.renderGiven(query, bytes, signal)).body)) as { code: string }).code
  expect(await code('w=10&mark=https%3A%2F%2F127.0.0.1%2Fa.png', picture)).toBe('source-forbidden')
  expect(await code('w=10&mark=other.png', picture)).toBe('original-missing')
  expect(await code('w=10', Buffer.alloc(2001))).toBe('original-too-large')
})

it('answers with the reason for which a runtime ends a request', async () => {
  const ending = new AbortController()
  const answer = composed.renderGiven('w=10', picture, ending.signal)
  ending.abort(new Failure('request-timeout', 'No time left.'))
  expect((await answer).status).toBe(504)
})
