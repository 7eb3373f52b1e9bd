import { readFile, stat } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Settings } from '../../config/read.ts'
import { printBytes } from '../../service/ink.ts'
import { renderShare } from '../listeners/share.ts'
import type { Finding } from './finding.ts'

/** What a render process holds after many pictures, and what the process that serves does beside its store. */
const usualBytes = { render: 230e6, serve: 150e6 }
/** Files that are open whatever comes: libraries, logs, pipes of the render processes. */
const ownFiles = 200

/** What the machine gives, against what the settings may take of it. */
export async function systemChecks(settings: Settings): Promise<readonly Finding[]> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '')
  const installed = await stat(fileURLToPath(import.meta.url)).catch(() => undefined)
  return [
    roomCheck(settings, memoryOf(process.constrainedMemory(), totalmem()), availableParallelism()),
    ...filesCheck(settings, limits),
    clockCheck(Date.now(), installed?.mtimeMs ?? 0),
  ]
}

/** What a container gives, if it gives less than the machine has; without a bound it says 0 or a number beyond all memory. */
function memoryOf(constrained: number | undefined, total: number): number {
  return constrained !== undefined && constrained > 0 && constrained < total ? constrained : total
}

/** @param available  Bytes that this process and its render processes may have together. */
export function roomCheck({ render, store, limit, server }: Settings, available: number, cores: number): Finding {
  const name = 'room'
  const { listeners } = server
  const shares = Array.from({ length: listeners }, (_, at) => renderShare(render, at + 1, listeners, cores))
  const working = shares.reduce((sum, { processes }) => sum + processes, 0)
  const count = render.form === 'pool' ? working + shares.reduce((sum, { spare }) => sum + spare, 0) : listeners
  const kept = listeners * (usualBytes.serve + (store.kinds.includes('memory') ? store.memory.bytes : 0))
  const usual = kept + count * usualBytes.render
  const most = kept + working * limit.memoryBytes
  const message = `${printBytes(available)} of memory; ${count} render processes take ${printBytes(usual)} as a rule, ${printBytes(most)} at worst.`
  const fewer = listeners > 1 ? 'TINTYPE_SERVER_LISTENERS, ' : ''
  const mend = `Lower ${fewer}TINTYPE_RENDER_PROCESSES, TINTYPE_LIMIT_MEMORY_BYTES or TINTYPE_STORE_MEMORY_BYTES.`
  if (usual > available) return { name, state: 'fail', message, mend }
  return most > available ? { name, state: 'warn', message, mend } : { name, state: 'ok', message }
}

/**
 * Each connection is an open file. None where the system tells no bound.
 * @param limits  As `/proc/self/limits` has it. Node has already raised the soft bound to the hard one.
 */
export function filesCheck({ server, queue }: Settings, limits: string): readonly Finding[] {
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(limits) ?? []
  if (soft === undefined) return []
  const name = 'files'
  const needed = server.connections + queue.fetches + ownFiles
  const message = `${soft} may be open at once; ${server.connections} connections may need ${needed}.`
  if (soft === 'unlimited' || Number(soft) >= needed) return [{ name, state: 'ok', message }]
  return [{ name, state: 'warn', message, mend: `Raise LimitNOFILE (ulimit -n) to ${needed}, or lower TINTYPE_SERVER_CONNECTIONS.` }]
}

/**
 * A clock that is wrong lets expired URLs live, and has signatures of S3 refused. Without another clock to ask, what is seen is one that
 * stands before the time at which this program was put here, as on a board without a battery.
 */
export function clockCheck(now: number, installed: number): Finding {
  const name = 'clock'
  const message = `${new Date(now).toISOString().slice(0, 19)}Z.`
  const day = 86_400_000
  if (now > installed - day) return { name, state: 'ok', message }
  return {
    name,
    state: 'fail',
    message: `${message} That is before this program was installed.`,
    mend: 'Set the clock: timedatectl set-ntp true',
  }
}
