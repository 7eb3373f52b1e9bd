import { describe, expect, test } from 'vitest'
import { openWatch } from './open-watch.ts'
import type { Answered } from './watch.ts'

const answered: Answered = { id: 'r1', method: 'GET', target: '/i/a', status: 200, bytes: 5, milliseconds: 2, timings: {} }

function open(metrics: boolean) {
  const lines: string[] = []
  return { lines, opened: openWatch({ level: 'info', format: 'json', metrics, write: (line) => lines.push(line) }) }
}

describe('the watch', () => {
  test('logs and counts from the first request on, though the metrics load behind', async () => {
    const { lines, opened } = open(true)
    opened.watch.answered(answered)
    opened.watch.stage('render', 3)
    opened.observe({ queue: () => ({ waiting: 2, refused: 0 }) })
    opened.observe({ queue: () => ({ waiting: 9, refused: 9 }) })
    opened.watch.note('info', 'here')
    const { text } = (await opened.metrics?.()) ?? { text: '' }
    expect(text).toMatch(/^tintype_requests_total\{.*\} 1$/m)
    expect(text).toMatch(/^tintype_stage_seconds_count\{stage="render"\} 1$/m)
    expect(text).toMatch(/^tintype_queue_waiting 2$/m)
    expect(lines).toHaveLength(2)
    opened.watch.answered(answered)
    expect((await opened.metrics?.())?.text).toMatch(/^tintype_requests_total\{.*\} 2$/m)
    await opened.close()
  })

  test('has no metrics where they are switched off', async () => {
    const { opened } = open(false)
    expect(opened.metrics).toBeUndefined()
    opened.watch.answered(answered)
    opened.observe({})
    await opened.close()
  })

  test('never throws into the service', async () => {
    const { watch, close } = openWatch({
      level: 'debug',
      format: 'json',
      metrics: true,
      write: () => {
        throw new Error('disk full')
      },
    })
    const hostile = {
      get cause(): string {
        throw new Error('no')
      },
    }
    watch.answered(answered)
    watch.answered(hostile as unknown as Answered)
    watch.note('error', 'x', hostile)
    watch.stage('render', Number.NaN)
    await close()
    watch.stage('render', -1)
    expect(await watch.span('x', async () => 3)).toBe(3)
  })
})
