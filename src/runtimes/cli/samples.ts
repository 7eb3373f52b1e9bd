import { fork } from 'node:child_process'
import { rmSync } from 'node:fs'
import { copyFile, mkdir, readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the sample pictures, three floors up from here, both in `src` and in `dist`. */
const home = fileURLToPath(new URL('../../../samples', import.meta.url))

export const largeSample = '24mpx.jpg'

/** Is it the folder of the sample pictures? */
export async function isSampleFolder(folder: string): Promise<boolean> {
  const [asked, own] = await Promise.all([folder, home].map((path) => realpath(path).catch(() => undefined)))
  return own !== undefined && asked === own
}

/** Where the sample pictures are served from. */
export function sampleCopy(cache: string): string {
  return join(cache, 'samples')
}

/**
 * The sample pictures in the cache folder, to be served from there: the large one is drawn on this machine, and the folder that the others
 * came in may be read only. `drawn` settles when the large one is there, `false` when it could not be made.
 */
export async function prepareSamples(cache: string): Promise<{ readonly folder: string; readonly drawn: Promise<boolean> }> {
  const folder = sampleCopy(cache)
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(home)) {
    const [from, to] = [join(home, name), join(folder, name)]
    const [mine, theirs] = await Promise.all([stat(from), stat(to).catch(() => undefined)])
    if (mine.isFile() && (theirs?.size !== mine.size || theirs.mtimeMs < mine.mtimeMs)) await copyFile(from, to)
  }
  const large = join(folder, largeSample)
  const there = (await stat(large).catch(() => undefined)) !== undefined
  return { folder, drawn: there ? Promise.resolve(true) : draw(join(folder, 'landscape.jpg'), large) }
}

/** In a process of its own: the one that serves never loads sharp. */
function draw(landscape: string, path: string): Promise<boolean> {
  const program = fileURLToPath(new URL('./draw-large-sample.js', import.meta.url))
  const child = fork(program, [landscape, path], { stdio: 'ignore' })
  child.unref()
  child.channel?.unref()
  // Half a picture is left to nobody.
  process.once('exit', () => {
    if (child.exitCode !== null || child.pid === undefined) return
    child.kill('SIGKILL')
    rmSync(`${path}.${child.pid}.part`, { force: true })
  })
  return new Promise((resolve) => {
    child.on('error', () => resolve(false))
    child.on('exit', (code) => resolve(code === 0))
  })
}
