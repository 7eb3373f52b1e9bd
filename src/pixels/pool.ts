import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Failure } from '../errors.ts'
import { type SourceFormat, sourceFormats } from '../geometry/facts.ts'
import type { Limits } from '../geometry/limits.ts'
import { JobQueue } from './job-queue.ts'
import { looksLikeSvg } from './looks-like-svg.ts'
import { isDear } from './places.ts'
import type { Formats, Inspected, Job, JobOriginal, Rendered, Renderer } from './renderer.ts'
import type { Ask } from './wire.ts'

export type PoolOptions = {
  /** Program of a render process, plain JavaScript: `renderProcessEntry()`. */
  readonly entry: string | URL
  /** Formats whose loaders are switched on in libvips; all unless said. */
  readonly read?: readonly SourceFormat[]
  /** Budget of each process for decoded pixels that are kept for the next job; none unless said. */
  readonly levelBytes?: number
  /** How many work at once; one per core unless said. */
  readonly processes?: number
  /** Cores that are theirs; all of the machine unless said. */
  readonly cores?: number
  /** How many more are kept warm, to take over at once from one that is lost, and for others while SVGs hold all of the first; 1 unless said. */
  readonly spare?: number
  /** A process is replaced after so many jobs, or when it holds more memory than that once its job is done. */
  readonly recycleJobs?: number
  readonly idleBytes?: number
  /** One that has had nothing to do for so long is replaced when it holds more than a third of that; 5 unless said. */
  readonly restSeconds?: number
  /** How long an original that ended processes twice is refused. */
  readonly refuseSeconds?: number
  /** How long `close` waits for running jobs. */
  readonly graceSeconds?: number
  /** What the machine needs in a process's environment beside our own few variables: `LD_LIBRARY_PATH`, `LD_PRELOAD`. Nothing is inherited. */
  readonly environment?: Readonly<Record<string, string>>
  /** What the processes say, line by line: libvips and its codecs complain there. */
  readonly onLog?: (line: string) => void
}

/** Time and memory of the asks that come without limits: one pixel, the list of formats. */
const small = { seconds: 10, memoryBytes: 1e9, dear: false }
/** So long a picture that was really rendered says that the next can be. */
const readyMilliseconds = 10_000

/** The built program of a render process, whether this file runs as it was written or as it was built: Node 20 runs no TypeScript. */
export function renderProcessEntry(): URL {
  const built = import.meta.url.endsWith('.ts') ? import.meta.url.replace(/\/src\/(?!.*\/src\/)/, '/dist/') : import.meta.url
  return new URL('../runtimes/render-process.js', built)
}

/**
 * A renderer that works in processes of its own, which can hang, crash or swell without harm to the one that serves: sharp's own timeout
 * does not bound time, and a crash in a decoder cannot be caught. Jobs past the free processes wait in the order of their coming; a signal
 * takes back a job that waits, one that runs is finished and its result returned. More failures than in process: `internal` when no
 * process can be started, `shutting-down` after `close`.
 */
export async function openPool(options: PoolOptions): Promise<Renderer> {
  const cores = options.cores ?? availableParallelism()
  const concurrency = options.processes ?? Math.max(1, Math.floor(cores))
  const spare = options.spare ?? 1
  // Where nothing can be written, as in a hardened container, there is no empty folder to be had.
  const folder = await mkdtemp(join(tmpdir(), 'tintype-')).catch(() => undefined)
  const queue = new JobQueue({
    concurrency,
    spare,
    entry: options.entry instanceof URL ? fileURLToPath(options.entry) : options.entry,
    words: [(options.read ?? sourceFormats).join(','), String(options.levelBytes ?? 0)],
    folder: folder ?? '/',
    // One thread for each core is enough: libvips gets the cores that the processes leave, else it takes as many as there are for each.
    environment: { ...options.environment, VIPS_CONCURRENCY: String(Math.max(1, Math.floor(cores / concurrency))) },
    startSeconds: 30,
    recycleJobs: options.recycleJobs ?? 2000,
    idleBytes: options.idleBytes ?? 600_000_000,
    restSeconds: options.restSeconds ?? 5,
    refuseSeconds: options.refuseSeconds ?? 600,
    onLog: options.onLog ?? (() => {}),
  })
  let rendered = Number.NEGATIVE_INFINITY
  let checking: Promise<boolean> | undefined
  let formats: Promise<Formats> | undefined
  let closing: Promise<void> | undefined

  /** Asks about one job's originals under its limits. */
  const ask = (what: Ask, originals: readonly JobOriginal[], limits: Limits, signal: AbortSignal) => {
    const [first] = originals
    const seconds = Buffer.isBuffer(first) && looksLikeSvg(first) ? limits.svgSeconds : limits.renderSeconds
    return queue.run({ ask: what, originals, seconds, memoryBytes: limits.memoryBytes, dear: isDear(originals) }, signal)
  }
  const about = (kind: 'render' | 'inspect', { recipe, limits, findings, origin }: Job): Ask => ({
    ...{ kind, recipe, limits },
    ...(findings === undefined ? {} : { findings }),
    ...(origin === undefined ? {} : { origin }),
  })
  /** One pixel, ahead of all that waits and by the spare if need be: a service at work is not one that is not ready. */
  const check = async (): Promise<boolean> => {
    const answer = await queue.run({ ask: { kind: 'ready' }, originals: [], ...small, first: true })
    if (answer instanceof Error || answer.value !== true) return false
    rendered = performance.now()
    return true
  }
  const list = async (): Promise<Formats> => {
    const answer = await queue.run({ ask: { kind: 'formats' }, originals: [], ...small, first: true })
    if (answer instanceof Error) throw answer
    return answer.value as Formats
  }

  return {
    concurrency,
    spare,
    readsFiles: true,
    async render(job, signal) {
      const { originals } = job
      const answer = await ask(about('render', job), originals, job.limits, signal)
      if (answer instanceof Error) return answer
      rendered = performance.now()
      const bytes = answer.bodies[0] ?? originals[0]
      if (!Buffer.isBuffer(bytes)) return new Failure('internal', 'A render process sent no picture.')
      return { ...(answer.value as Omit<Rendered, 'bytes'>), bytes }
    },
    async inspect(job, signal) {
      const answer = await ask(about('inspect', job), job.originals, job.limits, signal)
      return answer instanceof Error ? answer : (answer.value as Inspected)
    },
    async sanitise(svg, limits, signal) {
      const answer = await ask({ kind: 'sanitise', limits }, [svg], { ...limits, renderSeconds: limits.svgSeconds }, signal)
      return answer instanceof Error ? answer : (answer.bodies[0] ?? Buffer.alloc(0))
    },
    forget: (name) => queue.forget(name),
    async ready(signal) {
      signal.throwIfAborted()
      if (performance.now() - rendered < readyMilliseconds && !queue.broken) return true
      checking ??= check().finally(() => {
        checking = undefined
      })
      return unlessAborted(checking, signal)
    },
    async formats(signal) {
      signal.throwIfAborted()
      formats ??= list().catch((error: unknown) => {
        formats = undefined // asked again the next time
        throw error
      })
      return unlessAborted(formats, signal)
    },
    figures: () => queue.figures(),
    close() {
      closing ??= queue.close(options.graceSeconds ?? 10).then(async () => {
        if (folder !== undefined) await rm(folder, { recursive: true, force: true })
      })
      return closing
    },
  }
}

/** What several wait for together; each may stop waiting for it. */
async function unlessAborted<T>(shared: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([shared, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
