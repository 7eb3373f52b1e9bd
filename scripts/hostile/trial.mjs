// A corpus against a server: every file is asked for in several shapes, and between them an ordinary picture. Loopback alone.
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import sharp from 'sharp'
import { codingOf } from './corpus.mjs'
import { judge, misunderstood } from './judge.mjs'
import { childrenOf, memoryOf, memoryOfAll, watchMemory } from './processes.mjs'

/** No process may hold so much more than it did when idle, and all together so much more afterwards. */
const growthBytes = 1e9
const restBytes = 200e6
/** How long memory may take to come back. */
const restSeconds = 10
const canaryPort = 9

/** How a file is asked for. `on`: laid over the ordinary picture. What took all its time in two of them is asked for in no third. */
const shapes = [
  { name: 'small WebP, moving', kind: 'picture', query: 'w=64&f=webp', type: 'image/webp', box: 64 },
  { name: 'small JPEG', kind: 'picture', query: 'w=64&f=jpeg', type: 'image/jpeg', box: 64 },
  { name: 'small AVIF', kind: 'picture', query: 'w=64&f=avif', type: 'image/avif', box: 64 },
  { name: 'on another picture', kind: 'picture', query: 'f=png', type: 'image/png', on: true },
  { name: 'whole', kind: 'picture', query: '', whole: true },
  { name: 'cropped where it matters', kind: 'picture', query: 'w=48&h=32&fit=cover&g=auto&f=png', type: 'image/png' },
  { name: 'facts', kind: 'facts', query: 'f=json' },
  { name: 'original', kind: 'original', query: 'f=original' },
]

/**
 * Prepares it. A server is to be started with `settings` over the folder, and handed to `begin`.
 * @returns `settings`; `unwatched`: a sentence where the canary could not be set up; `begin`, `faults`, `end`, `close`.
 */
export async function openTrial(folder) {
  const [{ limitFields }, { cacheFields }] = await Promise.all([
    import('../../dist/geometry/limits.js'),
    import('../../dist/service/settings.js'),
  ])
  const limits = Object.fromEntries(Object.entries(limitFields).map(([name, { fallback }]) => [name, fallback]))
  const errorSeconds = cacheFields.missingSeconds.fallback
  const scratch = await mkdtemp(join(tmpdir(), 'tintype-trial-'))
  const own = join(scratch, 'own')
  await mkdir(own)
  await writeFile(join(own, 'ordinary.png'), await drawn())
  const bodies = await openBodies(folder)
  const canary = await openCanary()
  let server
  let memory
  let before = { ordinary: undefined, bytes: 0 }
  let round = 0

  /** The same picture under a name of its own each time, so that it is made anew. */
  async function ordinary() {
    const name = `${++round}.png`
    await copyFile(join(own, 'ordinary.png'), join(own, name))
    const got = await server.get(`/i/own:${name}?w=40&f=webp`)
    await rm(join(own, name))
    return got
  }
  async function ordinaryFaults() {
    const { status, body } = await ordinary()
    if (status !== 200) return [`expected an ordinary picture to be made as before, got ${status || 'no answer'}`]
    return body.equals(before.ordinary) ? [] : ['expected an ordinary picture to have the same bytes as before, got others']
  }

  function memoryFaults() {
    const grown = [...memory.grown()].filter(([, bytes]) => bytes > growthBytes)
    memory.forget(grown.map(([pid]) => pid))
    return grown.map(([pid, bytes]) => {
      const which = pid === server.pid ? 'the server' : 'a render process'
      return `expected no process to grow by more than ${megabytes(growthBytes)}, ${which} grew by ${megabytes(bytes)}`
    })
  }

  async function begin(started) {
    server = started
    for (let count = 0; count < 3; count++) before.ordinary = (await ordinary()).body
    // Until its processes have all started, and hold what they hold.
    const until = performance.now() + restSeconds * 1000
    do {
      before = { ...before, bytes: memoryOfAll(server.pid) }
      await wait(500)
    } while (Math.abs(memoryOfAll(server.pid) - before.bytes) > 2e6 && performance.now() < until)
    memory = watchMemory(server.pid)
  }

  async function faults(entry) {
    const original = await readFile(join(folder, entry.file)).catch(() => undefined)
    if (original === undefined) return ['expected a file of that name in the folder, there is none']
    const wrong = misunderstood(entry)
    const { markers, secrets } = namedIn(original)
    const seen = canary.connections()
    let late = 0
    const found = await each(shapes, Math.min(2, availableParallelism()), async (shape) => {
      if (shape.kind === 'picture' && late > 1) return []
      const target = targetOf(entry.file, shape)
      const got = await server.get(target).catch(() => ({ status: 0, headers: {}, body: Buffer.alloc(0), ms: 0 }))
      if (got.status === 504) late += 1
      const about = { original, target, limits, errorSeconds, secrets }
      return (await judge(entry, shape, got, about)).map((fault) => `${shape.name}: ${fault}`)
    })
    return [
      ...(wrong === undefined ? [] : [wrong]),
      ...found.flat(),
      ...(await ordinaryFaults()),
      ...(alive(server.pid) ? [] : ['expected the process of the server to live on, it has gone']),
      ...memoryFaults(),
      ...markers.filter(existsSync).map((path) => `expected no file to be written, but there is ${basename(path)}`),
      ...(canary.connections() > seen
        ? [`expected no connection to be opened, got ${canary.connections() - seen} to port ${canaryPort}`]
        : []),
    ]
  }

  async function end() {
    const found = [...(await ordinaryFaults()), ...memoryFaults()]
    memory.stop()
    const bound = before.bytes + restBytes
    const until = performance.now() + restSeconds * 1000
    while (memoryOfAll(server.pid) > bound && performance.now() < until) await wait(250)
    const after = memoryOfAll(server.pid)
    if (after > bound) {
      const each = [server.pid, ...childrenOf(server.pid)].map((pid) => megabytes(memoryOf(pid).now))
      found.push(
        `expected at most ${megabytes(restBytes)} more memory afterwards, got ${megabytes(after - before.bytes)} more (${each.join(', ')})`,
      )
    }
    const most = memory.most()
    return {
      faults: found,
      figures: `memory: ${megabytes(before.bytes)} before, ${megabytes(after)} after; one process grew by at most ${megabytes(most)}`,
    }
  }

  return {
    settings: {
      TINTYPE_STORE_KINDS: 'memory',
      TINTYPE_SOURCES: `own=file:${own},bodies=${bodies.url}/`,
      TINTYPE_SOURCES_BODIES_ADDRESSES: '127.0.0.1',
    },
    unwatched: canary.unwatched,
    begin,
    faults,
    end,
    async close() {
      memory?.stop()
      await Promise.all([bodies.close(), canary.close()])
      await rm(scratch, { recursive: true, force: true })
    },
  }
}

const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`

function targetOf(file, { on, query }) {
  const key = codingOf(file) === undefined ? file : `bodies:${file}`
  if (on) return `/i/own:ordinary.png?${query}&mark=${encodeURIComponent(key)}`
  return `/i/${key.split('/').map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`
}

/** So many at once. */
async function each(items, atOnce, work) {
  const results = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const at = next++
      results[at] = await work(items[at])
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}

/** Files that an original would have written, and what stands in files that it would have read. */
function namedIn(original) {
  const text = original.length > 1e6 ? '' : original.toString('latin1')
  const markers = [...new Set(text.match(/\/tmp\/[\w-][\w.-]*/g))].filter((path) => !existsSync(path))
  const secrets = [...new Set(text.match(/\/etc\/[\w./-]+/g))].flatMap((path) => {
    try {
      const content = readFileSync(path, 'latin1').trim()
      return content.length >= 8 && !text.includes(content) ? [content] : []
    } catch {
      return []
    }
  })
  return { markers, secrets }
}

function alive(pid) {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function drawn() {
  const [width, height] = [120, 80]
  const data = Buffer.from(
    Array.from({ length: width * height }, (_, at) => [
      ((at % width) * 255) / width,
      (Math.floor(at / width) * 255) / height,
      (at * 7) % 256,
    ]).flat(),
  )
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
}

/** Serves the files that are bodies of HTTP answers, as PNG in the coding that their names say. */
async function openBodies(folder) {
  const server = createServer(async (request, response) => {
    const file = decodeURIComponent(request.url.slice(1))
    const body = await readFile(join(folder, file)).catch(() => undefined)
    if (body === undefined || codingOf(file) === undefined) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': 'image/png', 'content-encoding': codingOf(file), 'content-length': body.length }).end(body)
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => closed(server, () => server.closeAllConnections()) }
}

/** Listens where some originals would have the service connect to. */
async function openCanary() {
  let connections = 0
  const server = createTcpServer((socket) => {
    connections += 1
    socket.on('error', () => {}).destroy()
  })
  const listen = async () => {
    server.listen(canaryPort, '127.0.0.1')
    return once(server, 'listening').then(
      () => undefined,
      (error) => error,
    )
  }
  let error = await listen()
  for (let tries = 0; error?.code === 'EADDRINUSE' && tries < 40; tries++) {
    await wait(250) // another trial may hold it
    error = await listen()
  }
  if (error === undefined) return { connections: () => connections, close: () => closed(server) }
  const unwatched = `Port ${canaryPort} of 127.0.0.1 cannot be listened at (${error.code}): connections to it are not watched.`
  return { unwatched, connections: () => 0, close: async () => {} }
}

function closed(server, cut = () => {}) {
  return new Promise((done) => {
    server.close(() => done())
    cut()
  })
}
