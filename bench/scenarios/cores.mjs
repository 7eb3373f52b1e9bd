// More render processes, more pictures: two against one.
import { availableParallelism } from 'node:os'
import { drive } from '../drive.mjs'
import { measure, ratio } from '../figures.mjs'
import { warm } from '../workshop.mjs'

export const cores = {
  title: 'More cores',
  command: 'npm run bench -- --only cores',
  text: `New pictures as fast as they come, JPEG of 2040x1360 into 512x512, by a server with one render process (\`render.processes\`) and by one with two.`,
  rows: { cores: row },
}

async function row(bench) {
  const files = await bench.originals('jpeg')
  const what = 'JPEG to JPEG'
  if (files.length === 0) return { what, figures: { ratio: 'no jpeg in the folder' } }
  if (availableParallelism() < 2) return { what, figures: { ratio: 'one core alone' } }
  const rounds = bench.count(6, 2)
  const each = bench.count(120, 30)
  const servers = await Promise.all(
    [1, 2].map(async (processes) => {
      const server = await bench.serve({ TINTYPE_RENDER_PROCESSES: String(processes), TINTYPE_STORE_KINDS: 'memory' })
      await warm(bench, server)
      const keys = await bench.copies(files, `cores-${processes}`, (rounds + 1) * each * processes)
      return { server, processes, next: () => ({ path: `/i/${keys.pop()}?w=512&h=512&f=jpeg` }), perSecond: [] }
    }),
  )
  for (let round = 0; round <= rounds; round++) {
    for (const { server, next, processes, perSecond } of servers) {
      const load = await drive(server.url, next, { connections: processes * 4, amount: each * processes })
      if (load.broken > 0 || Object.keys(load.statuses).join() !== '200') throw new Error(JSON.stringify(load.statuses))
      if (round > 0) perSecond.push(load.perSecond)
    }
  }
  for (const { server } of servers) await server.stop()
  const [one, two] = servers.map(({ perSecond }) => perSecond)
  return {
    what,
    figures: { 'one process, pictures/s': measure(one), 'two, pictures/s': measure(two), ratio: ratio(two, one) },
    bar: { figure: 'ratio', atLeast: 1.7 },
  }
}
