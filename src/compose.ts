import { resolve } from 'node:path'
import { demoFolder, demoSource } from './config/demo.ts'
import type { Settings } from './config/read.ts'
import { houseKeys } from './config/signing.ts'
import { isLoopback } from './config/start.ts'
import { dialects } from './dialects/all.ts'
import type { Dialect, Words } from './dialects/dialect.ts'
import { nativeGroups } from './dialects/native-parameters.ts'
import { readPreset } from './dialects/native-query.ts'
import { Failure } from './errors.ts'
import { filters } from './filters/all.ts'
import { effectsOf } from './pixels/effects.ts'
import { openPool, renderProcessEntry } from './pixels/pool.ts'
import type { Renderer } from './pixels/renderer.ts'
import { type Format, formats } from './recipe/output.ts'
import type { Answer } from './service/ask.ts'
import { openBlocked } from './service/blocked.ts'
import { exampleKeys } from './service/example-keys.ts'
import { explaining } from './service/explaining.ts'
import { type RenderGiven, rendersGiven } from './service/given.ts'
import { type Landing, landingPage } from './service/landing.ts'
import type { Counts } from './service/metrics.ts'
import { type OpenedWatch, openWatch } from './service/open-watch.ts'
import type { Beside, Parts } from './service/parts.ts'
import { createService, type Service } from './service/service.ts'
import { signNative } from './sign.ts'
import { sources as sourceKinds } from './sources/all.ts'
import type { Source, SourceKind } from './sources/source.ts'
import { stores as storeKinds } from './stores/all.ts'
import { chain } from './stores/chain.ts'
import { partition } from './stores/partition.ts'
import type { Store, StoreKind } from './stores/store.ts'

/** Raised whenever the same URL and original give other pixels than before, though no library changed: results made before are then made anew. */
const pixelsVersion = 3

/** A service and what it was made of. */
export type Composed = {
  readonly service: Service
  readonly settings: Settings
  readonly renderGiven: RenderGiven
  /** What it counted, for a sibling that answers `/metrics`; absent when metrics are off. */
  readonly counts?: () => Promise<Counts>
  /** Lets the service finish, then lets go of all that was opened. A second call waits for the same end. */
  close(): Promise<void>
}

export type ComposeOptions = {
  /** Takes the lines of the log; standard output unless given. */
  readonly write?: (line: string) => void
  /** Log lines leave at once: for a process that may be frozen between requests. */
  readonly immediate?: boolean
  /** A page at `/`; there is one unless denied. */
  readonly landing?: boolean
  /** Every URL is explained, whatever it asks for. */
  readonly explain?: boolean
  /** The service is reached at the address of its settings and nowhere else: at a loopback one, by who sits at the machine. */
  readonly listens?: boolean
  /** Other processes that serve the same; none unless given. */
  readonly siblings?: Siblings
}

/** The processes that serve the same at the same address, this one included. */
export type Siblings = {
  /** Which of them this is, from 1. */
  readonly index: number
  /** How many cores are for each; not always a whole number. */
  readonly cores: number
  /** Lets each of them forget an original; what each returned. Rejects when one of them did not. */
  forget(name: string, signal: AbortSignal): Promise<readonly number[]>
  /** What each of them counted, as far as they told in time. */
  counts(): Promise<readonly Counts[]>
}

/**
 * Settings in, a service out: the one place that knows every part. It listens nowhere.
 * @throws `Failure`: `setting-invalid` with the setting's name for what cannot be opened. What was opened until then is closed again.
 */
export async function compose(settings: Settings, options: ComposeOptions = {}): Promise<Composed> {
  const opened: { close(): Promise<void> }[] = []
  const keep = <T extends { close(): Promise<void> }>(part: T): T => {
    opened.unshift(part)
    return part
  }
  try {
    const words = wordsOf(settings)
    const wrong = presetProblem(words)
    if (wrong !== undefined) throw wrong
    const { siblings } = options
    const listener = siblings === undefined ? {} : { listener: siblings.index }
    const watch = keep(openWatch({ ...settings.log, metrics: settings.metrics, ...written(options), ...listener }))
    const sources = openSources(settings)
    for (const source of sources.values()) keep(source)
    const blocked = await openBlocked(settings.block, (message, cause) => watch.watch.note('warn', message, { cause: String(cause) }))
    if (blocked !== undefined) keep(blocked)
    const store = keep(await openStores(settings))
    const renderer = keep(await openRenderer(settings, watch, siblings))
    const parts: Parts = {
      dialects: options.explain === true ? dialects.map(explaining) : dialects,
      words,
      sources,
      ...homes(settings),
      store,
      renderer,
      effects: effectsOf(filters),
      limits: settings.limit,
      cache: settings.cache,
      queue: settings.queue,
      rate: settings.rate,
      access: { ...settings, keys: houseKeys(settings) },
      urlBytes: settings.server.urlBytes,
      engine: await engineOf(renderer, settings.limit.writeFormats),
      watch: watch.watch,
      metrics: metricsOf(watch, siblings),
      forgetAll: siblings && ((name, signal) => forgetEverywhere(siblings, name, signal)),
      landing: options.landing === false ? undefined : () => landing(settings),
      beside: besideOf(settings, options.listens === true),
      blocked,
      now: Date.now,
    }
    const service = createService(parts)
    watch.observe({ renderer: () => renderer.figures(), store: () => store.figures(), queue: () => service.figures() })
    let closing: Promise<void> | undefined
    const close = async (): Promise<void> => {
      await service.close()
      await watch.close()
    }
    const counts = watch.counts === undefined ? {} : { counts: watch.counts }
    return { service, settings, renderGiven: rendersGiven(parts), ...counts, close: () => (closing ??= close()) }
  } catch (thrown) {
    for (const part of opened) await part.close().catch(() => {}) // what is told is why the start failed
    throw thrown
  }
}

/** What the dialects are told. */
export function wordsOf(settings: Settings): Words {
  const { presets, presetsOnly, ignored, server, upload } = settings
  const hasDefaultSource = homes(settings).defaultSource !== undefined
  return {
    filters,
    presets,
    presetsOnly,
    ignored,
    prefix: server.prefix,
    hasDefaultSource,
    options: dialectOptions(settings),
    ...(upload.enabled ? { uploads: upload.source } : {}),
  }
}

/** The settings that are a dialect's own, by its name. */
function dialectOptions(settings: Settings): NonNullable<Words['options']> {
  const groups = settings as unknown as NonNullable<Words['options']>
  return Object.fromEntries(dialects.flatMap(({ name, options }: Dialect) => (options === undefined ? [] : [[name, groups[name] ?? {}]])))
}

/** A preset that asks wrongly would fail at every request; it stops the start. */
export function presetProblem(words: Words): Failure | undefined {
  for (const [name, query] of Object.entries(words.presets)) {
    const wishes = readPreset(name, query, words)
    if (wishes instanceof Failure) {
      return new Failure('setting-invalid', `presets: ${wishes.message}`, { ...wishes.detail, parameter: `presets.${name}` })
    }
  }
  return undefined
}

/** The sources by name: those that the operator named, and `file`, `http`, `s3` and `demo` as far as they are switched on. */
export function openSources({ source, sources, limit, demo }: Settings): ReadonlyMap<string, Source> {
  const { file, http, s3 } = source
  const { any, ...httpOptions } = http
  const wanted = [
    ...(file.root === undefined ? [] : [{ name: 'file', kind: 'file', options: file }]),
    ...(any || http.allow.length > 0 || http.base !== undefined ? [{ name: 'http', kind: 'http', options: httpOptions }] : []),
    ...(s3.bucket === undefined ? [] : [{ name: 's3', kind: 's3', options: s3 }]),
    ...(demo ? [{ name: demoSource, kind: 'file', options: { root: sampleFolder() } }] : []),
    ...sources,
  ]
  return new Map(
    wanted.map(({ name, kind: kindName, options }) => {
      const kind = sourceKinds.find((each) => each.name === kindName) as SourceKind | undefined
      if (kind === undefined) throw new Failure('setting-invalid', `sources.${name}.kind: there is no such kind.`, { parameter: name })
      return [name, kind.open(options, { maxBytes: limit.sourceBytes })]
    }),
  )
}

/** What there is beside pictures. A mount at the root is the empty text. */
function besideOf(settings: Settings, listens: boolean): Beside {
  const { upload, server } = settings
  const words = wordsOf(settings)
  return {
    bases: dialects.flatMap((dialect: Dialect) => dialect.mount?.(words)?.replace(/\/$/, '') ?? []),
    permit: { token: upload.token, open: upload.open, local: listens && isLoopback(server.host) },
    upload: upload.enabled ? upload : undefined,
  }
}

function sampleFolder(): string {
  const folder = demoFolder()
  if (folder !== undefined) return folder
  throw new Failure('setting-invalid', 'demo: the sample pictures are not part of this program.', { parameter: 'demo' })
}

/**
 * Where keys without a name belong, and where URLs do. The folder comes before the base, which stays within reach of its whole URLs,
 * and both before the bucket, which stays within reach as `s3:`.
 */
function homes({ source: { file, http, s3 } }: Settings): {
  readonly defaultSource: string | undefined
  readonly urlSource: string | undefined
} {
  const based = http.base !== undefined
  return {
    defaultSource: file.root !== undefined ? 'file' : based ? 'http' : s3.bucket !== undefined ? 's3' : undefined,
    urlSource: http.any || http.allow.length > 0 || based ? 'http' : undefined,
  }
}

/** The stores that are wanted, chained in their order. What outlives the process is parted by where originals come from. */
async function openStores(settings: Settings): Promise<Store> {
  const opened: Store[] = []
  try {
    for (const name of settings.store.kinds) {
      const kind = storeKinds.find((each) => each.name === name) as StoreKind | undefined
      if (kind === undefined) throw new Failure('setting-invalid', `store.kinds: there is no kind "${name}".`, { parameter: 'store.kinds' })
      const store = await kind.open(settings.store[name])
      opened.push(name === 'memory' ? store : partition(store, originsOf(settings)))
    }
  } catch (thrown) {
    await Promise.allSettled(opened.map((store) => store.close()))
    throw thrown
  }
  return opened.reduceRight((second, first) => chain(first, second))
}

/** Options that change no original: whose key opens a bucket, and whether it is named in the host. */
const indifferent = new Set(['accessKeyId', 'secretAccessKey', 'anonymous', 'pathStyle', 'region'])

/** What tells one set of originals from another. Numbers are bounds and times, which change no original. */
function originsOf({ source, sources }: Settings): string {
  const root = source.file.root
  const named = [...sources].sort((a, b) => (a.name < b.name ? -1 : 1))
  const file = root === undefined ? {} : { root: resolve(root) }
  // Appended only where there is one, so that what was kept without it is found again.
  const places = [file, source.http, named, ...(source.s3.bucket === undefined ? [] : [source.s3])]
  return JSON.stringify(places, (name, value: unknown) => (typeof value === 'number' || indifferent.has(name) ? undefined : value))
}

async function openRenderer({ render, server, limit }: Settings, { watch }: OpenedWatch, siblings?: Siblings): Promise<Renderer> {
  const { form, processes, ...pool } = render
  const { levelBytes } = pool
  if (form === 'in-process') {
    // Loaded here and not above: a process that serves with a pool never loads sharp.
    const { openInProcess } = await import('./pixels/in-process.ts')
    const { detectors } = await import('./pixels/detectors/all.ts')
    const places = processes === undefined ? {} : { concurrency: processes }
    return openInProcess({ filters, detectors, read: limit.readFormats, levelBytes, ...places })
  }
  return openPool({
    ...pool,
    ...(processes === undefined ? {} : { processes }),
    ...(siblings === undefined ? {} : { cores: siblings.cores }),
    entry: renderProcessEntry(),
    read: limit.readFormats,
    graceSeconds: server.drainSeconds,
    onLog: (line) => watch.note('warn', line),
  })
}

/**
 * The versions of all that shapes pixels, as the renderer itself tells them: no file says which libvips a machine really loads. A format that is
 * switched off shapes what auto comes to.
 */
async function engineOf(renderer: Renderer, write: readonly Format[]): Promise<string> {
  const { versions } = await renderer.formats(AbortSignal.timeout(60_000))
  const libraries = Object.entries(versions).sort(([a], [b]) => (a < b ? -1 : 1))
  const made = formats.filter((format) => write.includes(format))
  const fewer = made.length < formats.length ? [['formats', made.join('+')]] : []
  return [['tintype', pixelsVersion], ...libraries, ...fewer].map(([name, number]) => `${name}/${number}`).join(' ')
}

/** Whoever of the siblings is asked answers for all. */
function metricsOf({ metrics }: OpenedWatch, siblings: Siblings | undefined): Parts['metrics'] {
  if (metrics === undefined || siblings === undefined) return metrics
  return async () => metrics(await siblings.counts())
}

/**
 * Twice: until all have heard of it, one may take into its memory what another, who had not, was still writing to their folder.
 * @returns  The largest count: an entry mostly lies in the memory of several and in their folder, and is one entry to whoever asks.
 */
async function forgetEverywhere(siblings: Siblings, name: string, signal: AbortSignal): Promise<number> {
  const first = await siblings.forget(name, signal)
  const second = await siblings.forget(name, signal)
  return Math.max(...first, ...second)
}

/**
 * The page at `/`. It names pictures of the folder only to who sits at the machine, and where anyone could ask for them anyway; the sample
 * pictures to everybody, signed where that is needed, for they are nobody's secret.
 */
async function landing(settings: Settings): Promise<Answer> {
  const { server, metrics } = settings
  const [signer] = houseKeys(settings)
  const { prefix } = server
  return landingPage({
    prefix,
    ...(await examplesOf(settings)),
    parameters: nativeGroups,
    effects: filters,
    metrics,
    ...(signer === undefined ? {} : { sign: (target) => signNative(target, signer, { prefix, ignored: settings.ignored }) }),
  })
}

async function examplesOf(settings: Settings): Promise<Pick<Landing, 'examples' | 'demo'>> {
  const { source, server, presetsOnly, demo, sources } = settings
  if (presetsOnly) return { examples: [] }
  const { root } = source.file
  const own = root !== undefined && isLoopback(server.host) && houseKeys(settings).length === 0 ? await exampleKeys(root) : []
  // An operator may have given the name to a source of his own.
  if (own.length > 0 || !demo || sources.some(({ name }) => name === demoSource)) return { examples: own }
  return { examples: (await exampleKeys(sampleFolder())).map((key) => `${demoSource}:${key}`), demo: true }
}

function written({ write, immediate }: ComposeOptions): Pick<ComposeOptions, 'write' | 'immediate'> {
  return { ...(write === undefined ? {} : { write }), ...(immediate === undefined ? {} : { immediate }) }
}
