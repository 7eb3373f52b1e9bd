// Cold renders and hits through HTTP, against the same work done bare, interleaved in one run. Figures are ratios: only those travel
// from one machine to another. `npm run bench` prints the table and writes bench/results.json; `-- --quick` takes a tenth of the time,
// `-- --only "PNG to PNG"` one row. `npm run bench -- cold` measures something else, the first picture of a function;
// `npm run bench -- overload` what too much work and faults do.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import sharp from 'sharp'
import { groupUse } from './process-group.mjs'

if (process.argv[2] === 'overload') {
  await import('./overload.mjs')
  process.exit()
}
if (process.argv[2] === 'cold') {
  await import('./cold.mjs')
  process.exit()
}

const root = fileURLToPath(new URL('..', import.meta.url))
const quick = process.argv.includes('--quick')
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined
const rounds = quick ? 2 : 7
const renders = quick ? 10 : 40
const warmup = quick ? 1 : 4
const hitSeconds = quick ? 2 : 5

/** One cell of cold work: a photograph in one format, what is asked of it, and the same call of sharp. The drawing is small: there the fixed cost shows. */
const cells = [
  { name: 'JPEG to JPEG', original: 'jpeg', query: 'w=512&f=jpeg' },
  { name: 'JPEG to WebP', original: 'jpeg', query: 'w=512&f=webp' },
  { name: 'JPEG to AVIF', original: 'jpeg', query: 'w=512&f=avif' },
  { name: 'PNG to PNG', original: 'png', query: 'w=512&f=png' },
  { name: 'WebP to WebP', original: 'webp', query: 'w=512&f=webp' },
  { name: 'AVIF to AVIF', original: 'avif', query: 'w=512&f=avif' },
  { name: 'drawing of 58 kB to PNG', original: 'drawing', query: 'w=512&f=png' },
]

const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
const originals = join(folder, 'originals')
await mkdir(originals)
const children = []
try {
  const lines = []
  for (const cell of cells) if (only === undefined || cell.name === only) lines.push(await cold(cell))
  const hits = only === undefined ? [await hit()] : []
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`
  console.log(`\n${machine}; medians of ${rounds} interleaved rounds, lowest and highest in brackets\n`)
  console.log(table([...lines, ...hits]))
  await writeFile(join(root, 'bench/results.json'), `${JSON.stringify({ machine, rounds, lines, hits }, undefined, 2)}\n`)
} finally {
  for (const child of children) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
}

/** CPU per request through HTTP and a render process, against the same call of sharp in a loop. */
async function cold({ name, original, query }) {
  const photograph = join(root, 'samples/landscape.jpg')
  const file =
    original === 'drawing' ? join(root, 'samples/drawing.png') : original === 'jpeg' ? photograph : join(folder, `photograph.${original}`)
  if (file.startsWith(folder))
    await sharp(photograph)
      .toFormat(original, original === 'png' ? {} : { quality: 80, effort: 2 })
      .toFile(file)
  const stem = name.replace(/\W/g, '')
  const ending = file.split('.').at(-1)
  // Every request asks for a picture of its own, so that nothing is a hit.
  for (let index = 0; index < (warmup + rounds) * renders; index++)
    await link(file, join(originals, `${stem}-${index}.${ending}`)).catch(() => cp(file, join(originals, `${stem}-${index}.${ending}`)))
  const server = await startServer(originals)
  const bare = await startBare(file, query)
  const through = []
  const loop = []
  for (let round = 0; round < warmup + rounds; round++) {
    const before = await groupUse(server.pid)
    for (let index = 0; index < renders; index++) {
      const response = await fetch(`${server.url}/i/${stem}-${round * renders + index}.${ending}?${query}`)
      if (response.status !== 200 || !response.headers.get('cache-status')?.includes('miss'))
        throw new Error(`${response.status} ${response.headers.get('cache-status')}`)
      await response.arrayBuffer()
    }
    const after = await groupUse(server.pid)
    const alone = await bare.run(renders)
    // The first round warms both up.
    if (round >= warmup) {
      through.push(((after.cpuSeconds - before.cpuSeconds) / renders) * 1000)
      loop.push((alone / renders) * 1000)
    }
  }
  const { rssBytes } = await groupUse(server.pid)
  await server.stop()
  bare.stop()
  const ratios = through.map((value, index) => value / loop[index])
  return {
    name,
    'bare, CPU ms': spread(loop),
    'through HTTP, CPU ms': spread(through),
    ratio: spread(ratios),
    bar: 'at most 1.15',
    'MB resident': Math.round(rssBytes / 1e6),
  }
}

/** Requests per second of one stored result, against a bare server that sends the same bytes. */
async function hit() {
  const server = await startServer(join(root, 'samples'))
  const path = '/i/landscape.jpg?w=600&f=jpeg'
  const result = Buffer.from(await (await fetch(`${server.url}${path}`)).arrayBuffer())
  const bare = await startHttp(result)
  const ours = []
  const theirs = []
  for (let round = 0; round < Math.min(rounds, 5); round++) {
    theirs.push(await rate(bare.url))
    ours.push(await rate(`${server.url}${path}`))
  }
  await server.stop()
  bare.stop()
  const ratios = ours.map((value, index) => value / theirs[index])
  return {
    name: `hit of ${(result.length / 1000).toFixed(0)} kB`,
    'bare, requests/s': spread(theirs),
    'tintype, requests/s': spread(ours),
    ratio: spread(ratios),
    bar: 'at least 0.70',
  }
}

async function rate(url) {
  const { requests, errors, non2xx } = await autocannon({ url, connections: 50, duration: hitSeconds })
  if (errors > 0 || non2xx > 0) throw new Error(`${errors} errors, ${non2xx} answers that are not 2xx`)
  return requests.average
}

async function startServer(originals) {
  const child = start([
    'dist/runtimes/cli/main.js',
    'serve',
    originals,
    '--port',
    '0',
    '--log-level',
    'warn',
    '--store-disk-folder',
    join(folder, 'cache'),
    '--limit-request-seconds',
    '60',
  ])
  const [, url] = await line(child, /(http:\/\/[\w.[\]:]+:\d+)/)
  return {
    url,
    pid: child.pid,
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** sharp in a loop, in a process of its own with the same allocator setting. */
async function startBare(file, query) {
  const child = start(['bench/bare.mjs', file, query])
  await line(child, /(ready)/)
  return {
    async run(count) {
      child.stdin.write(`${count}\n`)
      return Number((await line(child, /cpu ([\d.]+)/))[1])
    },
    stop: () => child.kill('SIGKILL'),
  }
}

async function startHttp(bytes) {
  await writeFile(join(folder, 'body'), bytes)
  const child = start(['bench/bare-http.mjs', join(folder, 'body')])
  const [, url] = await line(child, /(http:\/\/\S+)/)
  return { url, stop: () => child.kill('SIGKILL') }
}

function start(args) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, MALLOC_ARENA_MAX: '2' },
  })
  children.push(child)
  return child
}

function line(child, pattern) {
  return new Promise((resolve, reject) => {
    let seen = ''
    const look = (chunk) => {
      seen += chunk
      const found = pattern.exec(seen)
      if (found === null) return
      for (const stream of [child.stdout, child.stderr]) stream.off('data', look).resume()
      child.off('exit', ended)
      resolve(found)
    }
    for (const stream of [child.stdout, child.stderr]) stream.on('data', look)
    const ended = (code) => reject(new Error(`${child.spawnargs.join(' ')} ended with ${code}: ${seen}`))
    child.once('exit', ended)
  })
}

/** A Markdown table, so that it can be pasted where it is read. */
function table(rows) {
  const heads = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map((row) => line(heads.map((head) => row[head] ?? '')))].join('\n')
}

function spread(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const show = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(2))
  return `${show(sorted[Math.floor(sorted.length / 2)])} (${show(sorted[0])}–${show(sorted.at(-1))})`
}
