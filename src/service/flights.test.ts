import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { Flights } from './flights.ts'

/** Work that ends when it is told to, and counts how often it began. */
function works() {
  const begun: { signal: AbortSignal; counts: () => boolean; end(value: string): void; fail(error: Error): void }[] = []
  const work = (signal: AbortSignal, counts: () => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      begun.push({ signal, counts, end: resolve, fail: reject })
    })
  return { begun, work }
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
const { signal: staying } = new AbortController()

describe('flights', () => {
  test('equal work runs once, other work beside it', async () => {
    const flights = new Flights<string>()
    const { begun, work } = works()
    const ends = [flights.join('a', work, staying), flights.join('a', work, staying), flights.join('b', work, staying)]
    await turn()
    expect([begun.length, flights.size]).toEqual([2, 2])
    begun[0]?.end('A')
    begun[1]?.end('B')
    expect(await Promise.all(ends)).toEqual(['A', 'A', 'B'])
    expect(flights.size).toBe(0)
  })

  test('what comes after the end begins anew', async () => {
    const flights = new Flights<string>()
    let count = 0
    const work = async (): Promise<string> => String(++count)
    expect(await flights.join('a', work, staying)).toBe('1')
    expect(await flights.join('a', work, staying)).toBe('2')
  })

  test('all share a failure, whether it is thrown at once or later, and none of it stays', async () => {
    const flights = new Flights<string>()
    const atOnce = (): Promise<string> => {
      throw new TypeError('at once')
    }
    const thrown = [flights.join('a', atOnce, staying), flights.join('a', atOnce, staying)]
    for (const each of thrown) await expect(each).rejects.toThrow('at once')
    const { begun, work } = works()
    const later = [flights.join('a', work, staying), flights.join('a', work, staying)]
    await turn()
    begun[0]?.fail(new Error('later'))
    for (const each of later) await expect(each).rejects.toThrow('later')
    expect([flights.size, begun.length]).toEqual([0, 1])
  })

  test('the first may leave, and the work goes on for the others', async () => {
    const flights = new Flights<string>()
    const { begun, work } = works()
    const leader = new AbortController()
    const first = flights.join('a', work, leader.signal)
    const second = flights.join('a', work, staying)
    await turn()
    leader.abort(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
    expect(begun[0]?.signal.aborted).toBe(false)
    begun[0]?.end('A')
    expect(await second).toBe('A')
  })

  test('when the last leaves, the work is aborted, and nobody joins it any more', async () => {
    const flights = new Flights<string>()
    const { begun, work } = works()
    const clients = [new AbortController(), new AbortController()]
    const asked = clients.map(({ signal }) => flights.join('a', work, signal))
    await turn()
    for (const client of clients) client.abort(new Error('gone'))
    for (const each of asked) await expect(each).rejects.toThrow('gone')
    expect([begun[0]?.signal.aborted, begun[0]?.counts(), flights.size]).toEqual([true, false, 0])
    const next = flights.join('a', work, staying)
    await turn()
    // The end of work that was given up: neither unhandled, nor taken for the end of what runs now.
    begun[0]?.fail(new Error('aborted'))
    await turn()
    expect(flights.size).toBe(1)
    begun[1]?.end('A')
    expect(await next).toBe('A')
  })

  test('who has left before asking starts nothing', async () => {
    const flights = new Flights<string>()
    const { begun, work } = works()
    await expect(flights.join('a', work, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
    await turn()
    expect([begun.length, flights.size]).toEqual([0, 0])
  })

  test('what is dropped still ends for who waits, but counts no more and is not joined', async () => {
    const flights = new Flights<string>()
    const { begun, work } = works()
    const old = flights.join('cat 1', work, staying)
    const other = flights.join('dog 1', work, staying)
    await turn()
    flights.drop('cat')
    const fresh = flights.join('cat 1', work, staying)
    await turn()
    expect(begun.map(({ counts }) => counts())).toEqual([false, true, true])
    for (const [index, each] of begun.entries()) each.end(String(index))
    expect(await Promise.all([old, other, fresh])).toEqual(['0', '1', '2'])
    expect(flights.size).toBe(0)
  })

  test('what is dropped is still aborted when its last leaves', async () => {
    const flights = new Flights<string>()
    const { begun, work } = works()
    const client = new AbortController()
    const old = flights.join('cat', work, client.signal)
    await turn()
    flights.drop('cat')
    client.abort(new Error('gone'))
    await expect(old).rejects.toThrow('gone')
    expect(begun[0]?.signal.aborted).toBe(true)
  })

  test('no listener stays on a signal', async () => {
    const flights = new Flights<string>()
    const { signal } = new AbortController()
    for (let round = 0; round < 50; round++) await flights.join('a', async () => 'A', signal)
    await flights.join('a', () => Promise.reject(new Error('bad')), signal).catch(() => {})
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
