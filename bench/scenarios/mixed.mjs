// What a site asks for: few originals often and many seldom, several widths, formats as browsers take them.
import { drive } from '../drive.mjs'
import { measure, random, weighted, zipf } from '../figures.mjs'
import { quantile } from '../load.mjs'

const originals = 200
const widths = { 320: 4, 640: 3, 960: 2, 1280: 1 }
/** Accept headers, by how often they come. */
const clients = { 'image/avif,image/webp,*/*;q=0.8': 6, 'image/webp,*/*;q=0.8': 3, '*/*': 1 }
const connections = 16

export const mixed = {
  title: 'Mixed traffic',
  command: 'npm run bench -- --only mixed',
  text: `The same requests in every round, each round by a server that begins with nothing kept: ${originals} JPEGs of 2040x1360, of which the second is asked for half as
often as the first, the third a third as often, and so on; ${Object.keys(widths).length} widths; JPEG, WebP or AVIF as Accept says; ${connections} connections.`,
  rows: { mixed: row },
}

async function row(bench) {
  const files = await bench.originals('jpeg')
  const amount = bench.count(800, 150)
  const what = `${amount} requests`
  if (files.length === 0) return { what, figures: { 'requests/s': 'no jpeg in the folder' } }
  const keys = await bench.copies(files, 'mixed', originals)
  const seen = { perSecond: [], cpu: [], kept: [], half: [], late: [], peak: [] }
  for (let round = 0; round < bench.count(3, 1); round++) {
    const server = await bench.serve({ TINTYPE_QUEUE_WAIT_SECONDS: '20' })
    const memory = server.watchMemory()
    const before = await server.cpuSeconds()
    const { perSecond, answers, statuses, broken, took } = await drive(server.url, requests(keys), { connections, amount })
    const spent = (await server.cpuSeconds()) - before
    if (broken > 0 || Object.keys(statuses).join() !== '200') throw new Error(`${broken} broken, ${JSON.stringify(statuses)}`)
    seen.perSecond.push(perSecond)
    seen.cpu.push((spent / answers) * 1000)
    seen.kept.push(1 - (await server.metric('tintype_requests_total', 'cache="miss"')) / answers)
    seen.half.push(quantile(took, 0.5))
    seen.late.push(quantile(took, 0.99))
    seen.peak.push((await memory.stop()) / 1e6)
    await server.stop()
  }
  return {
    what,
    figures: {
      'requests/s': measure(seen.perSecond),
      'share that was kept': measure(seen.kept),
      'CPU ms a request': measure(seen.cpu),
      'half within, ms': measure(seen.half),
      '99 of 100 within, ms': measure(seen.late),
      'peak MB': measure(seen.peak),
    },
  }
}

function requests(keys) {
  const next = random(1934)
  const [original, width, accept] = [zipf(keys.length, next), weighted(widths, next), weighted(clients, next)]
  return () => ({ path: `/i/${keys[original()]}?w=${width()}`, headers: { accept: accept() } })
}
