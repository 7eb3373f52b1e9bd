import { dialects } from '../../src/dialects/all.ts'
import type { Words } from '../../src/dialects/dialect.ts'
import { filters } from '../../src/filters/all.ts'
import { effectsOf } from '../../src/pixels/effects.ts'
import type { Renderer } from '../../src/pixels/renderer.ts'
import type { Fields } from '../../src/schema/field.ts'
import { type Answer, bodyTooLarge, type ReadBody } from '../../src/service/ask.ts'
import { type UploadSettings, uploadFields } from '../../src/service/beside-fields.ts'
import type { Beside, Parts } from '../../src/service/parts.ts'
import { createService, type Service } from '../../src/service/service.ts'
import {
  type AccessSettings,
  accessFields,
  type CacheSettings,
  cacheFields,
  type QueueSettings,
  queueFields,
  type RateSettings,
  rateFields,
} from '../../src/service/settings.ts'
import { type Answered, unwatched } from '../../src/service/watch.ts'
import type { Source } from '../../src/sources/source.ts'
import { memory } from '../../src/stores/memory.ts'
import type { Store } from '../../src/stores/store.ts'
import { limits } from '../pictures.ts'
import { FakeRenderer } from './fake-renderer.ts'
import { FakeSource } from './fake-source.ts'

export const token = 'a token that nobody guesses'
export const key = 'the first key of this service'

/** What a test says differently from a service that nobody configured. */
export type Wishes = {
  readonly source?: Source
  readonly urlSource?: Source
  readonly renderer?: Renderer
  readonly store?: Store
  readonly cache?: Partial<CacheSettings>
  readonly queue?: Partial<QueueSettings>
  readonly rate?: Partial<RateSettings>
  readonly access?: Partial<AccessSettings>
  readonly words?: Partial<Words>
  readonly limits?: Partial<Parts['limits']>
  readonly parts?: Partial<Parts>
}

/** An answer with its text. */
export type Heard = Answer & { readonly text: string }

export type Stage = {
  readonly service: Service
  readonly source: FakeSource
  readonly renderer: FakeRenderer
  readonly store: Store
  /** The clock of the service, in seconds; it stands still by itself. */
  readonly clock: { seconds: number }
  readonly log: Answered[]
  readonly notes: string[]
  ask(
    target: string,
    headers?: Record<string, string>,
    more?: { method?: string; signal?: AbortSignal; client?: string; body?: ReadBody },
  ): Promise<Heard>
}

/** A service with a source, a renderer and a clock that do as they are told; the dialects and the store are real. */
export async function openStage(wishes: Wishes = {}): Promise<Stage> {
  const clock = { seconds: 1_700_000_000 }
  const source = new FakeSource()
  const renderer = new FakeRenderer()
  const store = wishes.store ?? (await memory.open({ bytes: 2 ** 26 }))
  const log: Answered[] = []
  const notes: string[] = []
  const { keys = [], presetsOnly = false } = wishes.access ?? {}
  const service = createService({
    dialects,
    words: { filters, presets: {}, presetsOnly, ignored: accessFields.ignored.fallback ?? [], prefix: '/i', ...wishes.words },
    sources: new Map<string, Source>([
      ['photos', wishes.source ?? source],
      ...(wishes.urlSource === undefined ? [] : [['web', wishes.urlSource] as const]),
    ]),
    defaultSource: 'photos',
    urlSource: wishes.urlSource === undefined ? undefined : 'web',
    store,
    renderer: wishes.renderer ?? renderer,
    effects: effectsOf(filters),
    limits: { ...limits, ...wishes.limits },
    cache: { ...fallbacks<CacheSettings>(cacheFields), ...wishes.cache },
    queue: { ...fallbacks<QueueSettings>(queueFields), ...wishes.queue },
    rate: { ...fallbacks<RateSettings>(rateFields), ...wishes.rate },
    access: { ...fallbacks<AccessSettings>(accessFields), ...wishes.access, keys },
    urlBytes: 8192,
    engine: 'test/1',
    watch: { ...unwatched, answered: (event) => log.push(event), note: (_level, message) => notes.push(message) },
    metrics: undefined,
    landing: undefined,
    now: () => clock.seconds * 1000,
    ...wishes.parts,
  })
  return {
    service,
    source,
    renderer,
    store,
    clock,
    log,
    notes,
    async ask(target, headers = {}, more = {}) {
      const answer = await service.handle({ method: 'GET', signal: new AbortController().signal, ...more, target, headers })
      return { ...answer, text: answer.body?.toString('utf8') ?? '' }
    },
  }
}

/** What there is beside pictures, below `/thumbor`: uploads into `photos` for everybody, unless a test says else. */
export function besides(upload: Partial<UploadSettings> | undefined, permit: Partial<Beside['permit']> = {}): Beside {
  const own: UploadSettings = { ...fallbacks<UploadSettings>(uploadFields), enabled: true, source: 'photos', put: true, delete: true }
  return {
    bases: ['/thumbor'],
    permit: { token: undefined, open: true, local: false, ...permit },
    upload: upload === undefined ? undefined : { ...own, ...upload },
  }
}

/** A body that is there already. */
export const bodyOf =
  (bytes: Buffer): ReadBody =>
  async (mostBytes) =>
    bytes.length > mostBytes ? bodyTooLarge(mostBytes) : bytes

/** Waits until something is so, for at most two seconds. */
export async function until(so: () => boolean): Promise<void> {
  for (let round = 0; !so(); round++) {
    if (round > 400) throw new Error('It never came.')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Lets everything run that waits for nothing but its turn. */
export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

/** A promise and what ends it. */
export function latch(): { readonly promise: Promise<void>; open(): void } {
  let open = (): void => {}
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, open }
}

function fallbacks<T>(fields: Fields): T {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.fallback])) as T
}
