import { describe, expect, it } from 'vitest'
import { Failure } from '../errors.ts'
import { Room } from './room.ts'

const live = new AbortController().signal
const open = (wishes: { bytes?: number; length?: number; waitSeconds?: number } = {}): Room =>
  new Room({ bytes: 100, length: 2, waitSeconds: 5, ...wishes })
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What has become of a wait so far. */
function watched(wait: Promise<Failure | undefined>): { state: string } {
  const seen = { state: 'waits' }
  wait.then(
    (end) => {
      seen.state = end instanceof Failure ? end.code : 'in'
    },
    () => {
      seen.state = 'left'
    },
  )
  return seen
}

describe('room for originals', () => {
  it('is taken, shrinks, and is free when the last has left', async () => {
    const room = open()
    const share = room.open()
    expect(await share.take(90, live)).toBeUndefined()
    await share.take(60, live)
    expect(room.figures.used).toBe(60)
    share.join()
    share.leave()
    expect(room.figures.used).toBe(60)
    share.leave()
    expect(room.figures.used).toBe(0)
  })

  it('is waited for in line: a small one does not slip past a large one', async () => {
    const room = open()
    const [first, large, small] = [room.open(), room.open(), room.open()]
    await first.take(80, live)
    const second = watched(large.take(50, live))
    const third = watched(small.take(10, live))
    await soon()
    expect([second.state, third.state, room.figures.waiting]).toEqual(['waits', 'waits', 2])
    first.leave()
    await soon()
    expect([second.state, third.state, room.figures.used]).toEqual(['in', 'in', 60])
  })

  it('is refused beyond the line, and after the longest wait; who leaves the line lets the next in', async () => {
    const room = open({ waitSeconds: 0.02, length: 1 })
    const first = room.open()
    await first.take(60, live)
    const late = watched(room.open().take(50, live))
    const full = await room.open().take(1, live)
    expect([full?.code, full?.status, full?.detail.retryAfterSeconds]).toEqual(['overloaded', 503, 1])
    await new Promise((resolve) => setTimeout(resolve, 40))
    expect([late.state, room.figures]).toEqual(['overloaded', { used: 60, waiting: 0, refused: 2 }])

    const patient = open()
    await patient.open().take(60, live)
    const leaving = new AbortController()
    const gone = watched(patient.open().take(50, leaving.signal))
    const next = watched(patient.open().take(40, live))
    leaving.abort()
    await soon()
    expect([gone.state, next.state, patient.figures.used]).toEqual(['left', 'in', 100])
  })

  it('is there for one that is larger than all of it, alone', async () => {
    const room = open()
    const large = room.open()
    expect(await large.take(1000, live)).toBeUndefined()
    const other = watched(room.open().take(1, live))
    await soon()
    expect(other.state).toBe('waits')
    large.leave()
    await soon()
    expect([other.state, room.figures.used]).toEqual(['in', 1])
  })

  it('that comes when nobody needs it any more is given back', async () => {
    const room = open()
    const first = room.open()
    await first.take(100, live)
    const second = room.open()
    const wait = second.take(50, live)
    second.leave()
    first.leave()
    await wait
    expect(room.figures.used).toBe(0)
  })
})
