import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** Limits, so that a decoder that complains of every row of pixels cannot fill the log. */
const lineLength = 1000
const linesPerSecond = 20

/** Gives what a stream says line by line: lines are clipped, empty ones dropped, and so is what comes too fast, with a count of it. */
export function eachLine(stream: Readable, onLine: (line: string) => void, now: () => number = Date.now): void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let second = 0
  let said = 0
  const say = (line: string): void => {
    const current = Math.floor(now() / 1000)
    if (current !== second) {
      if (said > linesPerSecond) onLine(`${said - linesPerSecond} more lines left out`)
      second = current
      said = 0
    }
    if (line.trim() !== '' && ++said <= linesPerSecond) onLine(line.slice(0, lineLength))
  }
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split(/\r?\n/)
    rest = (lines.pop() ?? '').slice(0, lineLength)
    for (const line of lines) say(line)
  })
  stream.on('end', () => say(rest))
  stream.on('error', () => {}) // nobody is left to say anything
}
