// Other services that run on this machine, on the same originals by the same load, in turn with this one.
import { availableParallelism } from 'node:os'
import sharp from 'sharp'
import { drive } from '../drive.mjs'
import { measure, median } from '../figures.mjs'
import { openOrigin } from '../originals.mjs'
import { groupUse, listenerAt, watchMemory } from '../process-group.mjs'
import { fillTemplate } from '../words.mjs'

const side = 512
const cells = {
  'peer-jpeg': { what: 'JPEG to JPEG', from: 'jpeg', to: 'jpeg' },
  'peer-png': { what: 'PNG to PNG', from: 'png', to: 'png' },
  'peer-webp': { what: 'WebP to WebP', from: 'webp', to: 'webp' },
  'peer-avif': { what: 'AVIF to AVIF', from: 'avif', to: 'avif' },
  'peer-jpeg-webp': { what: 'JPEG to WebP', from: 'jpeg', to: 'webp' },
  'peer-jpeg-avif': { what: 'JPEG to AVIF', from: 'jpeg', to: 'avif' },
}
const connections = availableParallelism() * 2

export const peers = {
  title: 'Other services',
  command: 'npm run bench -- --only peer --peer NAME=URL',
  text: `New pictures of ${side}x${side} at most, over ${connections} connections, as fast as they come. All services fetch the originals from one server on this machine, each
under a URL of its own, so that nobody finds anything kept. Every service writes at its own settings: the sizes of results say what was made of the time. Ratios are Tintype's
figure for the peer's: CPU below 1 and pictures/s above 1 are in its favour.`,
  rows: Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, (bench) => rows(bench, cell)])),
}

async function rows(bench, { what, from, to }) {
  if (bench.peers.length === 0) return []
  const files = await bench.originals(from)
  if (files.length === 0) return [{ what, figures: { result: `no ${from} in the folder` } }]
  const origin = await openOrigin(files)
  const server = await bench.serve({
    TINTYPE_STORE_KINDS: 'memory',
    TINTYPE_SOURCE_HTTP_ALLOW: origin.host,
    TINTYPE_SOURCE_HTTP_ADDRESSES: '127.0.0.1',
  })
  const ours = {
    name: 'Tintype',
    origin: server.url,
    pid: server.pid,
    urlOf: (source) => `${server.url}/i/${source}?w=${side}&h=${side}&f=${to}`,
  }
  const services = [ours]
  for (const { name, origin: base, port, template } of bench.peers) {
    const urlOf = (source) => fillTemplate(template, { source, format: to, width: side, height: side })
    services.push({ name, origin: base, pid: await listenerAt(port), urlOf })
  }
  try {
    const lines = []
    for (const service of services) lines.push(await prepared(service, origin, to, bench.count(5, 2)))
    for (let round = 0; round < bench.count(4, 1); round++) {
      for (const line of lines.filter(({ amount }) => amount > 0)) await measureOne(line, origin)
    }
    const [own] = lines
    return lines.map((line) => ({ what: `${what}, ${line.name}`, figures: figuresOf(line, own) }))
  } finally {
    await server.stop()
    origin.close()
  }
}

/** What a service makes of the first original, and how many of them it makes in so many seconds once it is warm. */
async function prepared(service, origin, format, seconds) {
  const line = { ...service, result: await look(service, origin, format), amount: 0, cpu: [], perSecond: [], peak: 0 }
  if (line.result.startsWith('not made')) return line
  const { perSecond } = await load(line, origin, connections * 2)
  return { ...line, amount: Math.max(connections * 2, Math.round(perSecond * seconds)) }
}

/** A round. A service that fails is asked no more, and its line says why. */
async function measureOne(line, origin) {
  const figures = await load(line, origin, line.amount)
  if (figures.failed !== undefined) {
    Object.assign(line, { result: `failed: ${figures.failed}`, amount: 0, cpu: [], perSecond: [] })
    return
  }
  line.cpu.push(figures.cpuMs)
  line.perSecond.push(figures.perSecond)
  line.peak = Math.max(line.peak, figures.peak)
}

function figuresOf({ result, cpu, perSecond, peak }, own) {
  if (cpu.length === 0) return { result }
  const against =
    cpu === own.cpu ? {} : { 'CPU, ratio': median(own.cpu) / median(cpu), 'pictures/s, ratio': median(own.perSecond) / median(perSecond) }
  return { result, 'CPU ms': measure(cpu), 'pictures/s': measure(perSecond), 'peak MB': Math.round(peak / 1e6), ...against }
}

/** What a service makes of the first original. */
async function look({ urlOf }, origin, format) {
  const response = await fetch(urlOf(origin.next()))
  const bytes = Buffer.from(await response.arrayBuffer())
  if (response.status !== 200) return `not made: ${response.status}`
  const found = await sharp(bytes).metadata()
  const name = found.format === 'heif' ? 'avif' : found.format
  const text = `${found.width}x${found.height}, ${(bytes.length / 1000).toFixed(1)} kB`
  return name === format ? text : `not made: ${name} instead`
}

/** So many new pictures. All that are begun are waited for: none costs time and is not counted. */
async function load({ origin: base, pid, urlOf }, origin, amount) {
  const memory = watchMemory(pid)
  const before = await groupUse(pid)
  const next = () => ({ path: urlOf(origin.next()).slice(base.length) })
  const { answers, perSecond, statuses, broken } = await drive(base, next, { connections, amount })
  const after = await groupUse(pid)
  const peak = await memory.stop()
  const fine = broken === 0 && Object.keys(statuses).join() === '200'
  const failed = fine ? undefined : `${broken} broken, ${JSON.stringify(statuses)}`
  return { cpuMs: ((after.cpuSeconds - before.cpuSeconds) / answers) * 1000, perSecond, peak, failed }
}
