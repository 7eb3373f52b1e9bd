// A thousand clients at once, on a server that can make pictures for a few: what they get, and how long others wait for what is kept.
import { startProbe } from '../children.mjs'
import { driveApart } from '../drive.mjs'
import { measure } from '../figures.mjs'
import { quantile } from '../load.mjs'

const connections = 1000
const groups = 50
const kept = '/i/sample-0.jpg?w=470&f=jpeg'

export const thousand = {
  title: 'A thousand connections',
  command: 'npm run bench -- --only connections',
  text: `${connections} connections of which each asks about once a second: six of ten for a picture that nobody asked for before, three for one that is kept, one for
what it has (304). That is many times what the machine can make, so the queue is full throughout. Beside them another process asks for the kept picture 50 times a second. The
connections begin in ${groups} groups over a second; in lockstep means that all of them ask in the same instant of each second.`,
  rows: { connections: row },
}

async function row(bench) {
  await bench.copies([new URL('../../samples/landscape.jpg', import.meta.url).pathname], 'sample', 1)
  const apart = await clients(bench, groups)
  const together = await clients(bench, 1)
  return [
    { what: `what ${connections} clients got`, figures: counts(apart), bar: { figure: 'anything else', atMost: 0 } },
    {
      what: 'a kept picture beside them',
      figures: { '99 of 100 within, ms': measure(apart.late) },
      bar: { figure: '99 of 100 within, ms', atMost: 100 },
    },
    { what: 'what they got in lockstep', figures: counts(together), bar: { figure: 'anything else', atMost: 0 } },
    { what: 'a kept picture beside these', figures: { '99 of 100 within, ms': measure(together.late) } },
  ]
}

async function clients(bench, begun) {
  const server = await bench.serve({ TINTYPE_STORE_KINDS: 'memory' })
  const etag = (await fetch(`${server.url}${kept}`)).headers.get('etag') ?? ''
  const memory = server.watchMemory()
  const next = requests(etag)
  const seen = { others: 0, late: [], made: [], refused: [], waiting: [] }
  for (let round = 0; round <= bench.count(3, 1); round++) {
    const probe = await startProbe(`${server.url}${kept}`)
    const deep = watchQueue(server)
    const load = await driveApart(server.url, next, begun, { connections, seconds: bench.count(10, 4), perSecond: connections })
    seen.waiting.push(await deep.stop())
    const took = await probe.stop()
    if (round === 0) continue
    const { 200: good = 0, 304: same = 0, 503: busy = 0 } = load.statuses
    seen.others += load.answers - good - same - busy + load.broken
    seen.late.push(quantile(took, 0.99))
    seen.made.push(good + same)
    seen.refused.push(busy)
  }
  const peak = await memory.stop()
  await server.stop()
  return { ...seen, peak }
}

const counts = ({ made, refused, others, waiting, peak }) => ({
  'pictures and 304s': measure(made),
  '503s': measure(refused),
  'anything else': others,
  'most that waited': Math.max(...waiting),
  'peak MB': Math.round(peak / 1e6),
})

function requests(etag) {
  let count = 0
  return () => {
    const at = count++
    if (at % 10 === 9) return { path: kept, headers: { 'if-none-match': etag } }
    if (at % 10 > 5) return { path: kept, headers: {} }
    return {
      path: `/i/sample-0.jpg?w=${800 + (at % 199)}&q=${40 + (Math.floor(at / 199) % 50)}&crop=${at % 97},0,1900,1300&f=jpeg`,
      headers: {},
    }
  }
}

/** The most pictures that were seen to wait. */
function watchQueue(server) {
  let [most, over] = [0, false]
  const watching = (async () => {
    while (!over) {
      most = Math.max(most, await server.metric('tintype_queue_waiting'))
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  })()
  return {
    async stop() {
      over = true
      await watching
      return most
    },
  }
}
