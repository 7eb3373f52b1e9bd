import { Failure } from '../errors.ts'
import type { Source } from '../sources/source.ts'
import type { Store } from '../stores/store.ts'
import type { Answer } from './ask.ts'
import type { Parts } from './parts.ts'
import { createService, type Service } from './service.ts'

/**
 * A picture of an original that comes with the request, asked for as in a URL: `w=300&f=webp`. Nothing of it is kept, nothing else is
 * fetched, and nothing needs to be signed: who may hand over originals is for the runtime to know.
 */
export type RenderGiven = (query: string, original: Buffer, signal: AbortSignal) => Promise<Answer>

/** The service once more, on the same renderer, with nothing but the given originals to fetch. It holds nothing that must be closed. */
export function rendersGiven(parts: Parts): RenderGiven {
  const held = new Map<string, Buffer>()
  const source: Source = {
    local: true,
    get: async (key) => {
      const bytes = held.get(key)
      if (bytes === undefined) return new Failure('original-missing', 'There is no such original.', { parameter: 'key' })
      if (bytes.length > parts.limits.sourceBytes) {
        return new Failure('original-too-large', `The original has ${bytes.length} bytes; at most ${parts.limits.sourceBytes} are read.`)
      }
      return { kind: 'original', bytes, validators: {}, freshness: { noStore: true } }
    },
    check: async () => ({ ok: true, message: 'Originals come with their requests.' }),
    close: async () => {},
  }
  const { purgeToken: _none, ...access } = parts.access
  const open = (): Service =>
    createService({
      ...parts,
      words: { ...parts.words, presetsOnly: false },
      sources: new Map([['given', source]]),
      defaultSource: 'given',
      urlSource: undefined,
      beside: undefined,
      store: nowhere,
      access: { ...access, keys: [], presetsOnly: false },
    })
  let service: Service | undefined
  let given = 0
  return async (query, original, signal) => {
    const key = String(++given) // a name of its own: what is equal in flight would be shared
    held.set(key, original)
    service ??= open() // hardly anyone hands over originals
    try {
      return await service.handle({ method: 'GET', target: `/_tintype/${key}?${query}`, headers: {}, signal })
    } finally {
      held.delete(key)
    }
  }
}

const nowhere: Store = {
  get: async () => undefined,
  peek: () => undefined,
  put: async () => {},
  touch: async () => {},
  purge: async () => 0,
  figures: () => ({ bytes: 0, entries: 0, hits: 0, misses: 0, evictions: 0, faults: 0 }),
  close: async () => {},
}
