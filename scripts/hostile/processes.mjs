// The processes of a server and their memory, from /proc; nothing where there is none.
import { readFileSync } from 'node:fs'

/** Ids of the processes that a process started and that live. Only its main thread starts any. */
export function childrenOf(pid) {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').map(Number).filter(Boolean)
}

/** Bytes that are resident now, and the most that ever were; 0 for a process that has gone. */
export function memoryOf(pid) {
  const status = read(`/proc/${pid}/status`)
  const kilobytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0)
  return { now: kilobytes('VmRSS') * 1024, peak: kilobytes('VmHWM') * 1024 }
}

/** Resident bytes of a process and its children. */
export function memoryOfAll(pid) {
  return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + memoryOf(each).now, 0)
}

/**
 * Looks at a process and its children, those to come as well, 40 times a second. How far each ever grew is counted from what it held when it
 * was idle: those that live now, what they hold now; later ones, what the others held.
 */
export function watchMemory(pid) {
  const first = childrenOf(pid)
  const usual = Math.max(0, ...first.map((each) => memoryOf(each).now))
  const idle = new Map([pid, ...first].map((each) => [each, memoryOf(each).now]))
  const grown = new Map()
  const told = new Set()
  let most = 0
  const look = () => {
    for (const each of [pid, ...childrenOf(pid)]) {
      const { peak } = memoryOf(each)
      const above = peak - (idle.get(each) ?? usual)
      most = Math.max(most, above)
      if (!told.has(each)) grown.set(each, Math.max(grown.get(each) ?? 0, above))
    }
  }
  const timer = setInterval(look, 25)
  timer.unref()
  return {
    /** How far each process ever grew above idle, in bytes, by its id. */
    grown() {
      look()
      return grown
    },
    /** These have been told of. */
    forget(pids) {
      for (const each of pids) {
        told.add(each)
        grown.delete(each)
      }
    },
    /** How far any of them ever grew. */
    most: () => most,
    stop: () => clearInterval(timer),
  }
}

function read(path) {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
