// A picture that is there already, against a bare `node:http` server that sends the same bytes.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startBareHttp } from '../children.mjs'
import { drive } from '../drive.mjs'
import { measure, ratio } from '../figures.mjs'

const path = '/i/sample-0.jpg?w=470&f=jpeg'

export const hit = {
  title: 'A picture that is kept',
  command: 'npm run bench -- --only hit',
  text: `The same picture again and again, from memory, over 50 connections, against a bare \`node:http\` server that sends the same bytes with the headers that
any picture needs. The load is made on the same machine and takes as much of it in both.`,
  rows: {
    hit: (bench) => row(bench, (bytes) => `hit of ${(bytes / 1000).toFixed(0)} kB`, false, { figure: 'ratio', atLeast: 0.7 }),
    'hit-304': (bench) => row(bench, () => '304', true),
  },
}

async function row(bench, what, known, bar) {
  // The sample itself: what is kept has the same size on every machine.
  await bench.copies([new URL('../../samples/landscape.jpg', import.meta.url).pathname], 'sample', 1)
  const server = await bench.serve()
  const first = await fetch(`${server.url}${path}`)
  const bytes = Buffer.from(await first.arrayBuffer())
  const file = join(bench.scratch, 'body')
  await writeFile(file, bytes)
  const bare = await startBareHttp(file)
  const memory = server.watchMemory()
  const load = async (base, target, etag) => {
    const headers = known ? { 'if-none-match': etag } : {}
    const { perSecond, answers, statuses, broken } = await drive(base, target, { connections: 50, seconds: bench.count(4, 1), headers })
    if (broken > 0 || Object.keys(statuses).join() !== (known ? '304' : '200'))
      throw new Error(`${broken} broken, ${JSON.stringify(statuses)}`)
    return { perSecond, answers }
  }
  const [theirs, ours, cpu] = [[], [], []]
  for (let round = 0; round <= bench.count(5, 2); round++) {
    const other = await load(bare.url.replace(/\/$/, ''), '/', '"bare"')
    const before = await server.cpuSeconds()
    const own = await load(server.url, path, first.headers.get('etag'))
    const spent = (await server.cpuSeconds()) - before
    if (round === 0) continue
    theirs.push(other.perSecond)
    ours.push(own.perSecond)
    cpu.push((spent / own.answers) * 1000)
  }
  const peak = await memory.stop()
  await server.stop()
  bare.stop()
  return {
    what: what(bytes.length),
    figures: {
      'node:http, requests/s': measure(theirs),
      'Tintype, requests/s': measure(ours),
      ratio: ratio(ours, theirs),
      'Tintype, CPU ms': measure(cpu),
      'peak MB': Math.round(peak / 1e6),
    },
    ...(bar === undefined ? {} : { bar }),
  }
}
