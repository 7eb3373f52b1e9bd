// `npm run fuzz -- --minutes N`: damaged pictures through the real render pool. What comes of each must be a picture, a 4xx or a 504; never
// `internal`, never a hang, never the death of the process that serves. Each mutant follows from the seed and its number: `--seed S --only N`
// brings one again. `--save FOLDER` keeps what was found, and what made a render process die (fuzz-found/ unless said); `--originals FOLDER`
// damages other files. The last line is `N passed, N failed`, and the exit code says the same.
import { fork } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
    only: { type: 'string' },
    save: { type: 'string', default: join(root, 'fuzz-found') },
    originals: { type: 'string' },
  },
})
const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
if (!(minutes > 0 && minutes <= 24 * 60) || !Number.isInteger(seed)) {
  console.error('Expected --minutes above 0, at most 1440, and --seed as a whole number.')
  process.exit(2)
}

// Below the repository, so that the bundle finds sharp.
const cache = join(root, 'node_modules/.cache')
await mkdir(cache, { recursive: true })
const scratch = await mkdtemp(join(cache, 'fuzz-'))
const counts = new Map()
const total = { mutants: 0, findings: 0, deaths: 0, slowest: 0 }
const untilMs = Date.now() + minutes * 60_000
try {
  const parts = pathToFileURL(join(scratch, 'parts.mjs')).href
  await build({
    entryPoints: [join(root, 'test/fuzz/parts.ts')],
    outfile: fileURLToPath(parts),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
  const { drawnOriginals, mutantOf } = await import(parts)
  const folder = values.originals ?? (await laidOut(await drawnOriginals(join(root, 'samples'))))
  const originals = new Map()
  for (const file of (await readdir(folder)).sort()) originals.set(decodeURIComponent(file), await readFile(join(folder, file)))
  console.log(`${originals.size} originals, seed ${seed}, ${minutes} minutes`)

  let first = values.only === undefined ? 1 : Number(values.only)
  const last = values.only === undefined ? Number.MAX_SAFE_INTEGER : first
  while (first <= last && (Date.now() < untilMs || last === first)) {
    const end = await run({ parts, folder, seed, first, last, untilMs, processes: availableParallelism() }, (number, what) =>
      keep(mutantOf(originals, seed, number), what),
    )
    if (!end.died) break
    total.deaths += 1
    if (total.deaths > 20 || end.next === first) break // it dies at once, whatever it is given
    first = end.next
  }
} finally {
  await rm(scratch, { recursive: true, force: true, maxRetries: 3 })
}

for (const [code, count] of [...counts].sort(([, a], [, b]) => b - a)) console.log(`${String(count).padStart(8)}  ${code}`)
console.log(`slowest ${total.slowest.toFixed(2)} s, deaths of the parent ${total.deaths}`)
console.log(`${total.mutants - total.findings} passed, ${total.findings + total.deaths} failed`)
process.exitCode = total.findings + total.deaths === 0 && total.mutants > 0 ? 0 : 1

/** Drawing takes a decoder's library: it is done here, and not in the process that stands for a server. */
async function laidOut(pictures) {
  const folder = join(scratch, 'originals')
  await mkdir(folder)
  for (const [name, bytes] of pictures) await writeFile(join(folder, encodeURIComponent(name)), bytes)
  return folder
}

/** Runs a worker to its end, or to its death: then `next` is the number of the first mutant that nobody has begun. */
function run(options, keep) {
  const worker = fork(join(root, 'scripts/fuzz/worker.mjs'), [JSON.stringify(options)], { cwd: tmpdir() })
  const open = new Set()
  let next = options.first
  let finished = false
  const kept = []
  worker.on('message', ({ begun, ended, code, took, killed, problem, figures }) => {
    if (begun !== undefined) {
      open.add(begun)
      next = Math.max(next, begun + 1)
    }
    if (figures !== undefined) {
      finished = true
      console.log(`kills ${figures.kills}, deaths of render processes ${figures.crashes}, starts ${figures.starts}`)
    }
    if (ended === undefined) return
    open.delete(ended)
    total.mutants += 1
    total.slowest = Math.max(total.slowest, took)
    counts.set(code, (counts.get(code) ?? 0) + 1)
    if (problem !== undefined) total.findings += 1
    if (problem !== undefined || killed) kept.push(keep(ended, problem ?? code))
    if (total.mutants % 1000 === 0) console.log(`${total.mutants} mutants, ${total.findings} findings`)
  })
  // Where a worker hangs, its deadline is the end of the time and a render's grace.
  const timer = setTimeout(() => worker.kill('SIGKILL'), Math.max(0, options.untilMs - Date.now()) + 60_000)
  return new Promise((resolve) => {
    worker.on('close', async (exit, signal) => {
      clearTimeout(timer)
      const died = !finished || exit !== 0
      if (died) for (const number of open) kept.push(keep(number, `the parent died (${signal ?? exit})`))
      await Promise.all(kept)
      resolve({ died, next })
    })
  })
}

/** Keeps a mutant as a file, and beside it how it came to be. */
async function keep({ number, name, how, query, bytes }, what) {
  const at = join(values.save, `${seed}-${number}`)
  console.log(`FOUND ${number} (${name}: ${how.join(', ')}; ${query}): ${what}`)
  await mkdir(values.save, { recursive: true })
  await writeFile(`${at}.bin`, bytes)
  await writeFile(`${at}.json`, `${JSON.stringify({ what, name, how, query, seed, number }, undefined, 2)}\n`)
}
