import { closeSync, openSync, readSync } from 'node:fs'

/**
 * How often the memory of a busy process is looked at. An SVG of 200 bytes was seen to take 350 MB in 200 ms, so one may go 90 MB too far; most pictures
 * of JPEGs are made sooner than the first look, which costs 0.1 ms where nothing else is to be done.
 */
const milliseconds = 50

/**
 * Memory of a process in bytes: resident and swapped out. `undefined` where that cannot be known: the process has gone, or the system has
 * no /proc. In kB from `status` rather than in pages from `statm`, because Node does not tell how large a page is (4, 16 or 64 kB).
 * Not by promise: the thread pool may be full of slow look-ups just when it matters, and the answer takes 30 µs.
 */
export function memoryOf(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const text = readStatus(pid)
    const kilobytes = [/^VmRSS:\s*(\d+) kB$/m, /^VmSwap:\s*(\d+) kB$/m].map((line) => Number(line.exec(text)?.[1] ?? 0))
    return kilobytes.reduce((sum, each) => sum + each * 1024, 0)
  } catch {
    return undefined
  }
}

/** Read into each time: nothing else happens between reading and understanding. */
const page = Buffer.allocUnsafeSlow(4096)

/** With three system calls, where `readFileSync` makes five: this is read while each picture is made. The file has 1.5 kB, and comes in one piece. */
function readStatus(pid: number): string {
  const opened = openSync(`/proc/${pid}/status`, 'r')
  try {
    return page.toString('latin1', 0, readSync(opened, page, 0, page.length, 0))
  } finally {
    closeSync(opened)
  }
}

/** Calls `onOver` once the process holds more than that; returns how to stop watching. */
export function watchMemory(pid: number, bytes: number, onOver: () => void): () => void {
  const timer = setInterval(() => {
    if ((memoryOf(pid) ?? 0) <= bytes) return
    clearInterval(timer)
    onOver()
  }, milliseconds)
  timer.unref()
  return () => clearInterval(timer)
}
