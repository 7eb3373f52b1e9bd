import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Server } from './server.ts'

/** Does the system tell about processes? What needs that is left out elsewhere, and says so once. */
export const processesAreSeen = existsSync('/proc/self/task')
if (!processesAreSeen) process.stderr.write('This system has no /proc: the tests that look at render processes are left out.\n')

/** What some work comes to, and the most bytes that any one process of the server had in memory meanwhile, looked at every 20 ms. */
export async function mostMemory<T>(server: Server, work: Promise<T>): Promise<{ readonly got: T; readonly bytes: number }> {
  let bytes = 0
  let over = false
  const watching = (async () => {
    while (!over) {
      for (const pid of [server.pid, ...(await server.children())]) bytes = Math.max(bytes, resident(pid))
      await wait(20)
    }
  })()
  const got = await work.finally(() => {
    over = true
  })
  await watching
  return { got, bytes }
}

/** The render process that computed most during 50 ms. */
export async function busiest(server: Server): Promise<number> {
  const before = new Map((await server.children()).map((pid) => [pid, computed(pid)]))
  await wait(50)
  const [[pid] = [0]] = [...before].map(([pid, ticks]) => [pid, computed(pid) - ticks] as const).sort(([, a], [, b]) => b - a)
  return pid
}

/** Until the server has render processes as wanted; how many milliseconds that took. Fails after ten seconds. */
export async function whenChildren(server: Server, are: (pids: readonly number[]) => boolean): Promise<number> {
  const began = performance.now()
  while (!are(await server.children())) {
    if (performance.now() - began > 10_000) throw new Error(`Waited in vain for other render processes than ${await server.children()}.`)
    await wait(5)
  }
  return performance.now() - began
}

/** 0 for a process that has gone. */
function resident(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(told(`/proc/${pid}/status`))?.[1] ?? 0) * 1024
}

/** Time on a processor so far, in ticks of the system. */
function computed(pid: number): number {
  const [, ...fields] = told(`/proc/${pid}/stat`).split(') ')
  const [user, system] = fields.join(') ').split(' ').slice(11, 13)
  return Number(user ?? 0) + Number(system ?? 0)
}

function told(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
