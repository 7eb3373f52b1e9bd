import type { Failure } from '../errors.ts'
import type { Renderer } from './renderer.ts'

/** A renderer that gives one failure for all that is asked: what a render process is that must not work, so that its parent hears why. */
export function refusing(failure: Failure): Renderer {
  return {
    concurrency: 1,
    spare: 0,
    render: async () => failure,
    inspect: async () => failure,
    sanitise: async () => failure,
    forget: () => {},
    ready: async () => false,
    formats: () => Promise.reject(failure),
    figures: () => ({ busy: 0, processes: 0, kills: 0, crashes: 0, starts: 0, rssBytes: 0, levelHits: 0, levelsMade: 0, levelBytes: 0 }),
    close: async () => {},
  }
}
