// What Lambda itself would run the function with: Node 24 and AWS's own runtime interface client, both from npm, kept in a cache folder.
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { lastLine, run } from './run.mjs'

const versions = { node: '24.21.0', ric: '4.0.2' }
/** The client comes with curl's sources, which are built where it is installed. */
const tools = ['autoconf', 'automake', 'libtoolize', 'cmake', 'make', 'g++']
const packages = ['autoconf', 'automake', 'libtool', 'cmake', 'make', 'g++']

/**
 * @param {{ cache: string, log: (line: string) => void, signal: AbortSignal }} tools
 * @returns {Promise<{ node: string, ric: string } | { skipped: string }>} two paths, of programs; or why there are none
 */
export async function fetchRuntime({ cache, log, signal }) {
  const place = join(cache, `node-${versions.node}-ric-${versions.ric}-${process.arch}`)
  const found = {
    node: join(place, 'node_modules/node/bin/node'),
    ric: join(place, 'node_modules/aws-lambda-ric/index.mjs'),
  }
  if (existsSync(found.ric)) return found
  const missing = await toolsMissing({ log, signal })
  if (missing.length > 0) return { skipped: `AWS's runtime interface client cannot be built without ${missing.join(', ')}` }

  log('fetching Node 24 and the runtime interface client, and building the latter: two minutes, once')
  const work = `${place}.part`
  await rm(work, { recursive: true, force: true })
  await mkdir(work, { recursive: true })
  await writeFile(join(work, 'package.json'), '{ "private": true }')
  const quiet = ['--no-audit', '--no-fund', '--save-exact']
  const node = await run('npm', ['install', ...quiet, `node@${versions.node}`], { cwd: work, signal })
  if (node.code !== 0) return { skipped: `Node ${versions.node} is not to be had: ${lastLine(node.output)}` }
  // Built by the very Node that is to load it.
  const path = `${join(work, 'node_modules/node/bin')}${delimiter}${process.env.PATH}`
  const ric = await run('npm', ['install', ...quiet, `aws-lambda-ric@${versions.ric}`], {
    cwd: work,
    signal,
    env: { ...process.env, PATH: path },
  })
  if (ric.code !== 0) return { skipped: `the runtime interface client could not be built: ${lastLine(ric.output)}` }
  await rename(work, place) // whole or not at all
  return found
}

/** Installs them where that is ours to do: as root on Debian, as in a container of CI. */
async function toolsMissing({ log, signal }) {
  const look = async () => {
    const found = await Promise.all(tools.map(async (tool) => (await run('which', [tool], { signal })).code === 0))
    return tools.filter((_, index) => !found[index])
  }
  const missing = await look()
  const debian = await readFile('/etc/debian_version', 'utf8').catch(() => undefined)
  if (missing.length === 0 || debian === undefined || process.getuid?.() !== 0) return missing
  log(`installing ${missing.join(', ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update', '-qq'], { signal, env })
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { signal, env })
  return look()
}
