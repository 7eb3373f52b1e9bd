// What a process and all its descendants take of the machine, from `/proc`; so of any program, whoever wrote it.
import { readdir, readFile, readlink } from 'node:fs/promises'

/** Clock ticks per second that `/proc` counts in; 100 on every Linux that Node runs on. */
const ticks = 100

/**
 * CPU seconds since they began, those of descendants that have ended included, and bytes of memory now: pages that several share count once.
 * @param {number} pid
 * @returns {Promise<{ cpuSeconds: number, memoryBytes: number }>}
 */
export async function groupUse(pid) {
  const all = await processes()
  const group = [...all.keys()].filter((one) => descends(one, pid, all))
  const memory = await Promise.all(group.map(memoryOf))
  return {
    cpuSeconds: group.reduce((sum, one) => sum + all.get(one).ticks, 0) / ticks,
    memoryBytes: memory.reduce((sum, bytes) => sum + bytes, 0),
  }
}

/** Looks at the memory of a group five times a second. `stop` gives the most that was seen, in bytes. */
export function watchMemory(pid) {
  let [most, over] = [0, false]
  const watching = (async () => {
    while (!over) {
      most = Math.max(most, (await groupUse(pid)).memoryBytes)
      await new Promise((resolve) => setTimeout(resolve, 200))
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

/**
 * The process that listens at a port of this machine: of several, which share the socket, the one that started the others.
 * @returns {Promise<number>}
 * @throws where none listens, or whose files this user may not see.
 */
export async function listenerAt(port) {
  const sockets = new Set()
  for (const table of ['tcp', 'tcp6']) {
    for (const line of (await readFile(`/proc/net/${table}`, 'utf8').catch(() => '')).split('\n')) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
      if (state === '0A' && Number.parseInt(local.split(':')[1] ?? '', 16) === port) sockets.add(`socket:[${inode}]`)
    }
  }
  const all = await processes()
  const owners = []
  for (const pid of all.keys()) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => [])
    const links = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')))
    if (links.some((link) => sockets.has(link))) owners.push(pid)
  }
  const first = owners.find((pid) => !owners.some((other) => other !== pid && descends(pid, other, all)))
  if (first === undefined) throw new Error(`No process is seen that listens at port ${port}.`)
  return first
}

async function processes() {
  const all = new Map()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined)
    if (stat === undefined) continue
    // The name of the program stands in brackets and may have any of them in it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const spent = fields.slice(11, 15).reduce((sum, value) => sum + Number(value), 0) // user, system, and both of children that ended
    all.set(Number(name), { parent: Number(fields[1]), ticks: spent })
  }
  return all
}

async function memoryOf(pid) {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  const status = rollup === '' ? await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '') : ''
  return Number(/^(?:Pss|VmRSS):\s+(\d+) kB$/m.exec(rollup + status)?.[1] ?? 0) * 1024
}

function descends(pid, ancestor, all) {
  for (let at = pid, steps = 0; at > 1 && steps < 20; at = all.get(at)?.parent ?? 0, steps++) if (at === ancestor) return true
  return false
}
