import type { Failure } from '../errors.ts'
import type { Answer, Ask } from './ask.ts'
import type { Trip } from './trip.ts'

/** A part of the service beside pictures: some paths below the mount of a dialect. Which dialect that is it does not know. */
export type Endpoint = {
  /**
   * What it has at a path; `undefined` when it has nothing there. Asked at every request, before any dialect: so it waits for nothing, and
   * costs next to nothing.
   * @param path  Undecoded, behind the mount, with its slash: `/image/…`.
   * @param base  The mount, for addresses that are given back: `/thumbor`, or the empty text for the root.
   */
  at(path: string, base: string): Place | undefined
}

/** One path of an endpoint. */
export type Place = {
  /** What it answers, beside OPTIONS; others are 405 with this list. HEAD stands beside GET, whose answer it gets without the body. */
  readonly methods: readonly string[]
  /** How much longer a request may take whose body is read; 0 unless given. */
  readonly bodySeconds?: number
  /** Machines ask it to learn whether the service lives: a limit would tell them that it does not. */
  readonly unlimited?: true
  answer(ask: Ask, trip: Trip, signal: AbortSignal): Promise<Told | Failure>
}

/** An answer, and what the log should know of it. */
export type Told = { readonly answer: Answer; readonly format?: string }

/** The first place at a target that one of the endpoints has. */
export function placeAt(target: string, bases: readonly string[], endpoints: readonly Endpoint[]): Place | undefined {
  if (endpoints.length === 0) return undefined
  for (const base of bases) {
    if (target[base.length] !== '/' || !target.startsWith(base)) continue
    const query = target.indexOf('?')
    const path = target.slice(base.length, query < 0 ? undefined : query)
    for (const endpoint of endpoints) {
      const place = endpoint.at(path, base)
      if (place !== undefined) return place
    }
  }
  return undefined
}
