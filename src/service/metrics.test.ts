import { afterEach, describe, expect, test } from 'vitest'
import { type Metrics, openMetrics } from './metrics.ts'
import type { Answered } from './watch.ts'

const answered: Answered = {
  id: 'r1',
  method: 'GET',
  target: '/i/a.jpg',
  status: 200,
  bytes: 1000,
  milliseconds: 20,
  cache: 'miss',
  dialect: 'native',
  format: 'webp',
  timings: {},
}

let metrics: Metrics | undefined
afterEach(() => metrics?.close())

async function lines(): Promise<string[]> {
  const { type, text } = (await metrics?.print()) ?? { type: '', text: '' }
  expect(type).toMatch(/^text\/plain; version=0\.0\.4/)
  return text.split('\n')
}

describe('metrics', () => {
  test('of several processes come in one text, each under its listener, after a journey as JSON', async () => {
    const others = [openMetrics(1), openMetrics(2)]
    for (const [at, other] of others.entries()) for (let n = 0; n <= at; n++) other.answered(answered)
    const all = JSON.parse(JSON.stringify(await Promise.all(others.map((other) => other.read()))))
    const { type, text } = (await others[0]?.print(all)) ?? { type: '', text: '' }
    for (const other of others) other.close()
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/)
    const found = text.split('\n')
    const labels = 'status="2xx",cache="miss",dialect="native",format="webp",code="none"'
    expect(found.filter((line) => line.startsWith('# TYPE tintype_requests_total'))).toHaveLength(1)
    expect(found).toContain(`tintype_requests_total{${labels},listener="1"} 1`)
    expect(found).toContain(`tintype_requests_total{${labels},listener="2"} 2`)
    expect(found).toContain('tintype_request_seconds_bucket{le="0.025",cache="miss",listener="2"} 2')
    expect(found).toContain('tintype_request_seconds_bucket{le="+Inf",cache="miss",listener="1"} 1')
  })

  test('count requests by class of status, cache, dialect, format and code', async () => {
    metrics = openMetrics()
    metrics.answered(answered)
    metrics.answered({ ...answered, status: 203 })
    metrics.answered({ ...answered, status: 404, code: 'original-missing' })
    metrics.stage('render', 300)
    metrics.stage('fetch', 3, 'origin-failed')
    const found = await lines()
    expect(found).toContain('tintype_requests_total{status="2xx",cache="miss",dialect="native",format="webp",code="none"} 2')
    expect(found).toContain('tintype_requests_total{status="4xx",cache="miss",dialect="native",format="webp",code="original-missing"} 1')
    expect(found).toContain('tintype_response_bytes_total 3000')
    expect(found).toContain('tintype_request_seconds_bucket{le="0.025",cache="miss"} 3')
    expect(found).toContain('tintype_request_seconds_bucket{le="0.01",cache="miss"} 0')
    expect(found).toContain('tintype_stage_seconds_sum{stage="render"} 0.3')
    expect(found).toContain('tintype_stage_failures_total{stage="fetch",code="origin-failed"} 1')
  })

  test('take few values as labels, whatever comes', async () => {
    metrics = openMetrics()
    for (let n = 0; n < 500; n++) {
      metrics.answered({ ...answered, status: n * 7, dialect: `d${n}`, format: `f${n}`, code: `c${n}`, cache: `k${n}` })
    }
    const found = (await lines()).filter((line) => line.startsWith('tintype_requests_total'))
    const values = (label: string) => new Set(found.map((line) => new RegExp(`${label}="([^"]*)"`).exec(line)?.[1]))
    expect(values('dialect').size).toBe(17)
    expect(values('format').size).toBe(25)
    expect([...values('code')]).toEqual(['other'])
    expect([...values('cache')]).toEqual(['other'])
    expect([...values('status')].sort()).toEqual(['1xx', '2xx', '3xx', '4xx', '5xx', 'other'])
  })

  test('read the figures of the others when asked', async () => {
    metrics = openMetrics()
    let kills = 1
    metrics.observe({
      renderer: () => ({ busy: 2, processes: 3, kills, crashes: 5, starts: 6, rssBytes: 7, levelHits: 8, levelsMade: 9, levelBytes: 30 }),
      store: () => ({ bytes: 10, entries: 11, hits: 12, misses: 13, evictions: 14, faults: 15 }),
      queue: () => ({ waiting: 20, refused: 21 }),
    })
    await lines()
    kills = 4
    const found = await lines()
    for (const line of [
      'tintype_renderer_busy 2',
      'tintype_renderer_processes 3',
      'tintype_renderer_kills_total 4',
      'tintype_renderer_crashes_total 5',
      'tintype_renderer_starts_total 6',
      'tintype_renderer_resident_bytes 7',
      'tintype_renderer_level_hits_total 8',
      'tintype_renderer_levels_made_total 9',
      'tintype_renderer_level_bytes 30',
      'tintype_store_bytes 10',
      'tintype_store_entries 11',
      'tintype_store_hits_total 12',
      'tintype_store_misses_total 13',
      'tintype_store_evictions_total 14',
      'tintype_store_faults_total 15',
      'tintype_queue_waiting 20',
      'tintype_queue_refused_total 21',
    ]) {
      expect(found).toContain(line)
    }
    expect(found.some((line) => /^process_resident_memory_bytes [1-9]\d{6,}$/.test(line))).toBe(true)
    expect(found.some((line) => /^nodejs_eventloop_lag_p99_seconds [\d.e-]+$/.test(line))).toBe(true)
  })

  test('count all observations, those that wait included, and none twice', async () => {
    metrics = openMetrics()
    for (let n = 0; n < 450; n++) metrics.stage('render', 1)
    for (let reading = 0; reading < 2; reading++) expect(await lines()).toContain('tintype_stage_seconds_count{stage="render"} 450')
    metrics.stage('render', 1)
    expect(await lines()).toContain('tintype_stage_seconds_count{stage="render"} 451')
  })

  const lag = async (): Promise<number> => Number((await lines()).find((line) => line.startsWith('nodejs_eventloop_lag'))?.split(' ')[1])

  test('an event loop that is idle is not late', async () => {
    metrics = openMetrics()
    const lagOfIdle = async (): Promise<number> => {
      await lag() // begins anew
      await new Promise((resolve) => setTimeout(resolve, 200))
      return lag()
    }
    await expect.poll(lagOfIdle, { timeout: 10_000 }).toBeLessThan(0.015)
  })

  test('one that was held up is late by that', async () => {
    metrics = openMetrics()
    // The first look has none before it to be late after.
    await new Promise((resolve) => setTimeout(resolve, 250))
    for (const end = performance.now() + 400; performance.now() < end; );
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(await lag()).toBeGreaterThan(0.3)
  })
})
