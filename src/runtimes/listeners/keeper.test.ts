import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ListenerKeeper, type News } from './keeper.ts'
import type { Downward, Place } from './messages.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

type Made = { readonly place: Place; readonly news: News; readonly heard: Downward[]; killed: boolean }

/** A keeper of processes that do nothing by themselves. */
function keep(count: number): { keeper: ListenerKeeper; made: Made[]; notes: string[]; ends: number[] } {
  const [made, notes, ends] = [[] as Made[], [] as string[], [] as number[]]
  const start = (place: Place, news: News) => {
    const one: Made = { place, news, heard: [], killed: false }
    made.push(one)
    return {
      send: (message: Downward) => void one.heard.push(message),
      kill: () => {
        one.killed = true
      },
    }
  }
  const keeper = new ListenerKeeper({ count, start, note: (line) => notes.push(line), end: (code) => ends.push(code) })
  return { keeper, made, notes, ends }
}

it('starts one alone, and the others when it listens', () => {
  const { made } = keep(3)
  expect(made.map(({ place }) => place)).toEqual([{ index: 1, first: true }])
  made[0]?.news.up(8080)
  expect(made.slice(1).map(({ place }) => place)).toEqual([
    { index: 2, first: false },
    { index: 3, first: false },
  ])
})

it.each([
  [2, null, 2],
  [null, 'SIGKILL', 1],
])('ends as the first does when that does not come to listen: code %j, signal %j', (code, signal, end) => {
  const { made, ends, notes } = keep(3)
  made[0]?.news.gone(code, signal)
  expect(ends).toEqual([end])
  expect(made).toHaveLength(1)
  expect(notes).toHaveLength(code === null ? 1 : 0)
})

it('replaces a lost one at once, later and later when it dies again and again, and at once when it then lived for a while', () => {
  const { made } = keep(2)
  made[0]?.news.up(8080)
  made[1]?.news.up(8080)
  vi.advanceTimersByTime(20_000)
  let at = 1
  /** The pause before the next, in ms. */
  const lose = (): number => {
    made[at]?.news.gone(null, 'SIGSEGV')
    const before = made.length
    let waited = 0
    for (; made.length === before && waited < 60_000; waited += 50) vi.advanceTimersByTime(50)
    at = made.length - 1
    expect(made[at]?.place).toEqual({ index: 2, first: false })
    return waited
  }
  expect(lose()).toBeLessThanOrEqual(50)
  expect([lose(), lose(), lose(), lose()]).toEqual([100, 200, 400, 800])
  for (let n = 0; n < 10; n++) lose()
  expect(lose()).toBe(30_000)
  made[at]?.news.up(8080)
  vi.advanceTimersByTime(20_000)
  expect(lose()).toBeLessThanOrEqual(50)
})

it('asks those that listen, and waits for none that starts', () => {
  const { made } = keep(3)
  made[0]?.news.up(8080)
  made[1]?.news.up(8080)
  made[0]?.news.heard({ kind: 'ask', ask: 1, question: { kind: 'counts' }, seconds: 3 })
  expect(made.map(({ heard }) => heard.length)).toEqual([1, 1, 0])
  for (const one of made.slice(0, 2)) one.news.heard({ kind: 'said', round: 1, said: { value: [] } })
  expect(made[0]?.heard[1]).toEqual({ kind: 'answer', ask: 1, said: [{ value: [] }, { value: [] }], missing: 0 })
})

it('gives up where nobody listens and none can be started', () => {
  const { made, ends, notes } = keep(2)
  made[0]?.news.up(8080)
  made[1]?.news.up(8080)
  for (const each of made.slice()) each.news.gone(null, 'SIGKILL')
  for (let at = 2; at < 20 && ends.length === 0; at++) {
    vi.advanceTimersByTime(30_000)
    made[at]?.news.gone(1, null)
    for (const each of made.filter(({ killed }) => killed)) each.news.gone(null, 'SIGKILL')
  }
  expect(ends).toEqual([1])
  expect(notes.at(-1)).toBe('No serving process can be started any more.')
})

it('has those that come after all were lost name the port', () => {
  const { made } = keep(2)
  made[0]?.news.up(4321)
  made[0]?.news.gone(null, 'SIGKILL')
  vi.advanceTimersByTime(1000)
  expect(made[2]?.place).toEqual({ index: 1, first: false }) // the other holds it
  made[1]?.news.gone(null, 'SIGKILL')
  made[2]?.news.gone(null, 'SIGKILL')
  vi.advanceTimersByTime(1000)
  expect(made.slice(3).map(({ place }) => place.port)).toEqual([4321, 4321])
})

it('stops when all have ended: 0 where each did so in order', () => {
  for (const [code, end] of [
    [0, 0],
    [1, 1],
  ] as const) {
    const { keeper, made, ends } = keep(2)
    made[0]?.news.up(8080)
    keeper.stop()
    expect(made.map(({ heard }) => heard)).toEqual([[{ kind: 'stop' }], [{ kind: 'stop' }]])
    made[0]?.news.gone(0, null)
    expect(ends).toEqual([])
    made[1]?.news.gone(code, null)
    expect(ends).toEqual([end])
    vi.advanceTimersByTime(60_000)
    expect(made).toHaveLength(2)
  }
})
