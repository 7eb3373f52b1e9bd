// The programs beside the server: sharp in a loop, a bare server, ImageMagick.
import { execFile, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)
const alive = new Set()

/**
 * Pictures in a loop, in a process with as many threads and arenas as a render process has, its allocator else as it is. `run` gives the CPU seconds of so
 * many pictures.
 * @param by  `sharp`, or Tintype's `renderer`.
 */
export async function startLoop(by, calls) {
  const child = start('bench/loop.mjs', by, JSON.stringify(calls))
  await line(child, /(ready)/)
  return {
    async run(count) {
      child.stdin.write(`${count}\n`)
      return Number((await line(child, /cpu ([\d.]+)/))[1])
    },
    stop: () => child.kill('SIGKILL'),
  }
}

/** A bare server that sends the bytes of a file. */
export async function startBareHttp(file) {
  const child = start('bench/bare-http.mjs', file)
  const [, url] = await line(child, /(http:\/\/\S+)/)
  return { url, stop: () => child.kill('SIGKILL') }
}

/** Asks one URL fifty times a second, in a process that does nothing else. `stop` gives how long each answer took, in ms. */
export async function startProbe(url) {
  const child = start('bench/probe.mjs', url)
  await line(child, /(ready)/)
  return {
    async stop() {
      child.stdin.end()
      return JSON.parse((await line(child, /took (\[.*\])/))[1])
    },
  }
}

/** ImageMagick, a process for each picture, as services once called it; `undefined` where it is not installed. */
export async function findMagick() {
  for (const name of ['magick', 'convert']) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const program = join(folder, name)
      if (!canRun(program)) continue
      const said = await run(program, ['-version']).catch(() => ({ stdout: '' }))
      const [, version] = /Version: ImageMagick ([\w.-]+)/.exec(said.stdout) ?? []
      if (version === undefined) continue
      return {
        version,
        /** CPU seconds for one picture; `undefined` where it cannot make it. */
        async run(file, side, result) {
          const before = await spentByChildren()
          const made = await run(program, [file, '-resize', `${side}x${side}`, '-quality', '80', result]).catch(() => undefined)
          return made === undefined ? undefined : (await spentByChildren()) - before
        },
      }
    }
  }
  return undefined
}

/** Ends whatever still runs. */
export function killChildren() {
  for (const child of alive) child.kill('SIGKILL')
}

function canRun(program) {
  try {
    accessSync(program, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** CPU seconds of children of this process that have ended. */
async function spentByChildren() {
  const stat = await readFile('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}

function start(...words) {
  const env = { ...process.env, MALLOC_ARENA_MAX: '2', VIPS_CONCURRENCY: '1' }
  const child = spawn(process.execPath, words, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'], env })
  alive.add(child)
  child.once('exit', () => alive.delete(child))
  return child
}

/** Waits until the program has said something. */
function line(child, pattern) {
  return new Promise((resolve, reject) => {
    let seen = ''
    const look = (chunk) => {
      seen += chunk
      const found = pattern.exec(seen)
      if (found === null) return
      for (const stream of [child.stdout, child.stderr]) stream.off('data', look).resume()
      child.off('exit', ended)
      resolve(found)
    }
    const ended = (code) => reject(new Error(`${child.spawnargs.join(' ')} ended with ${code}: ${seen}`))
    for (const stream of [child.stdout, child.stderr]) stream.on('data', look)
    child.once('exit', ended)
  })
}
