import { destination } from 'pino'

/** How many of the lines, one at least, have no more bytes together. */
export function linesWithin(lines: readonly string[], mostBytes: number): number {
  if (mostBytes === Number.POSITIVE_INFINITY) return lines.length
  let bytes = Buffer.byteLength(lines[0] ?? '')
  for (let count = 1; count < lines.length; count++) {
    bytes += Buffer.byteLength(lines[count] ?? '')
    if (bytes > mostBytes) return count
  }
  return lines.length
}

/** Characters of lines that wait for a slow reader of the log; beyond it lines are dropped, since the service must go on. */
export const mostWaiting = 4 * 2 ** 20

/** Where finished lines go. */
export type LogOutput = { readonly write: (line: string) => void; readonly close: () => Promise<void> }

/**
 * Lines to a file descriptor. What comes while a write is under way leaves whole with the next: in pieces of a fixed size, one for each
 * turn of the event loop, a busy server makes more lines than leave, and would drop half of them although the disk is idle.
 * @param immediate  Each line is written before the next thing happens.
 * @param lost       Told how many lines were dropped, as soon as there is room again.
 * @param mostBytes  Of one write, as far as no single line is longer.
 */
export function standardOutput(
  immediate: boolean,
  lost: (lines: number) => void,
  descriptor = 1,
  mostBytes = Number.POSITIVE_INFINITY,
): LogOutput {
  const stream = destination({ dest: descriptor, sync: immediate })
  let writing = false
  const waiting: string[] = []
  let length = 0
  let dropped = 0

  /** What waits, as one text: all of it, or so much as one write may hold. */
  function takeWaiting(): string {
    const text = waiting.splice(0, linesWithin(waiting, mostBytes)).join('')
    length -= text.length
    return text
  }

  function write(line: string): void {
    if (immediate) {
      stream.write(line)
    } else if (!writing) {
      writing = true
      stream.write(line)
    } else if (length + line.length > mostWaiting) {
      dropped += 1
    } else {
      waiting.push(line)
      length += line.length
    }
  }

  stream.on('error', () => {}) // a reader that went away takes only the log with it
  stream.on('drain', () => {
    writing = false
    if (waiting.length > 0) write(takeWaiting())
    if (dropped === 0) return
    const lines = dropped
    dropped = 0
    lost(lines)
  })
  return {
    write,
    close: () =>
      new Promise((resolve) => {
        const done = (): void => resolve()
        // A reader that takes nothing more must not hold up the end; the stream never closes standard output itself.
        setTimeout(done, 1000).unref()
        stream.once('close', done)
        while (waiting.length > 0) stream.write(takeWaiting())
        stream.end()
      }),
  }
}
