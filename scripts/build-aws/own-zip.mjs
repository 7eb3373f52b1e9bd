// The size of a zip that holds sharp and nothing else, as `npm install sharp` lays it down for Linux: what our own zip is measured by.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { root } from './bundle.mjs'

const { version } = JSON.parse(await readFile(join(root, 'node_modules/sharp/package.json'), 'utf8'))

/** Bytes; asked of npm once, then remembered for this version. */
export async function ownZip(architecture) {
  const memory = join(root, '.cache/build-aws', `sharp-${version}-${architecture}.json`)
  const known = await readFile(memory, 'utf8').catch(() => undefined)
  if (known !== undefined) return JSON.parse(known)
  const { zip } = await import('../../dist/runtimes/cli/aws/zip.js')
  const folder = await mkdtemp(join(tmpdir(), 'tintype-sharp-'))
  try {
    await writeFile(join(folder, 'package.json'), '{ "private": true }')
    const target = ['--os=linux', `--cpu=${architecture}`, '--libc=glibc']
    await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...target, `sharp@${version}`], {
      cwd: folder,
    })
    const entries = await readdir(join(folder, 'node_modules'), { recursive: true, withFileTypes: true })
    const files = await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map(async (path) => ({ name: relative(folder, path), bytes: await readFile(path) })),
    )
    const { length } = await zip(files)
    await mkdir(join(root, '.cache/build-aws'), { recursive: true })
    await writeFile(memory, JSON.stringify(length))
    return length
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
