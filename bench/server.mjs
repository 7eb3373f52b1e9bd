// The real server as a process of its own, for the bench of overload and faults.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { childrenOf, memoryOf } from '../scripts/hostile/processes.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const alive = new Set()

/**
 * @param settings  Of its environment: TINTYPE_…
 * @param folder    Of originals.
 * @param cwd       Where it is started; else where this process runs.
 */
export async function startServer(settings, folder, cwd) {
  const words = [join(root, 'dist/runtimes/cli/main.js'), 'serve', ...(folder === undefined ? [] : [folder])]
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, TINTYPE_SERVER_PORT: '0', ...settings }
  const child = spawn(process.execPath, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  alive.add(child)
  let log = ''
  child.stdout.resume()
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })))
  ended.then(() => alive.delete(child))
  const port = await new Promise((resolve, reject) => {
    const look = (piece) => {
      log += piece
      const found = /answers at \S*?http:\/\/[^\s/]*:(\d+)/.exec(log)
      if (found === null) return
      child.stderr.off('data', look).resume()
      resolve(Number(found[1]))
    }
    child.stderr.setEncoding('utf8').on('data', look)
    ended.then(({ code }) => reject(new Error(`The server ended with ${code}:\n${log}`)))
  })
  return {
    port,
    pid: child.pid,
    ended,
    children: () => childrenOf(child.pid),
    residentBytes: () => memoryOf(child.pid).now,
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

/** One answer, whole. Never rejects; the status is 0 where the connection broke, or nothing came for half a minute. */
export function get(port, path) {
  return new Promise((resolve) => {
    const began = performance.now()
    const broken = () => resolve({ status: 0, headers: {}, body: Buffer.alloc(0), ms: performance.now() - began })
    const asked = request({ host: '127.0.0.1', port, path, agent: false, timeout: 30_000 }, (answer) => {
      const pieces = []
      answer.on('data', (piece) => pieces.push(piece)).on('error', broken)
      answer.on('end', () => {
        if (!answer.complete) return broken()
        resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces), ms: performance.now() - began })
      })
    })
    asked
      .on('timeout', () => asked.destroy())
      .on('error', broken)
      .end()
  })
}

/** One picture: its status, what its bytes are, and how it was found. */
export async function fetchPicture(port, path) {
  const { status, headers, body, ms } = await get(port, path)
  const digest = status === 0 ? '' : createHash('sha256').update(body).digest('hex')
  return { status, digest, cache: String(headers['cache-status'] ?? ''), ms }
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
