import { table } from '../docs/markdown.mjs'
import { behind } from './frontier.mjs'

/** How far from the frontier counts as on it: times differ by so much from run to run. */
export const near = 1.03

/** What was measured of one trial, fastest first, and a sentence on where the default stands. The default is the first of `rows`. */
export function trialTable({ look }, rows) {
  const [own] = rows
  const sorted = [...rows].sort((a, b) => a.time - b.time)
  const heads = ['', 'Setting', 'Bytes', 'least to most', 'Time', look ? 'Quality' : 'Likeness', 'Colour error']
  const lines = sorted.map((row) => [
    mark(behind(row, rows)),
    row === own ? `**${row.name}**` : row.name,
    row.size.toFixed(3),
    row.sizes.map((size) => size.toFixed(2)).join(' to '),
    row.time.toFixed(2),
    look ? row.quality : row.likeness.toFixed(4),
    row.colour.toFixed(2),
  ])
  return `${table(heads, lines)}\n\n${verdict(rows)}`
}

function mark(behindBy) {
  return behindBy === 1 ? '●' : behindBy <= near ? '○' : ''
}

/** Where the default stands. */
export function verdict(rows) {
  const [own] = rows
  const by = behind(own, rows)
  const figures = `${(own.bytes / 1000).toFixed(1)} kB in ${own.cpuMs.toFixed(1)} ms of CPU for the picture in the middle`
  const percent = `${((by - 1) * 100).toFixed(by < 1.1 ? 1 : 0)} %`
  if (by === 1) return `The default, ${own.name}, is on the frontier: ${figures}.`
  const better = rows.filter((row) => Math.min(own.size / row.size, own.time / row.time) === by).map(({ name }) => name)
  return `The default, ${own.name}, is ${by <= near ? 'near' : 'behind'} the frontier, by ${percent} to ${better.join(', ')}: ${figures}.`
}
