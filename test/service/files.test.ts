import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/errors.ts'
import { BytesNeeded, type Job } from '../../src/pixels/renderer.ts'
import type { Fetched, FoundFile, Validators } from '../../src/sources/source.ts'
import { plain, red } from '../pictures.ts'
import { FakeRenderer } from './fake-renderer.ts'
import { FakeSource } from './fake-source.ts'
import { latch, openStage, until } from './stage.ts'

/** Originals that are files of this machine; how many were found, and how many read here. */
class Files extends FakeSource {
  found = 0
  read = 0

  constructor() {
    super(true)
  }

  override get(...asked: Parameters<FakeSource['get']>): ReturnType<FakeSource['get']> {
    this.read += 1
    return super.get(...asked)
  }

  async find(key: string, known: Validators | undefined, signal: AbortSignal): Promise<Fetched | FoundFile | Failure> {
    const got = await super.get(key, known, signal)
    if (got instanceof Failure || got.kind !== 'original') return got
    const { bytes, validators, freshness } = got
    this.found += 1
    const file = { path: `/${key}`, root: '/', device: '1', inode: '1', modified: '1', bytes: bytes.length }
    return { kind: 'file', file, validators: { etag: '"none"', ...validators }, freshness }
  }
}

class ReadsFiles extends FakeRenderer {
  readonly readsFiles = true
  override readonly spare = 1
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
  test('are left to the renderer', async () => {
    const { source, renderer, ask } = await stage()
    const gate = latch()
    renderer.before = gate.promise
    const asked = ['w=10', 'w=10', 'w=20'].map((words) => ask(`/i/cat.png?${words}&f=webp`))
    await until(() => renderer.rendered === 2)
    expect(renderer.jobs.map(({ originals }) => originals[0])).toEqual(Array(2).fill(expect.objectContaining({ path: '/cat.png' })))
    gate.open()
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect([source.found, source.read]).toEqual([1, 0])
  })

  test('are looked at anew, and read here, where the renderer needs the bytes; then what was made before stands in', async () => {
    const { source, renderer, ask, clock } = await stage()
    const render = renderer.render.bind(renderer)
    renderer.render = async (job, signal) => (job.originals.every(Buffer.isBuffer) ? render(job, signal) : new BytesNeeded())
    expect((await ask('/i/cat.png?w=10&f=webp')).status).toBe(200)
    expect([source.found, source.read]).toEqual([1, 1])
    renderer.render = async () => new BytesNeeded()
    expect((await ask('/i/cat.png?w=20&f=webp')).status).toBe(502)
    expect([source.found, source.read]).toEqual([2, 2])
    renderer.render = async (job, signal) => {
      source.failing = new Failure('origin-failed', 'It cannot be read.')
      return job.originals.every(Buffer.isBuffer) ? render(job, signal) : new BytesNeeded()
    }
    source.put('cat.png', await plain(3, 1, red).png().toBuffer(), { etag: '"2"' })
    clock.seconds += 5000
    const stale = await ask('/i/cat.png?w=10&f=webp')
    expect([stale.status, stale.headers['cache-status']]).toEqual([200, expect.stringContaining('stale')])
  })

  test('that are drawings take the place of a drawing once that is known', async () => {
    const { source, renderer, ask } = await stage()
    source.put('cat.png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), { etag: '"3"' })
    const render = renderer.render.bind(renderer)
    renderer.render = async (job, signal) => (job.originals.every(Buffer.isBuffer) ? render(job, signal) : new BytesNeeded())
    const gate = latch()
    renderer.before = gate.promise
    const drawings = [10, 20, 30, 40].map((width) => ask(`/i/cat.png?w=${width}&f=webp`))
    await until(() => renderer.rendered === renderer.concurrency)
    source.put('dog.png', await plain(2, 1, red).png().toBuffer(), { etag: '"4"' })
    expect([renderer.concurrency, renderer.spare]).toEqual([2, 1])
    const photograph = ask('/i/dog.png?w=10&f=webp')
    await until(() => renderer.rendered === renderer.concurrency + 1)
    gate.open()
    expect((await Promise.all([...drawings, photograph])).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })

  test('that have not changed are not read', async () => {
    const { source, renderer, ask } = await stage()
    expect((await ask('/i/cat.png?w=10&f=webp')).status).toBe(200)
    expect((await ask('/i/cat.png?w=10&f=webp')).status).toBe(200)
    expect([source.found, source.read, renderer.rendered]).toEqual([1, 0, 1])
  })

  test('are read here where they are passed on as they are or explained, and for whom reads no files', async () => {
    const { source, renderer, ask } = await stage()
    expect((await ask('/i/cat.png?f=original')).body?.subarray(1, 4).toString()).toBe('PNG')
    expect((await ask('/i/cat.png?w=10&f=json')).status).toBe(200)
    expect([source.found, source.read, renderer.inspected]).toEqual([0, 2, 1])
    const other = await openStage({ source })
    expect((await other.ask('/i/cat.png?w=10&f=webp')).status).toBe(200)
    expect([source.found, source.read]).toEqual([0, 3])
  })
})
