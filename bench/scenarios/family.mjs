// Eight widths of one original, as a `srcset` asks for them, against as many pictures of as many originals.
import { measure, median, random, ratio, shuffle } from '../figures.mjs'
import { warm } from '../workshop.mjs'

const widths = [160, 240, 320, 480, 640, 800, 960, 1280]

export const family = {
  title: 'A family of pictures',
  command: 'npm run bench -- --only family',
  text: `${widths.length} widths (${widths.join(', ')}) of one JPEG of 2040x1360, in an order that chance made, one at a time; against the same widths, each of an
original of its own, by the same server. A level is decoded pixels that a render process kept (the setting render.levelBytes, here 12 MB): pictures that began there were not decoded again.`,
  rows: {
    'family-jpeg': (bench) => row(bench, '8 widths in JPEG', ['jpeg'], { figure: 'ratio', atMost: 0.45 }),
    'family-jpeg-webp': (bench) => row(bench, '8 widths in JPEG and in WebP', ['jpeg', 'webp']),
  },
}

async function row(bench, what, formats, bar) {
  const files = await bench.originals('jpeg')
  if (files.length === 0) return { what, figures: { ratio: 'no jpeg in the folder' } }
  const rounds = bench.count(7, 2)
  const families = bench.count(5, 1)
  const members = formats.flatMap((format) => widths.map((width) => `w=${width}&f=${format}`))
  const each = families * members.length
  const stem = `family-${formats.join('-')}`
  const parents = await bench.copies(files, stem, (rounds + 1) * families)
  const singles = await bench.copies(files, `${stem}-single`, (rounds + 1) * each)
  const next = random(2015)
  const server = await bench.serve({ TINTYPE_RENDER_LEVEL_BYTES: '12000000' })
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
    ...(bar === undefined ? {} : { bar }),
  }
}
