// Sends mutants through the real render pool, as the process that would serve: it loads no decoder, and nothing may end it. What it does is told
// to the process that started it, before and after each mutant, so that its death could be laid at the door of the right one.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { native } from '../../dist/dialects/native.js'
import { filters } from '../../dist/filters/all.js'
import { limitFields } from '../../dist/geometry/limits.js'
import { openPool, renderProcessEntry } from '../../dist/pixels/pool.js'

const { parts, folder, seed, first, last, untilMs, processes } = JSON.parse(process.argv[2])
const { mutantOf, problemOf } = await import(parts)
const limits = Object.fromEntries(Object.entries(limitFields).map(([name, field]) => [name, field.fallback]))
const words = { filters, presets: {}, presetsOnly: false, ignored: [], prefix: '/i' }
const originals = new Map()
for (const file of (await readdir(folder)).sort()) originals.set(decodeURIComponent(file), await readFile(join(folder, file)))

const pool = await openPool({ entry: renderProcessEntry(), processes, spare: 1 })
const signal = new AbortController().signal
let next = first

async function lane() {
  while (next <= last && Date.now() < untilMs) {
    const mutant = mutantOf(originals, seed, next++)
    process.send({ begun: mutant.number })
    const began = performance.now()
    const { outcome, sanitised } = await outcomeOf(mutant)
    const took = (performance.now() - began) / 1000
    const problem =
      problemOf(outcome, { took, deadline: limits.renderSeconds }) ?? (sanitised && problemOf(sanitised, { took: 0, deadline: 1 }))
    const code = outcome instanceof Error ? (outcome.code ?? 'thrown') : 'picture'
    // Refused for its memory is not the same as refused for what can be read in it.
    const ended = code === 'render-crashed' || (code === 'original-too-costly' && /bytes of memory/.test(outcome.message))
    process.send({ ended: mutant.number, code, took, killed: ended, ...(problem ? { problem } : {}) })
  }
}

async function outcomeOf({ query, bytes }) {
  const order = native.parse(`/i/a?${query}`, words)
  if (order instanceof Error) throw order
  const job = { recipe: order.recipe, originals: [bytes], limits }
  const outcome = await pool.render(job, signal).catch((thrown) => asError(thrown))
  if (bytes[0] !== 0x3c && bytes[0] !== 0x1f) return { outcome }
  const safe = await pool.sanitise(bytes, limits, signal).catch((thrown) => asError(thrown))
  return { outcome, sanitised: safe instanceof Error ? safe : { bytes: safe, format: 'svg' } }
}

function asError(thrown) {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

await Promise.all(Array.from({ length: processes }, lane))
const { kills, crashes, starts } = pool.figures()
process.send({ figures: { kills, crashes, starts } })
await pool.close()
process.disconnect()
