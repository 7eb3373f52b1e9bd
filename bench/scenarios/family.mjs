// Eight widths of one original, as a `srcset` asks for them, against as many pictures of as many originals.
import { measure, median, random, ratio, shuffle } from '../figures.mjs'
import { warm } from '../workshop.mjs'

const widths = [160, 240, 320, 480, 640, 800, 960, 1280]

const camera = { width: 4243, height: 2828 }
/** What a family is of, and in what it is asked for. */
const cells = {
  'family-jpeg': { what: 'of a JPEG, in JPEG', from: 'jpeg', to: ['jpeg'], bar: true },
  'family-jpeg-webp': { what: 'of a JPEG, in JPEG and in WebP', from: 'jpeg', to: ['jpeg', 'webp'] },
  'family-camera': { what: 'of a JPEG of 12 Mpx, in JPEG', from: 'jpeg', to: ['jpeg'], size: camera, bar: true },
  'family-png': { what: 'of a PNG, in JPEG', from: 'png', to: ['jpeg'], bar: true },
  'family-webp': { what: 'of a WebP, in JPEG', from: 'webp', to: ['jpeg'], bar: true },
  'family-avif': { what: 'of an AVIF, in JPEG', from: 'avif', to: ['jpeg'], bar: true },
}

export const family = {
  title: 'A family of pictures',
  command: 'npm run bench -- --only family',
  text: `${widths.length} widths (${widths.join(', ')}) of one original of 2040x1360, in an order that chance made, one at a time; against the same widths, each of an
original of its own, by the same server. A level is decoded pixels that a render process kept (the setting render.levelBytes): pictures that began there were not decoded again, and are the
same as without. A JPEG is decoded anew for widths before which its decoder halves, and pixels of more than 5 megapixels are not kept. More than half of what bare sharp spends on the
widths of a JPEG of this size is scaling and encoding, which no kept pixels spare.`,
  rows: Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, (bench) => row(bench, name, cell)])),
}

async function row(bench, name, { what, from, to, size, bar }) {
  const files = await bench.originals(from, size)
  if (files.length === 0) return { what, figures: { ratio: `no ${from} in the folder` } }
  const rounds = bench.count(7, 2)
  const families = bench.count(from === 'jpeg' && size === undefined ? 5 : 2, 1)
  const members = to.flatMap((format) => widths.map((width) => `w=${width}&f=${format}`))
  const each = families * members.length
  const parents = await bench.copies(files, name, (rounds + 1) * families)
  const singles = await bench.copies(files, `${name}-single`, (rounds + 1) * each)
  const next = random(2015)
  const server = await bench.serve()
  await warm(bench, server)

  const memory = server.watchMemory()
  const [apart, together, hits] = [[], [], []]
  for (let round = 0; round <= rounds; round++) {
    const hitsBefore = await server.metric('tintype_renderer_level_hits_total')
    const began = await server.cpuSeconds()
    for (const [index, key] of singles.splice(0, each).entries()) await server.render(`/i/${key}?${members[index % members.length]}`)
    const between = await server.cpuSeconds()
    for (const key of parents.splice(0, families)) {
      for (const query of shuffle(members, next)) await server.render(`/i/${key}?${query}`)
    }
    const ended = await server.cpuSeconds()
    if (round === 0) continue
    hits.push(((await server.metric('tintype_renderer_level_hits_total')) - hitsBefore) / families)
    apart.push(((between - began) / families) * 1000)
    together.push(((ended - between) / families) * 1000)
  }
  const peak = await memory.stop()
  await server.stop()
  return {
    what,
    figures: {
      'of originals of their own, CPU ms': measure(apart),
      'of one original, CPU ms': measure(together),
      ratio: ratio(together, apart),
      'began at a level': `${median(hits).toFixed(1)} of ${members.length}`,
      'peak MB': Math.round(peak / 1e6),
    },
    ...(bar ? { bar: { figure: 'ratio', atMost: 0.45 } } : {}),
  }
}
