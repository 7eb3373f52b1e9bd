import { monitorEventLoopDelay } from 'node:perf_hooks'
import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { failures } from '../errors.ts'
import type { RendererFigures } from '../pixels/renderer.ts'
import type { StoreFigures } from '../stores/store.ts'
import { stages, type Watch } from './watch.ts'

/** Where figures that somebody else counts are asked for, each time they are read. */
export type Figures = {
  readonly renderer?: () => RendererFigures
  readonly store?: () => StoreFigures
  readonly queue?: () => QueueFigures
}

/** Pictures that wait for the renderer now, and those turned away since the start. */
export type QueueFigures = { readonly waiting: number; readonly refused: number }

/** All counts of one process, as plain values that can be sent to another. */
export type Counts = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

export type Metrics = Pick<Watch, 'answered' | 'stage'> & {
  observe(figures: Figures): void
  read(): Promise<Counts>
  /** The text for Prometheus: of this process, or of all that are given, each of which must have been opened with another `listener`. */
  print(all?: readonly Counts[]): Promise<{ readonly type: string; readonly text: string }>
  close(): void
}

/** A hit takes a fraction of a millisecond, a large AVIF ten seconds. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/**
 * Counts for Prometheus. Labels take few values: what a stranger can write is none of them.
 * @param listener  Which of several processes this is: a label of every count. A sum would fall when one is lost, and look like a new start of all.
 */
export function openMetrics(listener?: number): Metrics {
  const registry = new Registry()
  if (listener !== undefined) registry.setDefaultLabels({ listener: String(listener) })
  const registers = [registry]
  // Counted in a map of our own and handed over when they are read: a hit is answered in less time than five labels take to be looked up.
  const counts = new Map<string, { readonly labels: Labels; count: number }>()
  let bytes = 0
  new Counter({
    name: 'tintype_requests_total',
    help: 'Requests answered.',
    labelNames: ['status', 'cache', 'dialect', 'format', 'code'],
    registers,
    collect() {
      this.reset()
      for (const { labels, count } of counts.values()) this.inc(labels, count)
    },
  })
  sum(registers, 'tintype_response_bytes_total', 'Bytes of answers.', () => bytes)
  const requestTook = histogram(registers, 'tintype_request_seconds', 'Time from request to answer.', 'cache')
  const stageTook = histogram(registers, 'tintype_stage_seconds', 'Time of one stage of a request.', 'stage')
  const stageFailures = new Counter({
    name: 'tintype_stage_failures_total',
    help: 'Stages that failed.',
    labelNames: ['stage', 'code'],
    registers,
  })
  const dialect = few(16)
  const format = few(24)
  const code = oneOf(Object.keys(failures))
  const cache = oneOf(['hit', 'stale', 'miss', 'unchanged'])
  const stage = oneOf(stages)
  const closeProcess = watchProcess(registers)
  let observed = false

  return {
    answered: (event) => {
      const status = event.status >= 100 && event.status < 600 ? `${Math.floor(event.status / 100)}xx` : 'other'
      const labels = {
        status,
        cache: cache(event.cache),
        dialect: dialect(event.dialect),
        format: format(event.format),
        code: code(event.code),
      }
      const key = `${status} ${labels.cache} ${labels.dialect} ${labels.format} ${labels.code}`
      const known = counts.get(key)
      if (known === undefined) counts.set(key, { labels, count: 1 })
      else known.count += 1
      requestTook(labels.cache, event.milliseconds / 1000)
      bytes += event.bytes
    },
    stage: (name, milliseconds, failed) => {
      stageTook(stage(name), milliseconds / 1000)
      if (failed !== undefined) stageFailures.inc({ stage: stage(name), code: code(failed) })
    },
    observe: (figures) => {
      if (observed) return
      observed = true
      watchFigures(registers, figures)
    },
    read: () => registry.getMetricsAsJSON(),
    print: async (all) => {
      const printed = all === undefined ? registry : AggregatorRegistry.aggregate([...all])
      return { type: registry.contentType, text: await printed.metrics() }
    },
    close: closeProcess,
  }
}

type Labels = { readonly [name in 'status' | 'cache' | 'dialect' | 'format' | 'code']: string }
type Read = () => number

/** Most observations that wait to be counted. */
const mostHeld = 200

/**
 * A histogram by one label. What it is told is counted when it is read, or when there is enough of it: prom-client
 * takes less for one of many than for one that comes alone, between pictures which empty the caches of the processor.
 */
function histogram(registers: Registry[], name: string, help: string, label: string): (value: string, seconds: number) => void {
  const held: { readonly value: string; readonly seconds: number }[] = []
  const count = (): void => {
    for (const { value, seconds } of held.splice(0)) all.observe({ [label]: value }, seconds)
  }
  const all = new Histogram({ name, help, labelNames: [label], buckets, registers, collect: count })
  return (value, seconds) => {
    if (held.push({ value, seconds }) >= mostHeld) count()
  }
}

function gauge(registers: Registry[], name: string, help: string, read: Read): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read())
    },
  })
}

/** A sum that somebody else keeps. */
function sum(registers: Registry[], name: string, help: string, read: Read): void {
  new Counter({
    name,
    help,
    registers,
    collect() {
      this.reset()
      this.inc(read())
    },
  })
}

function watchFigures(registers: Registry[], { renderer, store, queue }: Figures): void {
  if (renderer !== undefined) {
    gauge(registers, 'tintype_renderer_busy', 'Pictures being rendered now.', () => renderer().busy)
    gauge(registers, 'tintype_renderer_processes', 'Render processes that live.', () => renderer().processes)
    gauge(registers, 'tintype_renderer_resident_bytes', 'Memory of all render processes.', () => renderer().rssBytes)
    sum(
      registers,
      'tintype_renderer_level_hits_total',
      'Pictures that began at decoded pixels which were kept.',
      () => renderer().levelHits,
    )
    sum(registers, 'tintype_renderer_levels_made_total', 'Decoded pixels that were kept.', () => renderer().levelsMade)
    gauge(registers, 'tintype_renderer_level_bytes', 'Decoded pixels that are kept, in all render processes.', () => renderer().levelBytes)
    sum(registers, 'tintype_renderer_kills_total', 'Render processes ended for time or memory.', () => renderer().kills)
    sum(registers, 'tintype_renderer_crashes_total', 'Render processes that died by themselves.', () => renderer().crashes)
    sum(registers, 'tintype_renderer_starts_total', 'Render processes started.', () => renderer().starts)
  }
  if (queue !== undefined) {
    gauge(registers, 'tintype_queue_waiting', 'Pictures that wait for the renderer.', () => queue().waiting)
    sum(registers, 'tintype_queue_refused_total', 'Pictures turned away because too many waited.', () => queue().refused)
  }
  if (store !== undefined) {
    gauge(registers, 'tintype_store_bytes', 'Bytes kept.', () => store().bytes)
    gauge(registers, 'tintype_store_entries', 'Entries kept.', () => store().entries)
    sum(registers, 'tintype_store_hits_total', 'Entries found.', () => store().hits)
    sum(registers, 'tintype_store_misses_total', 'Entries looked for in vain.', () => store().misses)
    sum(registers, 'tintype_store_evictions_total', 'Entries removed to make room.', () => store().evictions)
    sum(registers, 'tintype_store_faults_total', 'Reads and writes that failed.', () => store().faults)
  }
}

/** Each look wakes the process, whether or not it has anything to do. */
const lookEveryMs = 100

/** The serving process, under the names that dashboards know; gives back what ends the watch. */
function watchProcess(registers: Registry[]): () => void {
  const delay = monitorEventLoopDelay({ resolution: lookEveryMs })
  delay.enable()
  gauge(registers, 'process_resident_memory_bytes', 'Memory of the serving process.', () => process.memoryUsage.rss())
  gauge(registers, 'nodejs_heap_size_used_bytes', 'JavaScript heap in use.', () => process.memoryUsage().heapUsed)
  gauge(registers, 'nodejs_external_memory_bytes', 'Buffers and other memory beside the heap.', () => process.memoryUsage().external)
  gauge(registers, 'process_start_time_seconds', 'Start of the process, in seconds since 1970.', () => performance.timeOrigin / 1000)
  sum(registers, 'process_cpu_seconds_total', 'CPU time of the serving process.', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  gauge(
    registers,
    'nodejs_eventloop_lag_p99_seconds',
    'How late the event loop was, 99 times of 100 at most, since the last reading.',
    () => {
      // What is recorded is the time between two looks, of which that is no delay.
      const lag = delay.percentile(99) / 1e9 - lookEveryMs / 1000
      delay.reset()
      return Number.isFinite(lag) ? Math.max(0, lag) : 0
    },
  )
  return () => {
    delay.disable()
  }
}

/** One of a list of values; `none` where there is no value, `other` for any other. */
function oneOf(values: readonly string[]): (value: string | undefined) => string {
  const known = new Set(values)
  return (value) => (value === undefined ? 'none' : known.has(value) ? value : 'other')
}

/** The first values that come, so many of them; `other` for any more. */
function few(most: number): (value: string | undefined) => string {
  const known = new Set<string>()
  return (value) => {
    if (value === undefined) return 'none'
    if (known.size < most) known.add(value)
    return known.has(value) ? value : 'other'
  }
}
