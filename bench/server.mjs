// The real server as a process of its own, for the bench of overload and faults.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const alive = new Set()

/** @param settings  TINTYPE_… */
export async function startServer(settings, folder) {
  const words = [join(root, 'dist/runtimes/cli/main.js'), 'serve', ...(folder === undefined ? [] : [folder])]
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, TINTYPE_SERVER_PORT: '0', ...settings }
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  alive.add(child)
  let log = ''
  child.stdout.resume()
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })))
  ended.then(() => alive.delete(child))
  const port = await new Promise((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (piece) => {
      log += piece
      const found = /answers at \S*?http:\/\/[^\s/]*:(\d+)/.exec(log)
      if (found !== null) resolve(Number(found[1]))
    })
    ended.then(({ code }) => reject(new Error(`The server ended with ${code}:\n${log}`)))
  })
  return {
    port,
    pid: child.pid,
    ended,
    children: () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ').map(Number).filter(Boolean),
    residentBytes: () => Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) * 1024,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      return ended
    },
  }
}

/** Ends whatever still runs. */
export function killAll() {
  for (const child of alive) child.kill('SIGKILL')
}

/** One picture: its status, what its bytes are, and how it was found. Never rejects; the status is 0 where the connection broke. */
export function fetchPicture(port, path) {
  return new Promise((resolve) => {
    const broken = () => resolve({ status: 0, digest: '', cache: '', ms: performance.now() - began })
    const began = performance.now()
    const asked = request({ host: '127.0.0.1', port, path, agent: false, timeout: 30_000 }, (answer) => {
      const hash = createHash('sha256')
      answer.on('data', (piece) => hash.update(piece)).on('error', broken)
      answer.on('end', () => {
        if (!answer.complete) return broken()
        const cache = String(answer.headers['cache-status'] ?? '')
        resolve({ status: answer.statusCode, digest: hash.digest('hex'), cache, ms: performance.now() - began })
      })
    })
    asked
      .on('timeout', () => asked.destroy())
      .on('error', broken)
      .end()
  })
}

/** Asks for all of them, so many at once. */
export async function fetchAll(port, paths, atOnce = 4) {
  const answers = []
  let next = 0
  const client = async () => {
    while (next < paths.length) {
      const at = next++
      answers[at] = await fetchPicture(port, paths[at])
    }
  }
  await Promise.all(Array.from({ length: atOnce }, client))
  return answers
}
