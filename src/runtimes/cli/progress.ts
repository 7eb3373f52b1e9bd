import { progress, spinner } from '@clack/prompts'
import type { Printer } from './command.ts'

/** How a long work goes on, for whoever watches. */
export type Progress = {
  /** So many are done by now. */
  at(count: number): void
  end(message: string): void
  fail(message: string): void
}

/** Lines that no terminal shows come no more often than this. */
const lineSeconds = 10

/**
 * A bar on a terminal, a counter where nobody knows how many there will be; elsewhere a line now and then.
 * @param doing  `Sending`.
 */
export function openProgress({ terminal, line }: Printer, doing: string, total: number | undefined): Progress {
  const shown = (count: number): string =>
    `${doing}: ${count.toLocaleString('en')}${total === undefined ? '' : ` of ${total.toLocaleString('en')}`}`
  if (!terminal) {
    let next = Date.now() + lineSeconds * 1000
    return {
      at(count) {
        if (Date.now() < next) return
        next = Date.now() + lineSeconds * 1000
        line(shown(count))
      },
      end: line,
      fail: line,
    }
  }
  if (total === undefined) {
    const turning = spinner({ output: process.stderr })
    turning.start(doing)
    return { at: (count) => turning.message(shown(count)), end: turning.stop, fail: turning.error }
  }
  const bar = progress({ max: Math.max(1, total), output: process.stderr })
  let before = 0
  bar.start(doing)
  return {
    at(count) {
      bar.advance(count - before, shown(count))
      before = count
    },
    end: bar.stop,
    fail: bar.error,
  }
}
