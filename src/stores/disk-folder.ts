import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { decodeHead, frontBytes, headBytes, renewal } from './disk-format.ts'
import type { Found } from './disk-index.ts'
import { isName } from './names.ts'
import type { Meta } from './store.ts'

/** Others on the machine have no business in here: originals may be private. */
const folderMode = 0o700
const fileMode = 0o600

/** A file in `tmp` that is older was left by a process that died. */
const leftoverMs = 3_600_000

/**
 * The files below a folder: `v1/<2 digits of original>/<original>/<name>`, and `v1/tmp` for those not whole yet, on the same
 * file system so that a rename is enough. Keys are `original/name`. Everything here rejects with the system's error.
 */
export class DiskFolder {
  readonly #root: string
  readonly #tmp: string

  constructor(folder: string) {
    this.#root = join(folder, 'v1')
    this.#tmp = join(this.#root, 'tmp')
  }

  /** Makes the folder, and shows that it can be written. */
  async prepare(): Promise<void> {
    await makeFolder(this.#tmp)
    const probe = this.#newTemporary()
    await writeFile(probe, '', { flag: 'wx', mode: fileMode })
    await unlink(probe)
  }

  read(key: string, signal: AbortSignal): Promise<Buffer> {
    return readFile(this.#path(key), { signal })
  }

  /** The file appears whole under its name, or not at all; not at all when the signal is aborted before that. */
  async write(key: string, parts: readonly Buffer[], signal: AbortSignal): Promise<void> {
    const temporary = this.#newTemporary()
    try {
      await writeFile(temporary, parts, { flag: 'wx', mode: fileMode, signal })
      for (let attempt = 1; ; attempt++) {
        signal.throwIfAborted()
        try {
          return await rename(temporary, this.#path(key))
        } catch (error) {
          // The original's folder is not there yet, or a purge removed it between these two calls.
          if (!isMissing(error) || attempt === 4) throw error
          await makeFolder(dirname(this.#path(key)))
        }
      }
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {})
      throw error
    }
  }

  /** Writes new facts into the file as it stands. When another takes its place meanwhile, they go down with the old one. */
  async renew(key: string, meta: Meta): Promise<'renewed' | 'too-large' | 'damaged'> {
    const file = await open(this.#path(key), 'r+')
    try {
      const head = decodeHead((await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)).buffer)
      if (head === undefined) return 'damaged'
      const length = frontBytes(head.slotBytes)
      const next = renewal((await file.read(Buffer.alloc(length), 0, length, 0)).buffer, meta)
      if (next === undefined) return 'damaged'
      if (next === 'too-large') return next
      await file.write(next.slot, 0, next.slot.length, next.position)
      return 'renewed'
    } finally {
      await file.close()
    }
  }

  /** Whether there was one. */
  async remove(key: string): Promise<boolean> {
    try {
      await unlink(this.#path(key))
      return true
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
  }

  async used(key: string, when: Date): Promise<void> {
    await utimes(this.#path(key), when, when)
  }

  /** The keys of an original. */
  async keysOf(original: string): Promise<string[]> {
    return (await list(this.#folderOf(original))).filter(isName).map((name) => `${original}/${name}`)
  }

  /** Removes the folder of an original when nothing is in it. */
  async tidy(original: string): Promise<void> {
    await rmdir(this.#folderOf(original)).catch(() => {})
  }

  /** Every file, one after the other: it runs behind the requests and leaves the disk to them. */
  async *scan(): AsyncGenerator<Found> {
    for (const shard of (await list(this.#root)).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
      for (const original of (await list(join(this.#root, shard))).filter(isName)) {
        const keys = await this.keysOf(original)
        if (keys.length === 0) await this.tidy(original)
        for (const key of keys) {
          const facts = await stat(this.#path(key)).catch(() => undefined)
          if (facts?.isFile()) yield { key, size: facts.size, mtime: facts.mtimeMs }
        }
      }
    }
  }

  /** Removes what processes that died left in `tmp`. */
  async sweep(now: number): Promise<void> {
    for (const name of await list(this.#tmp)) {
      const path = join(this.#tmp, name)
      const facts = await stat(path).catch(() => undefined)
      if (facts?.isFile() && now - facts.mtimeMs > leftoverMs) await rm(path, { force: true }).catch(() => {})
    }
  }

  #folderOf(original: string): string {
    return join(this.#root, original.slice(0, 2), original)
  }

  #path(key: string): string {
    return join(this.#root, key.slice(0, 2), key)
  }

  #newTemporary(): string {
    return join(this.#tmp, `${process.pid}-${randomBytes(8).toString('hex')}`)
  }
}

/** Whether the system says that there is no such file: another process may remove any at any time. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/**
 * Makes a folder and those above it. Not with `recursive`: where a folder says that it is not there although it is (`/proc`), Node 20
 * tries without end.
 */
async function makeFolder(path: string): Promise<void> {
  const make = (): Promise<void> =>
    mkdir(path, { mode: folderMode }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  try {
    await make()
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await make()
  }
}

/** The names in a folder; none when it is not there or cannot be read. */
async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
