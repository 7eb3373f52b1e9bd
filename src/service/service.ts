import type { Order, Statuses } from '../dialects/dialect.ts'
import { Failure, toFailure } from '../errors.ts'
import { originalsIn } from '../recipe/originals.ts'
import { admit, hasToken } from './admit.ts'
import type { Answer, Ask } from './ask.ts'
import { besideOf } from './beside.ts'
import { startDeadline } from './deadline.ts'
import { withDropped } from './dropped.ts'
import { type Place, placeAt } from './endpoint.ts'
import { Gate } from './gate.ts'
import { Looks } from './looks.ts'
import { Orders, type Understood } from './orders.ts'
import { type Located, Originals } from './originals.ts'
import { json, page } from './pages.ts'
import type { Parts } from './parts.ts'
import { atHand, type Carried, carryOut, type Tools } from './pictures.ts'
import { always, problem, problemPicture, problemPixel } from './problem.ts'
import { Rate } from './rate.ts'
import { Results } from './results.ts'
import { Trip } from './trip.ts'

/** The service: what every runtime drives. */
export type Service = {
  /** The answer to a request; never rejects, whatever comes. */
  handle(ask: Ask): Promise<Answer>
  /** The same where it waits for nothing, at once; `undefined` says nothing: ask `handle` then. For runtimes that count microseconds. */
  atHand(ask: Omit<Ask, 'signal'>): Answer | undefined
  /**
   * The names of the originals that the picture at this target may be made of, its own first, then those laid over it and in its place:
   * whoever keeps answers elsewhere learns with what they must go. `undefined` when it asks for no picture, or is not understood.
   */
  originalsOf(target: string): readonly string[] | undefined
  /** The name of an original, as in `originalsOf`. */
  nameOf(key: string): string | Failure
  /** Removes every result and copy of an original; how many there were. */
  purge(key: string, signal: AbortSignal): Promise<number>
  /** The same by its name: for what was purged elsewhere, and may be in the memory of this process still. */
  forget(name: string, signal: AbortSignal): Promise<number>
  /**
   * What came over the wire was no request: counted and logged like the answer that it got. For runtimes that read HTTP themselves.
   * @param sent  What went back; `undefined` where nothing could.
   */
  unread(failure: Failure, sent: { readonly id: string; readonly bytes: number } | undefined, client: string | undefined): void
  /** From now on `/ready` says no. */
  drain(): void
  /** Waits for what runs behind answers, then lets go of sources, stores and the renderer. */
  close(): Promise<void>
  /** How much waits and runs in front of the renderer. */
  figures(): Gate['figures']
}

/** What the log should know of an answer, beside the answer. */
type Told = {
  readonly answer: Answer
  readonly dialect?: string
  readonly cache?: string
  readonly format?: string
  readonly failure?: Failure
}

/** Puts the trip of a request together: receive, understand, admit, look up, fetch, render, answer. */
export function createService(parts: Parts): Service {
  const orders = new Orders(parts.dialects, parts.words)
  const gate = new Gate({ places: parts.renderer.concurrency, spare: parts.renderer.spare, ...parts.queue })
  const originals = new Originals(parts)
  const looks = new Looks()
  const results = new Results(parts, originals, gate, looks)
  const tools: Tools = { parts, originals, results, gate, looks }
  const { perSecond } = parts.rate
  const rate = perSecond === undefined ? undefined : new Rate({ ...parts.rate, perSecond }, parts.now)
  const { bases = [] } = parts.beside ?? {}
  const endpoints = besideOf(tools, purge)
  let draining = false

  /** What fails here fails again on the long way, where it becomes an answer. */
  function quick(ask: Omit<Ask, 'signal'>): Answer | undefined {
    try {
      return hit(ask)
    } catch {
      return undefined
    }
  }

  /** A picture that is fresh and in memory needs no deadline, no queue and no promise. */
  function hit(ask: Omit<Ask, 'signal'>): Answer | undefined {
    if ((ask.method !== 'GET' && ask.method !== 'HEAD') || parts.watch.tracing() || ask.target.length > parts.urlBytes) return undefined
    if (placeAt(ask.target, bases, endpoints) !== undefined) return undefined
    const understood = orders.read(ask.target)
    if (understood === undefined || understood.order instanceof Failure) return undefined
    if (admit(understood.order, parts.access.keys, parts.now()) !== undefined) return undefined
    const carried = atHand(tools, understood.order, ask)
    if (carried === undefined || rate?.take(ask.client, ask.target) !== undefined) return undefined
    const { dialect, order } = understood
    return close({ ...carried, answer: withDropped(carried.answer, order), dialect: dialect.name }, ask, new Trip(parts.watch))
  }

  async function handle(ask: Ask): Promise<Answer> {
    const hit = ask.notAtHand ? undefined : quick(ask)
    if (hit !== undefined) return hit
    const trip = new Trip(parts.watch)
    return parts.watch.span('tintype.request', async () => close(await carry(ask, trip), ask, trip))
  }

  async function carry(ask: Ask, trip: Trip): Promise<Told> {
    const place = placeAt(ask.target, bases, endpoints)
    const bodySeconds = ask.method === 'POST' || ask.method === 'PUT' ? (place?.bodySeconds ?? 0) : 0
    const deadline = startDeadline(ask.signal, parts.limits.requestSeconds + bodySeconds)
    try {
      return await answer(ask, place, trip, deadline.signal)
    } catch (thrown) {
      // A runtime may give a better reason: that its platform leaves no more time.
      if (ask.signal.aborted) {
        const { reason } = ask.signal
        return failed(reason instanceof Failure ? reason : new Failure('client-gone', 'The client has gone.'), ask, trip)
      }
      return failed(toFailure(deadline.signal.aborted ? deadline.signal.reason : thrown), ask, trip)
    } finally {
      deadline.end()
    }
  }

  /** The end of a trip: what every answer says, and what the log is told. */
  function close(told: Told, ask: Omit<Ask, 'signal'>, trip: Trip): Answer {
    const sent = finished(told.answer, ask, trip)
    const { failure, dialect, cache, format } = told
    parts.watch.answered({
      id: trip.id,
      method: ask.method,
      target: ask.target,
      status: sent.status,
      bytes: sent.body?.length ?? 0,
      milliseconds: performance.now() - trip.began,
      timings: trip.timings,
      ...(dialect === undefined ? {} : { dialect }),
      ...(cache === undefined ? {} : { cache }),
      ...(format === undefined ? {} : { format }),
      ...(ask.client === undefined ? {} : { client: ask.client }),
      ...(failure === undefined ? {} : { code: failure.code, cause: failure.detail.cause ?? failure.cause }),
    })
    return sent
  }

  async function answer(ask: Ask, place: Place | undefined, trip: Trip, signal: AbortSignal): Promise<Told> {
    // Counted once: either for a hit at hand, or here.
    const limited = place?.unlimited === true ? undefined : rate?.take(ask.client, ask.target)
    if (limited !== undefined) return failed(limited, ask, trip)
    const allow = [...(place?.methods ?? ['GET', 'HEAD']), 'OPTIONS'].join(', ')
    if (ask.method === 'OPTIONS')
      return {
        answer: {
          status: 204,
          headers: {
            ...always,
            allow,
            'access-control-allow-methods': allow,
            // The star stands for all others, never for this one.
            'access-control-allow-headers': place === undefined ? '*' : 'Authorization, *',
            'access-control-max-age': '86400',
          },
        },
      }
    if (Buffer.byteLength(ask.target) > parts.urlBytes)
      return failed(new Failure('url-too-long', `The URL has more than ${parts.urlBytes} bytes.`), ask, trip)
    if (place !== undefined) {
      if (!place.methods.includes(ask.method)) {
        const wrong = `Expected one of ${allow}; got ${ask.method.slice(0, 20)}.`
        return failed(new Failure('method-not-allowed', wrong, { expected: allow }), ask, trip)
      }
      const told = await place.answer(ask, trip, signal)
      return told instanceof Failure ? failed(told, ask, trip) : told
    }
    const reads = ask.method === 'GET' || ask.method === 'HEAD'
    if (!reads && ask.method !== 'DELETE')
      return failed(new Failure('method-not-allowed', `Expected GET, HEAD or OPTIONS, got ${ask.method.slice(0, 20)}.`), ask, trip)

    const understood = orders.read(ask.target)
    if (understood !== undefined) {
      const { dialect, order } = understood
      const told =
        order instanceof Failure
          ? failed(order, ask, trip, dialect.statuses)
          : reads
            ? await picture(order, dialect, ask, trip, signal)
            : await purgeOver(order, ask, trip, signal)
      return { ...told, answer: order instanceof Failure ? told.answer : withDropped(told.answer, order), dialect: dialect.name }
    }
    const path = ask.target.split('?', 1)[0] ?? ''
    const fixed = reads ? await page(path, parts, { draining }, ask, signal) : undefined
    if (fixed === undefined) return failed(new Failure('not-found', 'There is nothing at this path.'), ask, trip)
    return fixed instanceof Failure ? failed(fixed, ask, trip) : { answer: fixed }
  }

  async function picture(
    order: Order,
    { name, statuses }: Understood['dialect'],
    ask: Ask,
    trip: Trip,
    signal: AbortSignal,
  ): Promise<Told> {
    const refusal = admit(order, parts.access.keys, parts.now())
    if (refusal !== undefined) return failed(refusal, ask, trip, statuses)
    const carried = await carryOut(tools, order, name, ask, trip, signal).catch((thrown: unknown) => {
      if (ask.signal.aborted) throw thrown
      return toFailure(signal.aborted ? signal.reason : thrown)
    })
    if (!(carried instanceof Failure)) return carried
    const { fallback, onError } = order.delivery
    if (fallback !== undefined && !signal.aborted && (carried.code === 'original-missing' || onError === 'default')) {
      const instead = await carryOut(tools, { ...order, key: fallback }, name, ask, trip, signal)
      if (!(instead instanceof Failure)) return inPlaceOf(carried, instead, parts.cache.missingSeconds)
    }
    switch (onError) {
      case 'redirect':
        return redirect(originals.locate(order.key), carried) ?? failed(carried, ask, trip, statuses)
      case 'transparent':
        return { answer: problemPixel(carried, trip.id, statuses), failure: carried }
      case 'picture':
        return { answer: problemPicture(carried, trip.id, statuses), failure: carried }
      default:
        return failed(carried, ask, trip, statuses)
    }
  }

  async function purgeOver(order: Order, ask: Ask, trip: Trip, signal: AbortSignal): Promise<Told> {
    if (!hasToken(ask.headers.authorization, parts.access.purgeToken))
      return failed(new Failure('token-wrong', 'Purging needs a token.'), ask, trip)
    return { answer: json({ key: order.key, purged: await purge(order.key, signal) }, 'no-store') }
  }

  async function purge(key: string, signal: AbortSignal): Promise<number> {
    const located = originals.locate(key)
    if (located instanceof Failure) throw located
    return (parts.forgetAll ?? forget)(located.name, signal)
  }

  async function forget(name: string, signal: AbortSignal): Promise<number> {
    let purged = 0
    // Twice: what begins while the store is at work may read what is about to go, and keep what it makes of it.
    for (let round = 0; round < 2; round++) {
      results.forget(name)
      originals.forget(name)
      looks.forget(name)
      parts.renderer.forget(name)
      purged += await parts.store.purge(name, signal)
    }
    return purged
  }

  function nameOf(key: string): string | Failure {
    const located = originals.locate(key)
    return located instanceof Failure ? located : located.name
  }

  function failed(failure: Failure, ask: Ask, trip: Trip, statuses?: Statuses): Told {
    const seconds = failure.code === 'original-missing' ? parts.cache.missingSeconds : 0
    return { answer: problem(failure, ask.headers.accept, trip.id, seconds, statuses), failure }
  }

  function finished({ status, headers, body }: Answer, ask: Omit<Ask, 'signal'>, trip: Trip): Answer {
    const all: Record<string, string> = { ...headers, 'x-request-id': trip.id }
    if (parts.access.allowOrigin !== '') {
      all['access-control-allow-origin'] = parts.access.allowOrigin
      all['timing-allow-origin'] = parts.access.allowOrigin
    }
    return body === undefined || ask.method === 'HEAD' ? { status, headers: all } : { status, headers: all, body }
  }

  return {
    handle,
    atHand: quick,
    originalsOf(target) {
      if (placeAt(target, bases, endpoints) !== undefined) return undefined
      const understood = orders.read(target)
      if (understood === undefined || understood.order instanceof Failure || understood.order.delivery.kind === 'explain') return undefined
      const { key, recipe, delivery } = understood.order
      const names = [key, ...originalsIn(recipe), ...(delivery.fallback === undefined ? [] : [delivery.fallback])].map(nameOf)
      return names.every((name) => typeof name === 'string') ? [...new Set(names)] : undefined
    },
    nameOf,
    purge,
    forget,
    unread(failure, sent, client) {
      parts.watch.answered({
        ...{ id: sent?.id ?? new Trip(parts.watch).id, method: '-', target: '-', status: failure.status },
        ...{ bytes: sent?.bytes ?? 0, milliseconds: 0, timings: {}, code: failure.code },
        ...(client === undefined ? {} : { client }),
      })
    },
    drain: () => {
      draining = true
    },
    figures: () => gate.figures,
    async close() {
      draining = true
      await results.close()
      await parts.renderer.close()
      await Promise.allSettled([...parts.sources.values()].map((source) => source.close()))
      await parts.store.close()
      await parts.blocked?.close()
    },
  }
}

/** A picture in place of another that failed: kept for a short time at most, and said in a header. */
function inPlaceOf(failure: Failure, { answer, ...told }: Carried, seconds: number): Told {
  const { 'cache-control': own, expires: _expires, ...headers } = answer.headers
  const cacheControl = own === 'no-store' || own === 'no-cache' ? own : `public, max-age=${seconds}`
  return {
    ...told,
    answer: { ...answer, headers: { ...headers, 'cache-control': cacheControl, 'x-tintype-error': failure.code } },
    failure,
  }
}

/**
 * To the original that the URL names, where that is a URL of its own. Never to one that may not be fetched: whoever trusts links to this
 * service would be led anywhere. The failure alone does not tell: it may be that of an overlay, or of a full queue.
 */
function redirect(original: Located | Failure, failure: Failure): Told | undefined {
  if (original instanceof Failure || failure.status === 403 || failure.code === 'original-refused') return undefined
  const { source, key } = original
  if (!/^https?:\/\//.test(key) || !URL.canParse(key) || source.refusal === undefined || source.refusal(key) !== undefined) return undefined
  const headers = { ...always, location: new URL(key).href, 'cache-control': 'no-store', 'content-length': '0' }
  return { answer: { status: 302, headers }, failure }
}
