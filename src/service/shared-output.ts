import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs'
import { type LogOutput, linesWithin, mostWaiting, standardOutput } from './log-output.ts'

/** So much is written to a pipe whole, whoever else writes to it (POSIX: PIPE_BUF; Linux has 4096). */
const pipeBytes = 4096
/** So much goes to a socket as one message (Linux). */
const socketBytes = 16_384
const retryMilliseconds = 5

/**
 * Lines to a file descriptor to which other processes write lines too: none is torn, whatever the reader does. A longer write may be halted
 * in its middle where the reader is slow, and the others go on there.
 */
export function sharedOutput(lost: (lines: number) => void, descriptor = 1): LogOutput {
  const facts = fstatSync(descriptor)
  if (facts.isFIFO()) {
    const own = openAgain(descriptor)
    if (own !== undefined) return pipeOutput(own, lost)
  }
  // A file takes each write whole, at its end.
  const mostBytes = facts.isFIFO() ? pipeBytes : facts.isSocket() ? socketBytes : Number.POSITIVE_INFINITY
  return standardOutput(false, lost, descriptor, mostBytes)
}

/** The same pipe, opened so that a write which finds no room says so at once: the descriptor itself is shared, and so is how it waits. */
function openAgain(descriptor: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return undefined // no Linux, or the pipe of another user
  }
}

/** A busy server makes more lines in one turn of the event loop than one short write holds: here all that the pipe takes go out at once. */
function pipeOutput(descriptor: number, lost: (lines: number) => void): LogOutput {
  const waiting: string[] = []
  /** What is being written: whole lines; or the rest of one that is longer than a pipe takes whole. */
  let piece = Buffer.alloc(0)
  let length = 0
  let dropped = 0
  let scheduled = false
  let drained: (() => void) | undefined

  function flush(): void {
    scheduled = false
    while (piece.length > 0 || waiting.length > 0) {
      if (piece.length === 0) piece = Buffer.from(waiting.splice(0, linesWithin(waiting, pipeBytes)).join(''))
      const taken = write(piece)
      if (taken === 0) {
        scheduled = true
        setTimeout(flush, retryMilliseconds)
        return
      }
      piece = piece.subarray(taken)
    }
    length = 0
    drained?.()
    if (dropped === 0) return
    const lines = dropped
    dropped = 0
    lost(lines)
  }

  /** Bytes that were taken. A reader that went away takes only the log with it. */
  function write(bytes: Buffer): number {
    try {
      return writeSync(descriptor, bytes)
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'EAGAIN' ? 0 : bytes.length
    }
  }

  return {
    write(line) {
      if (length + line.length > mostWaiting) {
        dropped += 1
        return
      }
      waiting.push(line)
      length += line.length
      if (scheduled) return
      scheduled = true
      setImmediate(flush)
    },
    close: () =>
      new Promise((resolve) => {
        const done = (): void => {
          drained = undefined
          clearTimeout(timer)
          closeSync(descriptor)
          resolve()
        }
        // A reader that takes nothing more must not hold up the end.
        const timer = setTimeout(() => {
          waiting.length = 0
          piece = Buffer.alloc(0)
          done()
        }, 1000)
        drained = done
        flush()
      }),
  }
}
