import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/errors.ts'
import type { Job } from '../../src/pixels/renderer.ts'
import type { Fetched, OpenFile, Validators } from '../../src/sources/source.ts'
import { plain, red } from '../pictures.ts'
import { FakeRenderer } from './fake-renderer.ts'
import { FakeSource } from './fake-source.ts'
import { latch, openStage, settle, until } from './stage.ts'

/** Originals that are files of this machine; how many are open. */
class Files extends FakeSource {
  opened = 0
  released = 0

  constructor() {
    super(true)
  }

  async open(key: string, known: Validators | undefined, signal: AbortSignal): Promise<Fetched | OpenFile | Failure> {
    const got = await this.get(key, known, signal)
    if (got instanceof Failure || got.kind !== 'original') return got
    const { bytes, ...rest } = got
    this.opened += 1
    return {
      ...rest,
      kind: 'file',
      file: { path: `/${key}`, device: '1', inode: '1', modified: '1', bytes: bytes.length },
      head: bytes.subarray(0, 4096),
      read: async () => bytes,
      close: async () => {
        this.released += 1
      },
    }
  }
}

class ReadsFiles extends FakeRenderer {
  readonly readsFiles = true
  readonly jobs: Job[] = []
  override render(...[job, signal]: Parameters<FakeRenderer['render']>): ReturnType<FakeRenderer['render']> {
    this.jobs.push(job)
    return super.render(job, signal)
  }
}

async function stage() {
  const source = new Files()
  source.put('cat.png', await plain(2, 1, red).png().toBuffer(), { etag: '"1"' })
  const renderer = new ReadsFiles()
  const { ask, clock } = await openStage({ source, renderer, cache: { staleSeconds: 0 } })
  return { source, renderer, ask, clock }
}

describe('originals that are files of this machine', () => {
  test('are left to the renderer, and closed once their picture is made', async () => {
    const { source, renderer, ask } = await stage()
    const gate = latch()
    renderer.before = gate.promise
    const asked = ['w=10', 'w=10', 'w=20'].map((words) => ask(`/i/cat.png?${words}&f=webp`))
    await until(() => renderer.rendered === 2)
    expect(renderer.jobs.map(({ originals }) => originals[0])).toEqual(Array(2).fill(expect.objectContaining({ kind: 'file' })))
    expect([source.opened, source.released]).toEqual([1, 0])
    gate.open()
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200])
    await settle()
    expect(source.released).toBe(1)
  })

  test('are closed after a failure, and when nobody waits any more', async () => {
    const { source, renderer, ask } = await stage()
    renderer.failing = new Failure('original-damaged', 'It is.')
    expect((await ask('/i/cat.png?w=10&f=webp')).status).toBe(422)
    const gate = latch()
    source.before = gate.promise
    const leaving = new AbortController()
    const left = ask('/i/cat.png?w=20&f=webp', {}, { signal: leaving.signal })
    await settle()
    leaving.abort()
    expect((await left).status).toBe(499)
    gate.open()
    await settle()
    expect(source.released).toBe(source.opened)
  })

  test('are looked at once more when they were written to before their turn came; then what was made before stands in', async () => {
    const { source, renderer, ask, clock } = await stage()
    const render = renderer.render.bind(renderer)
    const failure = new Failure('origin-failed', 'It was written to.')
    const failing = (times: number): void => {
      let left = times
      renderer.render = async (...given) => (left-- > 0 ? failure : render(...given))
    }
    failing(1)
    expect((await ask('/i/cat.png?w=10&f=webp')).status).toBe(200)
    failing(2)
    expect((await ask('/i/cat.png?w=20&f=webp')).status).toBe(502)
    source.put('cat.png', await plain(3, 1, red).png().toBuffer(), { etag: '"2"' })
    clock.seconds += 5000
    failing(2)
    const stale = await ask('/i/cat.png?w=10&f=webp')
    expect([stale.status, stale.headers['cache-status']]).toEqual([200, expect.stringContaining('stale')])
    await settle()
    expect(source.released).toBe(source.opened)
  })

  test('that have not changed are not opened', async () => {
    const { source, renderer, ask } = await stage()
    expect((await ask('/i/cat.png?w=10&f=webp')).status).toBe(200)
    expect((await ask('/i/cat.png?w=10&f=webp')).status).toBe(200)
    expect([source.opened, renderer.rendered]).toEqual([1, 1])
  })

  test('are read here where they are passed on as they are, and by whom reads no files', async () => {
    const { source, renderer, ask } = await stage()
    expect((await ask('/i/cat.png?f=original')).body?.subarray(1, 4).toString()).toBe('PNG')
    const inspected = await ask('/i/cat.png?w=10&f=json')
    expect(inspected.status).toBe(200)
    expect([source.opened, renderer.inspected]).toEqual([1, 1])
    const other = await openStage({ source })
    expect((await other.ask('/i/cat.png?w=10&f=webp')).status).toBe(200)
    await settle()
    expect([source.opened, source.released]).toEqual([1, 1])
  })
})
