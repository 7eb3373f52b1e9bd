// Programs that Debian and Ubuntu package and npm does not have. Their packages are unpacked into a cache folder and nothing is installed, so
// neither root nor a container is needed.
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { lastLine, run } from './run.mjs'

/** Why a program cannot be had on this machine: a test that cannot run is no failure, and no success either. */
export class Unavailable extends Error {}

/**
 * The folder that packages lie in, fetched and unpacked once.
 * @param {string} name  What the folder is called in the cache.
 * @param {{ wanted: readonly string[], needed: RegExp }} packages  `needed`: which of all that these depend on, themselves included, are fetched.
 * @param {{ cache: string, log: (line: string) => void, signal: AbortSignal }} tools
 * @returns {Promise<string>}
 * @throws {Unavailable}
 */
export async function fetchPackages(name, packages, { cache, log, signal }) {
  const place = join(cache, `${name}-${process.arch}`)
  if (existsSync(place)) return place
  for (const program of ['apt-get', 'dpkg-deb', 'tar']) {
    if ((await run('which', [program], { signal })).code !== 0) throw new Unavailable(`There is no ${program} to fetch ${name} with.`)
  }
  await mkdir(cache, { recursive: true })
  const work = await mkdtemp(join(cache, `${name}-`))
  try {
    const began = performance.now()
    const count = await unpack(work, packages, signal)
    log(`fetched ${name}: ${count} packages in ${((performance.now() - began) / 1000).toFixed(1)} s`)
    await rename(join(work, 'root'), place) // whole or not at all: a run that was cut short leaves no half of it
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 5 })
  }
  return place
}

/** Lays the packages out below `work`, in `root`, and tells how many there were. */
async function unpack(work, { wanted, needed }, signal) {
  const lists = join(work, 'lists')
  const packages = join(work, 'packages')
  const root = join(work, 'root')
  for (const folder of [join(lists, 'partial'), join(packages, 'partial'), root]) await mkdir(folder, { recursive: true })
  // Own lists and archives: those of the machine may be empty or old, and are not ours to renew.
  const own = {
    'Dir::State::lists': lists,
    'Dir::Cache': work,
    'Dir::Cache::archives': packages,
    'APT::Sandbox::User': '',
    'Debug::NoLocking': '1',
  }
  const options = ['-qq', ...Object.entries(own).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
  let warned = ''
  const apt = async (...args) => {
    const { code, output } = await run('apt-get', [...options, ...args], { signal, cwd: packages })
    if (code !== 0) throw new Unavailable(`apt-get ${args[0]}: ${warned}${lastLine(output)}`)
    return output
  }
  // An update that reached nobody ends well, with a warning.
  const [warning] = (await apt('update')).split('\n')
  if (warning !== '') warned = `${warning} `
  const plan = await apt('install', '--print-uris', '--no-install-recommends', ...wanted)
  const names = [...plan.matchAll(/^'\S+' (?<name>[^_\s]+)_\S+\.deb /gm)]
    .map(({ groups }) => groups.name)
    .filter((name) => needed.test(name))
  if (names.length > 0) await apt('download', ...names)
  const each = 'for package in *.deb; do [ ! -e "$package" ] || dpkg-deb --extract "$package" "$0"; done'
  const { code, output } = await run('sh', ['-ec', each, root], { signal, cwd: packages })
  if (code !== 0) throw new Error(`dpkg-deb: ${output.slice(-2000)}`)
  for (const part of ['usr/share', 'usr/include']) await rm(join(root, part), { recursive: true, force: true })
  return names.length
}

/** Programs and libraries of `root` before those of the machine, where the same may be installed already. */
export function environment(root) {
  const libraries = [...libraryFolders(root), ...libraryFolders(root).map((folder) => join(folder, 'ceph'))]
  return { PATH: [join(root, 'usr/bin'), process.env.PATH].join(delimiter), LD_LIBRARY_PATH: libraries.join(':') }
}

export function libraryFolders(root) {
  const machine = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch]
  return [join(root, 'lib', machine), join(root, 'usr/lib', machine)]
}
