// A picture that nobody asked for before: fetched, decoded, scaled and encoded, against the same call of sharp in a loop.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { startLoop } from '../children.mjs'
import { measure, ratio } from '../figures.mjs'
import { sameCall } from '../same-call.mjs'
import { callOf, warm } from '../workshop.mjs'

/** How many pictures make a round: about half a second of work. */
const cells = {
  'cold-jpeg': { what: 'JPEG to JPEG', from: 'jpeg', to: 'jpeg', renders: 20 },
  'cold-png': { what: 'PNG to PNG', from: 'png', to: 'png', renders: 6 },
  'cold-webp': { what: 'WebP to WebP', from: 'webp', to: 'webp', renders: 5 },
  'cold-avif': { what: 'AVIF to AVIF', from: 'avif', to: 'avif', renders: 3 },
  'cold-jpeg-webp': { what: 'JPEG to WebP', from: 'jpeg', to: 'webp', renders: 10 },
  'cold-jpeg-avif': { what: 'JPEG to AVIF', from: 'jpeg', to: 'avif', renders: 6 },
  'cold-24mpx': { what: 'JPEG of 24 Mpx to 500 px', from: 'jpeg', to: 'jpeg', renders: 6, side: 500, size: { width: 6000, height: 4000 } },
}

export const cold = {
  title: 'A picture that is new',
  command: 'npm run bench -- --only cold',
  text: `A photograph of 2040x1360 into 512x512, one at a time, each of an original of its own, by a server that has made three
thousand before; in short rounds, each of which begins with another of those compared. Tintype through HTTP and a render process, its results kept in memory, or in
memory and on disk as they are by themselves; its renderer alone, in process, in a loop; and sharp in a loop with the same calls and options. CPU is that of all processes together, a ratio one to sharp alone. Where ImageMagick is
installed it makes the same size, a process for each picture.`,
  rows: Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, (bench) => row(bench, name, cell)])),
}

async function row(bench, name, { what, from, to, renders, side = 512, size }) {
  const box = `w=${side}&h=${side}`
  const server = await bench.serve({ TINTYPE_STORE_KINDS: 'memory' })
  const calls = await callsOf(bench, server, name, await bench.originals(from, size), box, to)
  if (calls.length === 0) {
    await server.stop()
    return { what, figures: { ratio: `no ${from} in the folder that is only made smaller` } }
  }
  await compare(server, calls[0], `${box}&f=${to}`)
  const withDisk = await bench.serve()
  await warm(bench, server)
  await warm(bench, withDisk)
  const rounds = bench.count(20, 2)
  const each = bench.count(renders, Math.ceil(renders / 4))
  const files = calls.map(({ file }) => file)
  const keys = await bench.copies(files, name, (rounds + 1) * each)
  const sharpAlone = await startLoop('sharp', calls)
  const renderer = await startLoop('renderer', calls)
  const served = async (by, some) => {
    const before = await by.cpuSeconds()
    for (const key of some) await by.render(`/i/${key}?${box}&f=${to}`)
    return ((await by.cpuSeconds()) - before) / each
  }

  const memory = server.watchMemory()
  /** CPU seconds a picture; none where it could not be made. */
  const contenders = {
    loop: async () => (await sharpAlone.run(each)) / each,
    inProcess: async () => (await renderer.run(each)) / each,
    ours: (some) => served(server, some),
    onDisk: (some) => served(withDisk, some),
    ...(bench.magick === undefined
      ? {}
      : { magick: (_, round) => bench.magick.run(files[round % files.length], side, join(bench.scratch, `magick.${to}`)) }),
  }
  const names = Object.keys(contenders)
  const spent = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    const some = keys.splice(0, each)
    // Whoever has waited longest may be at a disadvantage: so each round begins with another.
    for (const turn of names.keys()) {
      const name = names[(turn + round) % names.length]
      const seconds = await contenders[name](some, round)
      if (round > 0 && seconds !== undefined) spent[name].push(seconds * 1000) // the first round warms all of them up
    }
  }
  const peak = await memory.stop()
  if ((await server.metric('tintype_renderer_level_hits_total')) > 0) throw new Error('A picture began at pixels that were kept.')
  await Promise.all([server.stop(), withDisk.stop()])
  sharpAlone.stop()
  renderer.stop()
  return {
    what,
    figures: {
      'sharp, CPU ms': measure(spent.loop),
      'Tintype, CPU ms': measure(spent.ours),
      ratio: ratio(spent.ours, spent.loop),
      'on disk too, ratio': ratio(spent.onDisk, spent.loop),
      'renderer alone, ratio': ratio(spent.inProcess, spent.loop),
      'Tintype, peak MB': Math.round(peak / 1e6),
      ...(bench.magick === undefined
        ? {}
        : { [`ImageMagick ${bench.magick.version}, CPU ms`]: spent.magick.length > 0 ? measure(spent.magick) : 'not made' }),
    },
    bar: { figure: 'ratio', atMost: 1.15 },
  }
}

/** Of each original the call that its picture comes to; without those that need more than one scaling. */
async function callsOf(bench, server, name, files, box, to) {
  const keys = await bench.copies(files, `${name}-plan`, files.length)
  const calls = await Promise.all(
    files.map(async (file, index) => ({ file, key: keys[index], call: await callOf(server, keys[index], box, to) })),
  )
  return calls.filter(({ call }) => call !== undefined)
}

/** @throws where the two do not make the same pixels: then they do not do the same work either. */
async function compare(server, { file, key, call }, query) {
  const pictures = [await server.render(`/i/${key}?${query}`), await sameCall(sharp, await readFile(file), call)]
  const [ours, theirs] = await Promise.all(pictures.map((bytes) => sharp(bytes).raw().toBuffer()))
  if (!ours.equals(theirs)) throw new Error(`${key}: sharp alone makes another picture; bench/same-call.mjs is not what src/pixels does.`)
}
