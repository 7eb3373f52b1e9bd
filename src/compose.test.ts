import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFakeS3 } from '../test/fake-s3.ts'
import { type Composed, compose } from './compose.ts'
import { readSettings, type Settings } from './config/read.ts'
import type { Answer } from './service/ask.ts'

let folder: string
const opened: Composed[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tintype-compose-'))
  for (const name of ['one', 'two']) await mkdir(join(folder, name))
  const samples = new URL('../samples/', import.meta.url)
  await copyFile(new URL('logo.png', samples), join(folder, 'one', 'a.png'))
  await copyFile(new URL('drawing.png', samples), join(folder, 'two', 'a.png'))
})
afterAll(async () => {
  await Promise.all(opened.map((each) => each.close()))
  await rm(folder, { recursive: true, force: true })
})

function settingsFrom(file: Record<string, unknown>): Settings {
  const read = readSettings({
    file: {
      log: { level: 'silent' },
      render: { form: 'in-process' },
      ...file,
      store: { ...(file.store as object), disk: { folder: join(folder, 'cache') } },
    },
  })
  if (read.kind === 'failures') throw read.failures[0]
  return read.settings
}

async function open(file: Record<string, unknown>): Promise<{ ask(target: string): Promise<Answer>; composed: Composed }> {
  const composed = await compose(settingsFrom(file))
  opened.push(composed)
  const ask = (target: string): Promise<Answer> =>
    composed.service.handle({ method: 'GET', target, headers: {}, signal: new AbortController().signal })
  return { ask, composed }
}

const root = (name: string): Record<string, unknown> => ({ source: { file: { root: join(folder, name) } } })
const size = (answer: Answer): string => String(answer.headers.etag)

describe('a composed service', () => {
  it('makes a picture from a folder, by the native dialect and by the seed', async () => {
    const { ask } = await open({ ...root('one'), presets: { thumb: 'w=20&f=png' } })
    for (const target of ['/i/a.png?w=20&f=png', '/?img=a.png&width=20', '/i/a.png?preset=thumb']) {
      const { status, headers, body } = await ask(target)
      expect([status, headers['content-type']]).toEqual([200, 'image/png'])
      expect(body?.readUInt32BE(16)).toBe(20)
    }
  })

  it('has named sources, and none by URL unless told so', async () => {
    const { ask } = await open({ sources: { photos: { kind: 'file', root: join(folder, 'two') } } })
    expect((await ask('/i/photos:a.png?w=20')).status).toBe(200)
    expect((await ask('/i/a.png?w=20')).status).toBe(404)
    expect((await ask('/i/others:a.png?w=20')).status).toBe(403)
    expect((await ask('/i/https://h.example/a.png?w=20')).status).toBe(403)
  })

  it('has originals in buckets, and keeps results in one', async () => {
    const account = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', region: 'eu-west-1' }
    const fake = await openFakeS3({ ...account, buckets: ['originals', 'second', 'third', 'results'] })
    const picture = await readFile(join(folder, 'one', 'a.png'))
    for (const name of ['originals/in/a.png', 'second/b.png', 'third/c.png']) fake.keep(name, picture)
    const place = { ...account, endpoint: fake.url }
    const file = {
      source: { s3: { ...place, bucket: 'originals', prefix: 'in', buckets: ['second'] } },
      sources: { more: { kind: 's3', ...place, bucket: 'third' } },
      store: { kinds: ['memory', 's3'], s3: { ...place, bucket: 'results', prefix: 'kept' } },
    }
    const { ask, composed } = await open(file)
    for (const key of ['a.png', 's3:a.png', 's3://second/b.png', 's3%3A%2F%2Fsecond%2Fb.png', 'more:c.png'])
      expect([key, (await ask(`/i/${key}?w=20`)).status]).toEqual([key, 200])
    for (const [key, code] of [
      ['b.png', 'original-missing'],
      ['s3://third/c.png', 'source-forbidden'],
      ['s3://results/x', 'source-forbidden'],
    ])
      expect(JSON.parse(String((await ask(`/i/${key}?w=20`)).body))).toMatchObject({ code })
    await composed.close()
    const kept = [...fake.objects.keys()].filter((name) => name.startsWith('results/'))
    expect(kept.every((name) => /^results\/kept\/[0-9a-f]{32}\/[0-9a-f]{32}$/.test(name))).toBe(true)
    expect(kept.length).toBeGreaterThanOrEqual(3)
    // Another machine finds them, with another key to the same bucket.
    fake.account = { ...account, accessKeyId: 'ANOTHER' }
    const other = { ...account, accessKeyId: 'ANOTHER', endpoint: fake.url }
    const again = await open({
      source: { s3: { ...file.source.s3, ...other } },
      sources: { more: { ...file.sources.more, ...other } },
      store: { ...file.store, s3: { ...file.store.s3, ...other } },
    })
    const before = fake.requests.length
    const { status } = await again.ask('/i/a.png?w=20')
    expect(status).toBe(200)
    expect(
      fake.requests.slice(before).some(({ method, url, status }) => method === 'GET' && url.startsWith('/results/') && status === 200),
    ).toBe(true)
    expect(fake.requests.slice(before).some(({ url, status }) => url.startsWith('/originals/') && status === 200)).toBe(false)
    await again.composed.close()
    await fake.close()
  })

  it('lets URLs in by an allow list alone', async () => {
    const { ask } = await open({ source: { http: { allow: ['img.example'] } } })
    expect(JSON.parse(String((await ask('/i/https://127.0.0.1/a.png')).body))).toMatchObject({ code: 'address-forbidden' })
    expect(JSON.parse(String((await ask('/i/https://h.example/a.png')).body))).toMatchObject({ code: 'source-forbidden' })
  })

  it('shares a folder of results without mixing originals up', async () => {
    const made = []
    for (const name of ['one', 'two', 'one']) {
      const { ask, composed } = await open({ cache: { minSeconds: 600 }, ...root(name) })
      made.push(await ask('/i/a.png?w=24&f=png'))
      await composed.close()
    }
    const [first, second, again] = made
    expect(first?.body?.equals(second?.body ?? Buffer.alloc(0))).toBe(false)
    expect(again?.body?.equals(first?.body ?? Buffer.alloc(0))).toBe(true)
    expect(again && size(again)).toBe(first && size(first))
    expect(again?.headers['cache-status']).toMatch(/hit/)
  })

  it('shows a page at / with pictures of the folder, to who sits at the machine', async () => {
    const page = async (more: Record<string, unknown>): Promise<string> =>
      String((await (await open({ ...root('one'), ...more })).ask('/')).body)
    expect(await page({})).toContain('/i/a.png?')
    expect(await page({ server: { host: '0.0.0.0' } })).not.toContain('/i/a.png?')
    expect(await page({ keys: ['f3A9-kq81-ZZp0-77mw'] })).not.toContain('/i/a.png?')
  })

  it('tells versions, formats and metrics', async () => {
    const { ask } = await open({ ...root('one') })
    expect(JSON.parse(String((await ask('/formats')).body)).versions).toHaveProperty('vips')
    expect((await ask('/ready')).status).toBe(200)
    expect(String((await ask('/metrics')).body)).toMatch(/tintype_/)
    expect((await (await open({ ...root('one'), metrics: false })).ask('/metrics')).status).toBe(404)
  })

  it('works with the pool as well', { timeout: 60_000 }, async () => {
    const { ask, composed } = await open({ ...root('one'), render: { form: 'pool', processes: 1, spare: 0 } })
    expect((await ask('/i/a.png?w=33&f=webp')).headers['content-type']).toBe('image/webp')
    await composed.close()
  })
})

describe('what cannot be opened', () => {
  it.each([
    [{ presets: { thumb: 'w=200&fitt=cover' } }, 'presets.thumb', /thumb.*fitt/],
    [{ presets: { thumb: 'url=x' } }, 'presets.thumb', /thumb/],
  ])('stops the start, by name: %j', async (file, parameter, message) => {
    const failing = compose(settingsFrom(file))
    await expect(failing).rejects.toMatchObject({ code: 'setting-invalid', detail: { parameter } })
    await expect(failing).rejects.toThrow(message)
  })

  it('like a cache folder that is a file', async () => {
    const settings = settingsFrom(root('one'))
    const disk = { ...settings.store.disk, folder: join(folder, 'one', 'a.png') }
    const failing = compose({ ...settings, store: { ...settings.store, disk } })
    await expect(failing).rejects.toMatchObject({ code: 'setting-invalid', detail: { parameter: 'TINTYPE_STORE_DISK_FOLDER' } })
  })
})
