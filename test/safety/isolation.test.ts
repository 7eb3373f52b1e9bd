import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { quantile } from '../../bench/load.mjs'
import { corpus } from '../corpus.ts'
import { turbulence } from './bombs.ts'
import { busiest, processesAreSeen, whenChildren } from './processes.ts'
import { type Got, openServer, type Server } from './server.ts'

/** Drawings that never end and render processes that die, through the real server: they cost their own request and nobody else's. */

const many = 8
const hostile = corpus('hostile')
let place: string
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'tintype-originals-'))
  await cp('samples/landscape.jpg', join(place, 'photo.jpg'))
  await writeFile(join(place, 'bomb.svg'), turbulence())
  for (let at = 0; at < many; at++) await writeFile(join(place, `bomb-${at}.svg`), turbulence(at))
  if (hostile !== undefined) await cp(join(hostile.folder, 'svg-turbulence-bomb.svg'), join(place, 'corpus.svg'))
})
afterAll(() => rm(place, { recursive: true, force: true }))

const opened: Server[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.stop()
})

/** A server whose render processes are all there. */
async function serve(settings: Readonly<Record<string, string>>, processes: number): Promise<Server> {
  const server = await openServer({ TINTYPE_STORE_KINDS: 'memory', ...settings }, place)
  opened.push(server)
  if (processesAreSeen) await whenChildren(server, (pids) => pids.length === processes)
  await wait(500) // and have loaded their libraries
  expect((await server.get('/i/photo.jpg?w=100')).status).toBe(200)
  return server
}

const two = { TINTYPE_RENDER_PROCESSES: '2', TINTYPE_RENDER_SPARE: '1' }

describe('a drawing that never ends', () => {
  const files = [
    { file: 'bomb.svg', absent: false },
    { file: 'corpus.svg', absent: hostile === undefined },
  ].filter(({ absent }) => !absent)

  it.runIf(processesAreSeen).each(files)(
    'check 15: $file is 504 in two seconds, its process has gone, and the next job succeeds',
    async ({ file }) => {
      const server = await serve(two, 3)
      const before = await server.children()
      const got = await server.get(`/i/${file}?w=4000`)
      expect([got.status, JSON.parse(got.body.toString()).code]).toEqual([504, 'render-timeout'])
      expect(got.ms).toBeGreaterThan(1990)
      expect(got.ms).toBeLessThan(3500) // 2.1 s where nobody else works on the machine
      const gone = (pids: readonly number[]): number => before.filter((pid) => !pids.includes(pid)).length
      await whenChildren(server, (pids) => gone(pids) === 1 && pids.length === 3)
      expect((await server.get('/i/photo.jpg?w=101')).status).toBe(200)
      expect(gone(await server.children())).toBe(1)
    },
  )
})

/** Asks again and again until it is over, with a pause between. */
async function poll(over: () => boolean, pause: number, ask: () => Promise<Got>): Promise<Got[]> {
  const all: Got[] = []
  while (!over()) {
    all.push(await ask())
    await wait(pause)
  }
  return all
}

const resolution = 10

/**
 * Quick enough that nobody notices. Where other work lets processes wait for a core, this one is woken late as well: so late, and for each way
 * and back, an answer may come later.
 */
function expectQuick(all: readonly Got[], woken: IntervalHistogram): void {
  const late = (share: number): number => 3 * Math.max(0, woken.percentile(share * 100) / 1e6 - resolution)
  const times = all.map(({ ms }) => ms)
  expect(all.length).toBeGreaterThan(10)
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]))
  expect(quantile(times, 0.95)).toBeLessThan(50 + late(0.95))
  expect(Math.max(...times)).toBeLessThan(250 + late(1))
}

describe(`${many} drawings that never end, at once`, () => {
  const equal = Array.from({ length: many }, () => '/i/bomb.svg?w=4000')
  const different = Array.from({ length: many }, (_, at) => `/i/bomb-${at}.svg?w=4000`)
  const sizes = equal.map((_, at) => `/i/bomb.svg?w=${4000 - at}`)

  it.each([
    { what: 'equal', targets: equal, processes: 2 },
    { what: 'different', targets: different, processes: 2 },
    { what: 'different sizes of one', targets: sizes, processes: 2 },
    { what: 'different, over one process,', targets: different, processes: 1 },
  ])(
    'check 16: $what: health and hits within 50 ms, a plain resize within 3 s',
    {
      retry: 2, // who else works on the machine decides as much as the service does: one quiet round is enough
    },
    async ({ targets, processes }) => {
      const server = await serve({ ...two, TINTYPE_RENDER_PROCESSES: `${processes}` }, processes + 1)
      let over = false
      const woken = monitorEventLoopDelay({ resolution })
      woken.enable()
      const bombs = Promise.all(targets.map((target) => server.get(target))).finally(() => {
        over = true
        woken.disable()
      })
      await wait(100)
      let width = 200
      const [ended, health, hits, resizes] = await Promise.all([
        bombs,
        poll(
          () => over,
          10,
          () => server.get('/health'),
        ),
        poll(
          () => over,
          20,
          () => server.get('/i/photo.jpg?w=100'),
        ),
        poll(
          () => over,
          100,
          () => server.get(`/i/photo.jpg?w=${width++}`),
        ),
      ])
      expectQuick(health, woken)
      expectQuick(hits, woken)
      expect(resizes.length).toBeGreaterThan(3)
      expect(new Set(resizes.map(({ status }) => status))).toEqual(new Set([200]))
      expect(Math.max(...resizes.map(({ ms }) => ms))).toBeLessThan(3000)
      for (const { status } of ended) expect([503, 504]).toContain(status)
      expect(ended.filter(({ status }) => status === 504).length).toBeGreaterThan(0)
      // And afterwards all is as it was.
      expect((await server.get('/i/photo.jpg?w=102')).status).toBe(200)
    },
  )

  it('check 16: nor does a queue that is full of them keep a photograph out', async () => {
    const server = await serve({ ...two, TINTYPE_QUEUE_LENGTH: '8' }, 3)
    const bombs = Promise.all(Array.from({ length: 40 }, (_, at) => server.get(`/i/bomb-${at % many}.svg?w=${4000 - at}`)))
    await wait(300)
    for (let width = 200; width < 205; width++) expect((await server.get(`/i/photo.jpg?w=${width}`)).status).toBe(200)
    for (const { status } of await bombs) expect([503, 504]).toContain(status)
  })
})

describe.runIf(processesAreSeen)('a render process that dies at its work', () => {
  it('check 19: takes no request along, of a hundred at once', async () => {
    const patient = { TINTYPE_QUEUE_WAIT_SECONDS: '60', TINTYPE_QUEUE_LENGTH: '200', TINTYPE_LIMIT_REQUEST_SECONDS: '60' }
    const server = await serve({ ...two, ...patient }, 3)
    const before = await server.children()
    const all = Promise.all(Array.from({ length: 100 }, (_, at) => server.get(`/i/photo.jpg?w=${300 + at}`, {}, { timeoutMs: 60_000 })))
    const victim = await busiest(server)
    process.kill(victim, 'SIGSEGV')
    await whenChildren(server, (pids) => !pids.includes(victim) && pids.length === 3)
    // Its own request is made once more: that succeeds as well.
    expect((await all).map(({ status }) => status)).toEqual(Array(100).fill(200))
    const metrics = (await server.get('/metrics')).body.toString()
    expect(metrics).toMatch(/^tintype_renderer_crashes_total 1$/m)
    expect((await server.children()).filter((pid) => before.includes(pid))).toHaveLength(2)
  })

  it('check 19: has a successor that works within a second', async () => {
    const server = await serve({ TINTYPE_RENDER_PROCESSES: '1', TINTYPE_RENDER_SPARE: '0' }, 1)
    for (let round = 0; round < 3; round++) {
      const [alone = 0] = await server.children()
      process.kill(alone, 'SIGSEGV')
      const got = await server.get(`/i/photo.jpg?w=${400 + round}`) // there is no other process
      expect(got.status).toBe(200)
      expect(got.ms).toBeLessThan(2000) // 0.4 s where little else works on the machine
    }
  })
})
