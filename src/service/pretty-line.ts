import { type Ink, printBytes } from './ink.ts'

/** A line of the log for a person: `12:01:07 200 GET /i/a.jpg?w=300 12 kB 14 ms miss webp`. */
export function prettyLine(line: string, ink: Ink): string {
  const entry = JSON.parse(line) as Readonly<Record<string, unknown>>
  const { time, level, message, status, method, target, bytes, milliseconds, cache, format, code, cause, ...rest } = entry
  const clock = ink('dim', String(time).slice(11, 19))
  if (status === undefined) {
    const { id: _id, ...facts } = rest
    const tail = Object.keys(facts).length === 0 ? '' : ` ${ink('dim', JSON.stringify(facts))}`
    const said = level === 'error' ? ink('red', `${message}`) : level === 'warn' ? ink('yellow', `${message}`) : `${message}`
    return `${clock} ${said}${tail}\n`
  }
  const colour = Number(status) >= 500 ? 'red' : Number(status) >= 400 ? 'yellow' : 'green'
  const about = [printBytes(Number(bytes)), `${Math.round(Number(milliseconds))} ms`, cache, format].filter((part) => part !== undefined)
  const trouble = code === undefined ? '' : ` ${ink(colour, `${code}`)}${cause === undefined ? '' : ` ${text(cause)}`}`
  return `${clock} ${ink(colour, `${status}`)} ${method} ${target} ${ink('dim', about.join(' '))}${trouble}\n`
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
