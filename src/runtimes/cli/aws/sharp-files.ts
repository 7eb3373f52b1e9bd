import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative, sep } from 'node:path'
import type { Architecture } from './package-code.ts'
import type { ZipFile } from './zip.ts'

/**
 * The binaries of sharp, and of the libvips that it was made for, as a function of that architecture loads them; the program of sharp is in the
 * bundle. They come from the installed package where they are, else from the registry, through npm and under npm's own checks.
 */
export async function sharpFiles(architecture: Architecture, signal: AbortSignal): Promise<readonly ZipFile[]> {
  const home = folderOf('sharp', createRequire(import.meta.url))
  const names = [`@img/sharp-linux-${architecture}`, `@img/sharp-libvips-linux-${architecture}`]
  const { optionalDependencies: wanted } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>
  }
  const beside = dirname(home)
  const installed = await Promise.all(names.map((name) => versionIn(join(beside, name))))
  if (names.every((name, index) => installed[index] === wanted[name])) return (await all(names, beside)).flat()

  const folder = await mkdtemp(join(tmpdir(), 'tintype-sharp-'))
  try {
    await writeFile(join(folder, 'package.json'), '{ "private": true }')
    const packages = names.map((name) => `${name}@${wanted[name]}`)
    const target = ['--os=linux', `--cpu=${architecture}`, '--libc=glibc']
    await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--force', ...target, ...packages], folder, signal)
    return (await all(names, join(folder, 'node_modules'))).flat()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function all(names: readonly string[], folder: string): Promise<readonly ZipFile[][]> {
  return Promise.all(names.map((name) => filesOf(name, join(folder, name))))
}

async function versionIn(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}')
  return (JSON.parse(text) as { readonly version?: string }).version
}

/** What no function reads: types, headers, documentation. Licences and notices stay. */
const unread = [/\.(?:d\.[cm]?ts|map|h)$/, /(?:^|\/)(?:README|CHANGELOG)/i]
/** The licences of all that libvips holds are told in its README alone. */
const kept = /^node_modules\/@img\/sharp-libvips-[^/]+\/README\.md$/

async function filesOf(name: string, folder: string): Promise<ZipFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, name: `node_modules/${name}/${relative(folder, path).split(sep).join('/')}` }))
    .filter((file) => kept.test(file.name) || !unread.some((pattern) => pattern.test(file.name)))
  return Promise.all(
    files.map(async (file) => ({ name: file.name, bytes: await readFile(file.path), executable: /\.(?:node|so[\d.]*)$/.test(file.name) })),
  )
}

/** The folder of a package, though it lets nobody look at its package.json. */
function folderOf(name: string, require: NodeJS.Require): string {
  const last = basename(name)
  let folder = dirname(require.resolve(name))
  while (basename(folder) !== last && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}

/** npm as it was started, where it started us, else the one of the machine. */
async function npm(args: readonly string[], folder: string, signal: AbortSignal): Promise<void> {
  const script = process.env.npm_execpath
  const own = script !== undefined && /npm-cli\.[cm]?js$/.test(script)
  const child = own
    ? spawn(process.execPath, [script, ...args], { cwd: folder, signal, stdio: ['ignore', 'ignore', 'pipe'] })
    : spawn('npm', args, { cwd: folder, signal, stdio: ['ignore', 'ignore', 'pipe'], shell: process.platform === 'win32' })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code !== 0) throw new Error(`npm could not fetch sharp for this architecture: ${said.trim().slice(-500)}`)
}
