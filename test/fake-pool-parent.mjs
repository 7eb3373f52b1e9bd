// A service that opens a pool of fake processes, puts two of them to work that never ends, and tells their numbers.
import { fileURLToPath } from 'node:url'
import { openPool } from '../dist/pixels/pool.js'

const pool = await openPool({ entry: fileURLToPath(new URL('./fake-render-process.mjs', import.meta.url)), processes: 3, spare: 0 })
const limits = { renderSeconds: 300, svgSeconds: 300, memoryBytes: 1e10 }
const { signal } = new AbortController()
/** @param {string} name */
const run = (name) =>
  pool.render({ recipe: { dpr: 1, steps: [{ kind: 'filter', name, args: {} }], output: {} }, originals: [], limits }, signal)
const about = async () => JSON.parse((await run('about')).bytes.toString()).pid
const pids = [await about()]
run('spin')
pids.push(await about())
run('hang')
pids.push(await about())
process.stdout.write(`${JSON.stringify(pids)}\n`)
