import { openLog } from './log.ts'
import type { Counts, Figures, Metrics } from './metrics.ts'
import { openSpans } from './spans.ts'
import type { Watch } from './watch.ts'
import type { WatchSettings } from './watch-fields.ts'

export type OpenWatchOptions = WatchSettings & {
  /** Takes the lines of the log; standard output unless given. */
  readonly write?: (line: string) => void
  /** Log lines leave at once: for a process that may be frozen between requests. */
  readonly immediate?: boolean
  /** Which of several processes at the same address this is; none unless given. */
  readonly listener?: number
}

export type OpenedWatch = {
  readonly watch: Watch
  /** The text for Prometheus, of this process or of the counts of all; absent when metrics are off. */
  readonly metrics?: (all?: readonly Counts[]) => Promise<{ readonly type: string; readonly text: string }>
  /** The counts of this process; absent when metrics are off. */
  readonly counts?: () => Promise<Counts>
  /** Says where figures of the other parts are read from, once these live; later calls change nothing. */
  observe(figures: Figures): void
  /** Writes out what is still to be logged. */
  close(): Promise<void>
}

/** Logs, metrics and traces as one `Watch`. Whatever goes wrong in any of them stays there. */
export function openWatch(options: OpenWatchOptions): OpenedWatch {
  const log = openLog({ ...options, shared: options.listener !== undefined })
  const spans = openSpans()
  const counts = options.metrics ? countLater(options.listener) : undefined
  const watch: Watch = {
    answered: harmless((event) => {
      counts?.tell((metrics) => metrics.answered(event))
      spans.answered(event)
      log.answered(event)
    }),
    stage: harmless((stage, milliseconds, failed) => counts?.tell((metrics) => metrics.stage(stage, milliseconds, failed))),
    note: harmless(log.note),
    span: spans.span,
    tracing: spans.tracing,
  }
  return {
    watch,
    ...(counts === undefined
      ? {}
      : { metrics: async (all) => (await counts.loaded).print(all), counts: async () => (await counts.loaded).read() }),
    observe: (figures) => counts?.tell((metrics) => metrics.observe(figures)),
    close: async () => {
      counts?.tell((metrics) => metrics.close())
      await Promise.allSettled([counts?.loaded, log.close()])
    },
  }
}

/** Counts that wait for the library of the metrics, which takes longer to load than the service takes to start. */
const mostWaiting = 10_000

function countLater(listener: number | undefined): { readonly loaded: Promise<Metrics>; tell(what: (metrics: Metrics) => void): void } {
  let metrics: Metrics | undefined
  let waiting: ((metrics: Metrics) => void)[] = []
  const loaded = import('./metrics.ts').then(({ openMetrics }) => {
    const opened = openMetrics(listener)
    metrics = opened
    for (const what of waiting) harmless(what)(opened)
    waiting = []
    return opened
  })
  loaded.catch(() => {}) // whoever asks for the text is told
  return {
    loaded,
    tell: (what) => {
      if (metrics !== undefined) what(metrics)
      else if (waiting.length < mostWaiting) waiting.push(what)
    },
  }
}

function harmless<A extends readonly unknown[]>(work: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      work(...args)
    } catch {
      // Who watches must not disturb what is watched.
    }
  }
}
