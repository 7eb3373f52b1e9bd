import { LRUCache } from 'lru-cache'
import type { RenderProcess } from './render-process-handle.ts'
import type { Ask, LevelFigures } from './wire.ts'

/** Originals whose homes are remembered; the longest unseen give way. */
const mostHomes = 2000

/** Where originals are at home: in the process that last began with one, which may have decoded pixels of it. And what came of that. */
export class Homes {
  readonly counts = { levelHits: 0, levelsMade: 0 }
  readonly #homes = new LRUCache<string, RenderProcess>({ max: mostHomes })

  of(ask: Ask): RenderProcess | undefined {
    const name = nameOf(ask)
    return name === undefined ? undefined : this.#homes.get(name)
  }

  /** This process works on it now; where its home was busy, that stays its home. */
  settle(ask: Ask, process: RenderProcess): void {
    const name = nameOf(ask)
    if (name === undefined) return
    const home = this.#homes.get(name)
    if (home === undefined || home.state === 'gone') this.#homes.set(name, process)
  }

  count({ hits, made }: LevelFigures): void {
    this.counts.levelHits += hits
    this.counts.levelsMade += made
  }
}

function nameOf(ask: Ask): string | undefined {
  return ask.kind === 'render' ? ask.origin?.name : undefined
}
