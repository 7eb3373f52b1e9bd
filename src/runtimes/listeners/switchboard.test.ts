import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Downward } from './messages.ts'
import { type Line, Switchboard } from './switchboard.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const line = (): Line & { readonly heard: Downward[] } => {
  const heard: Downward[] = []
  return { heard, send: (message) => heard.push(message) }
}

function three(): {
  readonly board: Switchboard
  readonly lines: [ReturnType<typeof line>, ReturnType<typeof line>, ReturnType<typeof line>]
} {
  const board = new Switchboard()
  const lines = [line(), line(), line()] as const
  for (const each of lines) board.connect(each)
  return { board, lines: [...lines] }
}

const ask = { kind: 'ask', ask: 7, question: { kind: 'forget', name: 'abc' }, seconds: 3 } as const
const said = (round: number, value: unknown) => ({ kind: 'said', round, said: { value } }) as const

it('puts a question to all, the asker too, and hands back what all said', () => {
  const { board, lines } = three()
  board.receive(lines[1], ask)
  for (const { heard } of lines) expect(heard).toEqual([{ kind: 'question', round: 1, question: ask.question }])
  board.receive(lines[0], said(1, 'a'))
  board.receive(lines[0], said(1, 'again'))
  board.receive(lines[1], said(1, 'b'))
  expect(lines[1].heard).toHaveLength(1)
  board.receive(lines[2], { kind: 'said', round: 1, said: { failed: 'why' } })
  expect(lines[1].heard[1]).toEqual({ kind: 'answer', ask: 7, said: [{ value: 'a' }, { value: 'b' }, { failed: 'why' }], missing: 0 })
  expect(lines[0].heard).toHaveLength(1)
})

it('waits for nobody who was lost, and for nobody longer than was asked', () => {
  const { board, lines } = three()
  board.receive(lines[0], ask)
  board.receive(lines[0], said(1, 'a'))
  board.receive(lines[1], said(1, 'b'))
  board.disconnect(lines[2])
  expect(lines[0].heard[1]).toMatchObject({ said: [{ value: 'a' }, { value: 'b' }], missing: 0 })
  board.receive(lines[0], { ...ask, ask: 8 })
  board.receive(lines[0], said(2, 'c'))
  vi.advanceTimersByTime(3000)
  expect(lines[0].heard[3]).toEqual({ kind: 'answer', ask: 8, said: [{ value: 'c' }], missing: 1 })
  board.receive(lines[1], said(2, 'late'))
  expect(lines[0].heard).toHaveLength(4)
})
