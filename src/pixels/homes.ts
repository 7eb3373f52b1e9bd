import { LRUCache } from 'lru-cache'
import type { RenderProcess } from './render-process-handle.ts'
import type { Origin } from './renderer.ts'
import type { Ask, LevelFigures } from './wire.ts'

/** Originals whose homes are remembered; the longest unseen give way. */
const mostHomes = 2000

type Home = { readonly process: RenderProcess /** Of which it has decoded pixels, as far as we know. */; version: string | undefined }

/** Where originals are at home: in the process that last began with one, which may have decoded pixels of it. And what came of that. */
export class Homes {
  readonly counts = { levelHits: 0, levelsMade: 0 }
  readonly #homes = new LRUCache<string, Home>({ max: mostHomes })

  of(ask: Ask): RenderProcess | undefined {
    return this.#home(ask)?.process
  }

  /** This process works on it now; where its home was busy, that stays its home. */
  settle(ask: Ask, process: RenderProcess): void {
    const origin = originOf(ask)
    if (origin === undefined) return
    const home = this.#homes.get(origin.name)
    if (home === undefined || home.process.state === 'gone') this.#homes.set(origin.name, { process, version: undefined })
  }

  /** May this process have decoded pixels of it? */
  holds(ask: Ask, process: RenderProcess): boolean {
    const home = this.#home(ask)
    return home?.process === process && home.version === originOf(ask)?.version
  }

  /** @param levels  What the process that answered did with levels. */
  learn(ask: Ask, process: RenderProcess, { hits, made }: LevelFigures): void {
    this.counts.levelHits += hits
    this.counts.levelsMade += made
    const home = this.#home(ask)
    if (home?.process === process) home.version = hits + made > 0 ? originOf(ask)?.version : undefined
  }

  #home(ask: Ask): Home | undefined {
    const origin = originOf(ask)
    return origin === undefined ? undefined : this.#homes.get(origin.name)
  }
}

function originOf(ask: Ask): Origin | undefined {
  return ask.kind === 'render' ? ask.origin : undefined
}
