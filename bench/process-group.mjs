import { readdir, readFile } from 'node:fs/promises'

/** Clock ticks per second that `/proc` counts in; 100 on every Linux that Node runs on. */
const ticks = 100

/**
 * CPU seconds and resident bytes of a process and all its descendants, from `/proc`.
 * @param {number} pid
 * @returns {Promise<{ cpuSeconds: number, rssBytes: number, processes: number }>}
 */
export async function groupUse(pid) {
  const all = new Map()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined)
    if (stat === undefined) continue
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    all.set(Number(name), { parent: Number(fields[1]), cpu: Number(fields[11]) + Number(fields[12]), pages: Number(fields[21]) })
  }
  const group = [...all.keys()].filter((one) => descends(one, pid, all))
  const sum = (of) => group.reduce((total, one) => total + of(all.get(one)), 0)
  return { cpuSeconds: sum((one) => one.cpu) / ticks, rssBytes: sum((one) => one.pages) * 4096, processes: group.length }
}

function descends(pid, ancestor, all) {
  for (let at = pid, steps = 0; at > 1 && steps < 20; at = all.get(at)?.parent ?? 0, steps++) if (at === ancestor) return true
  return false
}
