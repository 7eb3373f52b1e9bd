// What memory a service takes: at its most, and whether that grows with what it has done.
import { drive } from '../drive.mjs'
import { measure, random, weighted } from '../figures.mjs'

const atOnce = 16
const camera = { width: 4243, height: 2828 }
const widths = { 320: 4, 640: 3, 960: 2 }
const formats = { jpeg: 3, webp: 2, png: 1 }

export const memory = {
  title: 'Memory',
  command: 'npm run bench -- --only memory',
  text: `New pictures of JPEGs of 12 Mpx, ${atOnce} at once; and one service asked for 5,000 pictures of 2040x1360 in ${Object.keys(formats).join(', ')}, none of which was asked for before,
4 at once, with 1 MiB for results in memory so that filling it does not count. Memory is that of all its processes, looked at after every 500: growth is the mean of the last three looks over
that of the first three behind the first 1,000.`,
  rows: { 'memory-peak': peak, 'memory-growth': growth },
}

async function peak(bench) {
  const server = await bench.serve({ TINTYPE_QUEUE_WAIT_SECONDS: '20' })
  const files = await bench.originals('jpeg', camera)
  const amount = bench.count(128, 32)
  const keys = await bench.copies(files, 'memory-peak', amount)
  const watched = server.watchMemory()
  const seen = await drive(server.url, () => ({ path: `/i/${keys.pop()}?w=800&f=jpeg` }), { connections: atOnce, amount })
  const most = (await watched.stop()) / 1e6
  await server.stop()
  faultless(seen)
  return {
    what: `${amount} JPEGs of 12 Mpx, ${atOnce} at once`,
    figures: { 'peak MB': Math.round(most) },
    bar: { figure: 'peak MB', atMost: 400 },
  }
}

async function growth(bench) {
  const files = await bench.originals('jpeg')
  if (files.length === 0) return { what: 'pictures, 4 at once', figures: { growth: 'no jpeg in the folder' } }
  const server = await bench.serve({ TINTYPE_QUEUE_WAIT_SECONDS: '20', TINTYPE_STORE_MEMORY_BYTES: String(2 ** 20) })
  const each = bench.count(500, 50)
  const keys = await bench.copies(files, 'memory-growth', 40)
  const next = requests(keys)
  const looks = []
  for (let look = 0; look < 10; look++) {
    faultless(await drive(server.url, next, { connections: 4, amount: each }))
    looks.push((await server.memoryBytes()) / 1e6)
  }
  await server.stop()
  const settled = looks.slice(2)
  return {
    what: `${each * looks.length} pictures, 4 at once`,
    figures: { 'MB after each tenth': measure(looks), growth: mean(settled.slice(-3)) / mean(settled.slice(0, 3)) },
    bar: { figure: 'growth', atMost: 1.1 },
  }
}

/** No two alike: the quality counts up through its values. */
function requests(keys) {
  const choose = random(1839)
  const [width, format] = [weighted(widths, choose), weighted(formats, choose)]
  let count = 0
  return () => {
    const at = count++
    return {
      path: `/i/${keys[at % keys.length]}?w=${Number(width()) + Math.floor(at / keys.length / 60)}&q=${30 + (Math.floor(at / keys.length) % 60)}&f=${format()}`,
    }
  }
}

function faultless({ broken, statuses }) {
  if (broken > 0 || Object.keys(statuses).join() !== '200') throw new Error(`${broken} broken, ${JSON.stringify(statuses)}`)
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
