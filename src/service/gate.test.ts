import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { Failure } from '../errors.ts'
import { Gate } from './gate.ts'

const { signal: staying } = new AbortController()
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/** Work that ends when it is told to, and the order in which pieces of it began. */
function works() {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const work = (name: string) => (): Promise<string> => {
    begun.push(name)
    return new Promise((resolve) => ends.set(name, () => resolve(name)))
  }
  return { begun, work, end: (name: string) => ends.get(name)?.() }
}

describe('the gate', () => {
  test('lets so many through at once, the others in their order', async () => {
    const gate = new Gate({ places: 2, length: 10, waitSeconds: 5 })
    const { begun, work, end } = works()
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => gate.run(work(name), staying))
    await turn()
    expect(begun).toEqual(['a', 'b'])
    expect(gate.figures).toEqual({ running: 2, waiting: 3, refused: 0 })
    end('b')
    await turn()
    expect(begun).toEqual(['a', 'b', 'c'])
    for (const name of ['a', 'c', 'd', 'e']) {
      end(name)
      await turn()
    }
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(gate.figures).toEqual({ running: 0, waiting: 0, refused: 0 })
  })

  test('nobody slips in between one who leaves and the next in line', async () => {
    const gate = new Gate({ places: 1, length: 10, waitSeconds: 5 })
    const { begun, work, end } = works()
    void gate.run(work('a'), staying)
    void gate.run(work('b'), staying)
    await turn()
    end('a')
    await Promise.resolve()
    void gate.run(work('c'), staying)
    await turn()
    expect([begun, gate.figures.running]).toEqual([['a', 'b'], 1])
    end('b')
    await turn()
    end('c')
    await turn()
    expect(gate.figures).toEqual({ running: 0, waiting: 0, refused: 0 })
  })

  test('refuses within 5 ms what finds no room', async () => {
    const gate = new Gate({ places: 1, length: 1, waitSeconds: 5 })
    const { work, end } = works()
    void gate.run(work('a'), staying)
    void gate.run(work('b'), staying)
    const took: number[] = []
    for (let round = 0; round < 20; round++) {
      const began = performance.now()
      const refusal = await gate.run(work('c'), staying)
      took.push(performance.now() - began)
      expect(refusal).toMatchObject({ code: 'overloaded', detail: { retryAfterSeconds: 1 } })
    }
    took.sort((a, b) => a - b)
    expect(took[10]).toBeLessThan(5)
    expect(gate.figures.refused).toBe(20)
    end('a')
    await turn()
    end('b')
  })

  test('refuses what has waited long enough, and its place in the queue is free again', async () => {
    const gate = new Gate({ places: 1, length: 1, waitSeconds: 0.05 })
    const { begun, work, end } = works()
    void gate.run(work('a'), staying)
    const began = performance.now()
    expect(await gate.run(work('b'), staying)).toBeInstanceOf(Failure)
    expect(performance.now() - began).toBeGreaterThan(45)
    expect(gate.figures).toEqual({ running: 1, waiting: 0, refused: 1 })
    const next = gate.run(work('c'), staying)
    end('a')
    await turn()
    await new Promise((resolve) => setTimeout(resolve, 70)) // who works waits no more
    expect(gate.figures).toEqual({ running: 1, waiting: 0, refused: 1 })
    end('c')
    expect([await next, begun]).toEqual(['c', ['a', 'c']])
  })

  test('who leaves the queue frees its place and never begins', async () => {
    const gate = new Gate({ places: 1, length: 1, waitSeconds: 5 })
    const { begun, work, end } = works()
    const client = new AbortController()
    void gate.run(work('a'), staying)
    const left = gate.run(work('b'), client.signal)
    client.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    expect(gate.figures).toEqual({ running: 1, waiting: 0, refused: 0 })
    end('a')
    await turn()
    expect([begun, gate.figures.running]).toEqual([['a'], 0])
  })

  test('who leaves its work is let go at once; the work keeps its place until it ends', async () => {
    const gate = new Gate({ places: 1, length: 1, waitSeconds: 5 })
    const { begun, work, end } = works()
    const client = new AbortController()
    const left = gate.run(work('a'), client.signal)
    await turn()
    client.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    void gate.run(work('b'), staying)
    await turn()
    expect([begun, gate.figures]).toEqual([['a'], { running: 1, waiting: 1, refused: 0 }])
    end('a')
    await turn()
    expect(begun).toEqual(['a', 'b'])
    end('b')
  })

  test('work that fails gives its place back, thrown at once or later, heard or not', async () => {
    const gate = new Gate({ places: 1, length: 1, waitSeconds: 5 })
    const atOnce = (): Promise<string> => {
      throw new Error('at once')
    }
    await expect(gate.run(atOnce, staying)).rejects.toThrow('at once')
    await expect(gate.run(() => Promise.reject(new Error('later')), staying)).rejects.toThrow('later')
    const client = new AbortController()
    let fail = (_error: Error): void => {}
    const work = (): Promise<never> =>
      new Promise((_, reject) => {
        fail = reject
      })
    const unheard = gate.run(work, client.signal)
    await turn()
    client.abort(new Error('gone'))
    await expect(unheard).rejects.toThrow('gone')
    fail(new Error('nobody hears it'))
    await turn()
    expect(gate.figures.running).toBe(0)
  })

  test('says when to come again by how long work takes, and never more than a minute', async () => {
    const gate = new Gate({ places: 1, length: 0, waitSeconds: 5 })
    const { work, end } = works()
    const retry = async (): Promise<number | undefined> => {
      const refusal = await gate.run(async () => 'x', staying)
      return refusal instanceof Failure ? refusal.detail.retryAfterSeconds : undefined
    }
    const clock = performance.now
    try {
      let now = 0
      performance.now = () => now
      for (let round = 0; round < 60; round++) {
        const slow = gate.run(work('slow'), staying)
        now += 30_000
        end('slow')
        await slow
      }
      const running = gate.run(work('a'), staying)
      expect(await retry()).toBe(30)
      end('a')
      await running
      for (let round = 0; round < 60; round++) {
        const slow = gate.run(work('slow'), staying)
        now += 600_000
        end('slow')
        await slow
      }
      const last = gate.run(work('b'), staying)
      expect(await retry()).toBe(60)
      end('b')
      await last
    } finally {
      performance.now = clock
    }
  })

  test('dear work holds all places but the spare one, where other work passes it by', async () => {
    const gate = new Gate({ places: 2, spare: 1, length: 10, waitSeconds: 5 })
    const { begun, work, end } = works()
    for (const name of ['dear 1', 'dear 2', 'dear 3', 'dear 4']) void gate.run(work(name), staying, true)
    for (const name of ['a', 'b']) void gate.run(work(name), staying)
    await turn()
    expect([begun, gate.figures]).toEqual([['dear 1', 'dear 2', 'a'], { running: 3, waiting: 3, refused: 0 }])
    end('a')
    await turn()
    expect(begun.slice(3)).toEqual(['b'])
    end('dear 1')
    await turn() // a dear one and another fill the two places
    expect(begun.slice(4)).toEqual([])
    end('b')
    await turn()
    void gate.run(work('c'), staying)
    await turn()
    expect(begun.slice(4)).toEqual(['dear 3', 'c'])
    for (const name of ['dear 2', 'c', 'dear 3', 'dear 4']) {
      end(name)
      await turn()
    }
    expect(gate.figures).toEqual({ running: 0, waiting: 0, refused: 0 })
  })

  test('whoever comes to fill the last place lets in one that waits for the spare', async () => {
    const gate = new Gate({ places: 2, spare: 1, length: 10, waitSeconds: 5 })
    const { begun, work, end } = works()
    void gate.run(work('dear 1'), staying, true)
    for (const name of ['a', 'b']) void gate.run(work(name), staying)
    void gate.run(work('dear 2'), staying, true)
    void gate.run(work('c'), staying)
    end('a')
    await turn()
    expect(begun).toEqual(['dear 1', 'a', 'b'])
    end('b')
    await turn()
    expect(begun).toEqual(['dear 1', 'a', 'b', 'dear 2', 'c'])
    for (const name of ['dear 1', 'dear 2', 'c']) end(name)
  })

  test('dear work fills half of the queue at most', async () => {
    const gate = new Gate({ places: 1, length: 4, waitSeconds: 5 })
    const { begun, work, end } = works()
    const codes: string[] = []
    const ask = (dear: boolean): void => {
      void gate.run(work(`${codes.length}`), staying, dear).then((got) => codes.push(got instanceof Failure ? got.code : got))
    }
    for (let count = 0; count < 5; count++) ask(true)
    await turn()
    expect(codes).toEqual(['overloaded', 'overloaded'])
    expect(gate.refusal()).toBeUndefined()
    for (let count = 0; count < 3; count++) ask(false)
    await turn()
    expect(codes.length).toBe(3)
    expect([begun.length, gate.figures.waiting]).toEqual([1, 4])
    expect(gate.refusal()).toMatchObject({ code: 'overloaded' })
    for (let count = 0; count < 5; count++) {
      end('0')
      end('2')
      await turn()
    }
  })

  test('no listener stays on a signal', async () => {
    const gate = new Gate({ places: 1, length: 10, waitSeconds: 5 })
    const { signal } = new AbortController()
    await Promise.all(Array.from({ length: 10 }, () => gate.run(async () => 'x', signal)))
    await gate.run(() => Promise.reject(new Error('bad')), signal).catch(() => {})
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
