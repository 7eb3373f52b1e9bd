import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../errors.ts'
import { clip } from '../schema/field.ts'
import { isInside } from '../schema/file-version.ts'
import { codeOf, isPlain, misses, realRootOf } from './file-paths.ts'
import type { Writer } from './source.ts'

/** Where bytes lie until they are whole. A dot folder: no key leads into one. */
const partsFolder = '.parts'

/** Parts older than that were left by a process that died. */
const oldMilliseconds = 3_600_000

/** How much is written between two looks at the signal. */
const pieceBytes = 1024 * 1024

/**
 * Writes below one folder: into a part first, onto the disk, and then under its name in one step. The folder itself must be there: a disk
 * that is not mounted is a fault, and no place for originals.
 */
export function writerBelow(root: string): Writer {
  let swept = false

  /** Runs `work` with the real path of a key whose folder is there and lies inside; `undefined` from `work` where nothing is there. */
  async function at<T>(key: string, make: boolean, signal: AbortSignal, work: (path: string, realRoot: string) => Promise<T>) {
    signal.throwIfAborted()
    if (!isPlain(key)) return new Failure('key-malformed', `No original can have the name "${clip(key)}".`, { parameter: 'key' })
    const realRoot = await realRootOf(root)
    if (realRoot instanceof Failure) return realRoot
    try {
      const folder = await folderOf(realRoot, key.split('/').slice(0, -1), make)
      if (folder instanceof Failure) return folder
      return await work(join(folder, key.split('/').at(-1) ?? ''), realRoot)
    } catch (cause) {
      if (signal.aborted) throw signal.reason
      if (!make && misses.has(codeOf(cause))) return undefined
      return new Failure('origin-failed', 'The original could not be written.', { cause })
    }
  }

  return {
    async has(key, signal) {
      // What is no plain file inside is nothing that `get` would read.
      const found = await at(key, false, signal, async (path, realRoot) => {
        const real = await realpath(path)
        return isInside(realRoot, real) && (await stat(real)).isFile()
      })
      return found instanceof Failure ? (found.code === 'key-malformed' ? false : found) : found === true
    },

    async put(key, bytes, signal) {
      const done = await at(key, true, signal, async (path, realRoot) => {
        const parts = join(realRoot, partsFolder)
        await mkdir(parts, { recursive: true })
        if (!swept) {
          swept = true
          await sweep(parts)
        }
        const part = join(parts, randomBytes(16).toString('hex'))
        try {
          await write(part, bytes, signal)
          await rename(part, path) // takes the place of a link, and never follows it
        } catch (thrown) {
          await rm(part, { force: true })
          throw thrown
        }
      })
      return done instanceof Failure ? done : undefined
    },

    async delete(key, signal) {
      const done = await at(key, false, signal, (path) => rm(path, { force: true }))
      return done instanceof Failure && done.code !== 'key-malformed' ? done : undefined
    },
  }
}

/** The real path of a folder below the root, made where it is wanted; looked at name by name, so that no link on the way leads out. */
async function folderOf(realRoot: string, names: readonly string[], make: boolean): Promise<string | Failure> {
  let folder = realRoot
  for (const name of names) {
    const next = join(folder, name)
    if (make) await mkdir(next).catch((thrown: unknown) => (codeOf(thrown) === 'EEXIST' ? undefined : Promise.reject(thrown)))
    folder = await realpath(next)
    if (!isInside(realRoot, folder)) return new Failure('key-malformed', 'That is no place for an original.', { parameter: 'key' })
  }
  return folder
}

/** A new file of these bytes, on the disk and not only on its way there. */
async function write(path: string, bytes: Buffer, signal: AbortSignal): Promise<void> {
  const handle = await open(path, 'wx', 0o644)
  try {
    for (let at = 0; at < bytes.length; ) {
      signal.throwIfAborted()
      at += (await handle.write(bytes, at, Math.min(pieceBytes, bytes.length - at))).bytesWritten
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  signal.throwIfAborted()
}

/** Removes what processes that died have left. Those that write now have newer parts. */
async function sweep(parts: string): Promise<void> {
  const old = Date.now() - oldMilliseconds
  for (const name of await readdir(parts)) {
    const path = join(parts, name)
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined && found.mtimeMs < old) await rm(path, { force: true }).catch(() => {})
  }
}
