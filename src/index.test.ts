import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTintype, Failure, signNative, type Tintype } from './index.ts'

const key = 'f3A9-kq81-ZZp0-77mw'
const root = fileURLToPath(new URL('../samples', import.meta.url))

describe('a service in a program', () => {
  let folder: string
  let tintype: Tintype
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tintype-index-'))
    tintype = await createTintype({
      keys: [key],
      presets: { thumb: 'w=40&f=webp' },
      source: { file: { root } },
      store: { disk: { folder } },
      limit: { outputSide: 500 },
      server: { prefix: '/pictures' },
    })
  })
  afterAll(async () => {
    await tintype.close()
    await rm(folder, { recursive: true, force: true })
  })
  const target = signNative('/pictures/logo.png?preset=thumb', key, { prefix: '/pictures' })

  it('answers as plain values, as Response and as a listener alike', async () => {
    const plain = await tintype.handle({ method: 'GET', target, headers: {}, signal: new AbortController().signal })
    const response = await tintype.fetch(new Request(`http://any.example${target}`))
    const server = createServer(tintype.listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const over = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${target}`)
    server.close()
    const bodies = [plain.body, Buffer.from(await response.arrayBuffer()), Buffer.from(await over.arrayBuffer())]
    expect([plain.status, response.status, over.status]).toEqual([200, 200, 200])
    expect(bodies[0]?.subarray(8, 12).toString()).toBe('WEBP')
    for (const body of bodies) expect(body?.equals(bodies[0] ?? Buffer.alloc(0))).toBe(true)
  })

  it('keeps to its settings', async () => {
    expect((await tintype.fetch(new Request('http://h/pictures/logo.png'))).status).toBe(403)
    const large = signNative('/pictures/logo.png?w=501&enlarge=1', key, { prefix: '/pictures' })
    expect(await (await tintype.fetch(new Request(`http://h${large}`))).json()).toMatchObject({ code: 'output-too-large' })
  })

  it('purges', async () => {
    await tintype.fetch(new Request(`http://h${target}`))
    expect(await tintype.purge('logo.png')).toBeGreaterThan(0)
    expect(await tintype.purge('logo.png')).toBe(0)
    await expect(tintype.purge('nowhere:logo.png')).rejects.toMatchObject({ code: 'source-unknown' })
  })

  it('is a quiet guest: no page, no metrics, no environment', async () => {
    expect(tintype.settings).toMatchObject({ metrics: false, log: { level: 'warn' }, render: { form: 'in-process' } })
    for (const path of ['/', '/metrics']) expect((await tintype.fetch(new Request(`http://h${path}`))).status).toBe(404)
  })
})

it('tells all settings that are wrong at once', async () => {
  const wrong = createTintype({ server: { port: 99_999 }, limit: { frames: 0 } })
  await expect(wrong).rejects.toBeInstanceOf(Failure)
  await expect(wrong).rejects.toMatchObject({ code: 'setting-invalid', message: expect.stringMatching(/server\.port.*\n.*limit\.frames/) })
})

it('lets settings be left undefined', async () => {
  const tintype = await createTintype({ purgeToken: undefined, source: { file: { root } }, store: { kinds: ['memory'] } })
  expect((await tintype.fetch(new Request('http://h/i/logo.png?w=10'))).status).toBe(200)
  await tintype.close()
})
