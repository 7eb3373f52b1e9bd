// What every scenario works with: a scratch folder, originals, servers, and the plan that the service makes.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encoderQuality } from '../dist/pixels/quality.js'
import { findMagick, killChildren } from './children.mjs'
import { copiesOf, originalsOf } from './originals.mjs'
import { groupUse, watchMemory } from './process-group.mjs'
import { killAll, startServer } from './server.mjs'

/** @param options  As `readOptions` gives them. */
export async function openWorkshop({ quick, folder, peers }) {
  const scratch = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const library = join(scratch, 'originals')
  await mkdir(library)
  const drawn = new Map()
  let stores = 0
  return {
    quick,
    scratch,
    peers,
    magick: await findMagick(),
    /** One number in full, another with `--quick`. */
    count: (full, least) => (quick ? least : full),
    /** Files of a format; the folder of the command has them, or they are drawn. */
    originals(format, size) {
      const name = JSON.stringify([format, size])
      if (!drawn.has(name)) drawn.set(name, originalsOf(format, size === undefined ? folder : undefined, scratch, size))
      return drawn.get(name)
    },
    /** So many originals of their own in the folder that servers serve. */
    copies: (files, stem, count) => copiesOf(files, library, stem, count),
    serve: (settings = {}, served = library) =>
      serve({ TINTYPE_STORE_DISK_FOLDER: join(scratch, `store-${stores++}`), ...settings }, served),
    async close() {
      killAll()
      killChildren()
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** A server with the settings that it has by itself, but that it logs no line a request. */
async function serve(settings, folder) {
  const server = await startServer({ TINTYPE_LOG_LEVEL: 'warn', ...settings }, folder)
  const url = `http://127.0.0.1:${server.port}`
  return {
    ...server,
    url,
    cpuSeconds: async () => (await groupUse(server.pid)).cpuSeconds,
    memoryBytes: async () => (await groupUse(server.pid)).memoryBytes,
    watchMemory: () => watchMemory(server.pid),
    /** The sum of a metric, of those lines that have the label. */
    async metric(name, label = '') {
      const text = await (await fetch(`${url}/metrics`)).text()
      const lines = text.split('\n').filter((line) => line.startsWith(name) && line.includes(label))
      return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
    },
    /** One picture that was not there before. @throws for any other answer. */
    async render(path) {
      const response = await fetch(`${url}${path}`)
      const cache = response.headers.get('cache-status') ?? ''
      if (response.status !== 200 || !cache.includes('fwd=miss')) throw new Error(`${path}: ${response.status} ${cache}`)
      return Buffer.from(await response.arrayBuffer())
    },
  }
}

/**
 * Small pictures of originals that are asked for once: the own code of the server is compiled thereafter, which goes on for three thousand requests. Behind
 * one thousand each picture still costs half a millisecond more.
 */
export async function warm(bench, server) {
  const count = bench.count(3000, 20)
  const keys = await bench.copies(await bench.originals('jpeg', { width: 64, height: 48 }), `warm-${server.port}`, count)
  for (const key of keys) await server.render(`/i/${key}?w=32&f=jpeg`)
}

/**
 * The call of sharp that a URL comes to, for `sameCall`: its scaling as the service plans it; `undefined` where a still picture and one scaling are
 * not all: an animation, a picture that must be turned, one that is small enough. `recipe` is what the renderer is asked for.
 */
export async function callOf(server, key, box, format) {
  const { plan, recipe } = await (await fetch(`${server.url}/i/${key}?${box}&f=json`)).json()
  const [resize, ...others] = plan?.passes.flatMap(({ ops = [] }) => ops) ?? []
  if (resize?.op !== 'resize' || others.length > 0 || plan.frames > 1) return undefined
  return { resize, format, quality: encoderQuality(format, plan.output.quality), alpha: plan.output.alpha, recipe: as(recipe, format) }
}

const as = (recipe, format) => ({ ...recipe, output: { ...recipe.output, format } })
