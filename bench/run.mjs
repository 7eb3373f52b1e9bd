// `npm run bench`: how fast the service is, against the same work done bare, in rounds that take turns. Prints tables, writes all figures to
// bench/results.json, and ends with 1 where a bar is missed. Ratios alone travel from one machine to another.
//
//   --only NAME    rows whose names begin so; `--list` prints the names
//   --quick        a tenth of the work: does it run?
//   --write        the tables into docs/benchmarks.md
//   --folder DIR   originals from there, not drawn ones
//   --peer NAME=URL   another service on this machine; {source} {format} {width} {height} stand in the URL. Several may be named.
//
// `npm run bench -- overload` measures something else: what too much work and faults do.
import { writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { judge } from './figures.mjs'
import { machine } from './machine.mjs'
import { busy, page } from './page.mjs'
import { scenarios } from './scenarios/all.mjs'
import { chosen, readOptions, table } from './words.mjs'
import { openWorkshop } from './workshop.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
if (process.argv[2] === 'overload') {
  await import('./overload.mjs')
  process.exit()
}

const options = readOptions(process.argv.slice(2))
const wanted = scenarios.flatMap(({ rows }) => Object.keys(rows)).filter((name) => chosen(name, options.only))
if (wanted.length === 0) throw new Error(`--only ${options.only.join(' ')}: no row begins so; --list prints their names.`)
if (options.list) {
  console.log(wanted.join('\n'))
  process.exit()
}

const began = performance.now()
const [load] = loadavg()
const results = []
const bench = await openWorkshop(options)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => bench.close().finally(() => process.exit(1)))
try {
  for (const { title, command, text, rows } of scenarios) {
    const found = []
    for (const [name, row] of Object.entries(rows)) {
      if (!wanted.includes(name)) continue
      const lines = [await row(bench).catch((error) => failed(name, error))].flat()
      found.push(...lines)
      if (lines.length > 0) console.log(`${name}\n${table(lines)}\n`)
    }
    if (found.length > 0)
      results.push({ title, command, text, rows: found.map((line) => ({ ...line, holds: judge(line.figures, line.bar) })) })
  }
} finally {
  await bench.close()
}

const minutes = Math.round((performance.now() - began) / 6000) / 10
const about = { ...machine(), at: new Date().toISOString(), minutes, load, quick: options.quick }
const barred = results.flatMap(({ rows }) => rows).filter(({ bar }) => bar !== undefined)
const missed = barred.filter(({ holds }) => holds === false)
console.log(`${about.machine}; ${about.versions}; ${minutes} minutes${busy(load)}`)
console.log(
  `${barred.length - missed.length} bars hold, ${missed.length} missed${missed.map(({ what }) => `\n  missed: ${what}`).join('')}`,
)
await writeFile(join(root, 'bench/results.json'), `${JSON.stringify({ ...about, results }, undefined, 2)}\n`)
if (options.write) await writeFile(join(root, 'docs/benchmarks.md'), page(about, results))
process.exitCode = missed.length === 0 ? 0 : 1

/** A row that could not be measured is a bar that is missed. */
function failed(name, error) {
  console.error(`${name}: ${error.stack}`)
  return { what: name, figures: { failed: error.message }, bar: { figure: 'failed', atMost: 0 } }
}
