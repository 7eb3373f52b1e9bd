import { type BigIntStats, constants, readlinkSync } from 'node:fs'
import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Failure } from '../errors.ts'
import { clip } from '../schema/field.ts'
import { folder } from '../schema/fields.ts'
import { type FileVersion, isVersion, versionOf } from '../schema/file-version.ts'
import { codeOf, isInside, isPlain, misses, realRootOf } from './file-paths.ts'
import { writerBelow } from './file-writer.ts'
import { type AskRoom, defineSource, type Fetched, type OpenFile, type Validators } from './source.ts'

/** How much is read between two looks at the signal. */
const pieceBytes = 4 * 1024 * 1024
/** What is read of a file that stays open, and up to where one is read at once: nothing would be gained by opening it twice. */
const headBytes = 4096
const smallBytes = 64 * 1024
/** Windows lets nobody replace a file that somebody has open: there uploads would fail while a picture waits. */
const leavesOpen = process.platform !== 'win32'

/**
 * Originals below one local folder. Only what lies in it after all links are followed; no dot files; nothing but regular files.
 * Every refusal is word for word the answer to a plain miss, so that nobody can ask his way through the disk.
 */
export const file = defineSource({
  name: 'file',
  doc: 'Originals below one local folder.',
  options: { root: folder({ doc: 'Folder that holds the originals.' }) },
  writes: true,
  open({ root }, { maxBytes }) {
    if (root === undefined) throw new Failure('setting-invalid', 'root: expected the path of a folder, got nothing.', { parameter: 'root' })
    return {
      local: true,
      get: (key, known, signal, room) =>
        orMiss(key, signal, async () => {
          const found = await lookBelow(root, key, maxBytes, known, signal)
          return 'handle' in found ? closing(found, () => readNow(found, signal, room)) : found
        }),
      ...(leavesOpen
        ? {
            open: (key, known, signal) =>
              orMiss(key, signal, async () => {
                const found = await lookBelow(root, key, maxBytes, known, signal)
                if (!('handle' in found)) return found
                return found.file.bytes > smallBytes ? leaveOpen(found, signal) : closing(found, () => readNow(found, signal))
              }),
          }
        : {}),
      writer: writerBelow(root),
      async check() {
        const found = await stat(root).catch(() => undefined)
        return found?.isDirectory() === true
          ? { ok: true, message: 'The folder of originals is there.' }
          : { ok: false, message: 'The folder of originals is not there, or is no folder.' }
      },
      async close() {},
    }
  },
})

/** What is said of a key that cannot be read: that there is none, unless it is the machine's own trouble. */
async function orMiss<T>(key: string, signal: AbortSignal, read: () => Promise<T | Failure>): Promise<T | Failure> {
  signal.throwIfAborted()
  if (!isPlain(key)) return missing(key)
  try {
    return await read()
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    if (misses.has(codeOf(cause))) return missing(key, cause)
    return new Failure('origin-failed', 'The original could not be read.', { cause })
  }
}

/** A file that may be read, and is open. */
type Found = { readonly handle: FileHandle; readonly file: FileVersion; readonly validators: Validators }

/** Finds a file and opens it; nothing is open when anything else comes back. */
async function lookBelow(
  root: string,
  key: string,
  maxBytes: number,
  known: Validators | undefined,
  signal: AbortSignal,
): Promise<Found | Extract<Fetched, { kind: 'unchanged' }> | Failure> {
  const realRoot = await realRootOf(root)
  if (realRoot instanceof Failure) return realRoot
  // NONBLOCK: opening a FIFO would else wait for a writer, in a thread that nothing can interrupt.
  const handle = await open(resolve(realRoot, key), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  let stays = false
  try {
    const facts = await handle.stat({ bigint: true })
    const path = await realPathOf(handle, resolve(realRoot, key), facts)
    if (!facts.isFile() || !isInside(realRoot, path)) return missing(key)
    // Nanoseconds: two versions of the same size may be written within one millisecond.
    const etag = `"${facts.mtimeNs.toString(36)}-${facts.size.toString(36)}"`
    const validators = { etag, lastModified: facts.mtime.toUTCString() }
    if (isSame(known, validators)) return { kind: 'unchanged', validators, freshness: {} }
    if (facts.size > maxBytes) return tooLarge(key, maxBytes)
    signal.throwIfAborted()
    stays = true
    return { handle, validators, file: versionOf(path, facts) }
  } finally {
    if (!stays) await handle.close()
  }
}

async function closing<T>({ handle }: Found, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    await handle.close()
  }
}

async function readNow({ handle, file, validators }: Found, signal: AbortSignal, room?: AskRoom): Promise<Fetched | Failure> {
  const refused = await room?.(file.bytes)
  if (refused !== undefined) return refused
  return { kind: 'original', bytes: await readAll(handle, file.bytes, signal), validators, freshness: {} }
}

async function leaveOpen({ handle, file, validators }: Found, signal: AbortSignal): Promise<OpenFile> {
  const close = (): Promise<void> => handle.close().catch(() => {})
  const head = await readAll(handle, headBytes, signal).catch(async (cause: unknown) => {
    await close()
    throw cause
  })
  const read = async (own: AbortSignal): Promise<Buffer> => {
    const bytes = await readAll(handle, file.bytes, own)
    if (!isVersion(file, await handle.stat({ bigint: true }))) throw new Error('The file has been written to since it was looked at.')
    return bytes
  }
  return { kind: 'file', file, head, read, close, validators, freshness: {} }
}
/**
 * Where the file that was opened really lies: what is checked is what is read, also when a link is put on the way in the meantime. Linux
 * tells it of the open file itself, at once and without touching a disk.
 */
async function realPathOf(handle: FileHandle, path: string, facts: BigIntStats): Promise<string> {
  if (process.platform === 'linux') return readlinkSync(`/proc/self/fd/${handle.fd}`)
  const real = await realpath(path)
  const again = await stat(real, { bigint: true })
  return again.ino === facts.ino && again.dev === facts.dev ? real : ''
}

/** The etag decides where there is one (RFC 9110, 13.2.2). */
function isSame(known: Validators | undefined, { etag, lastModified }: Validators): boolean {
  if (known?.etag !== undefined) return known.etag === etag
  return known?.lastModified !== undefined && known.lastModified === lastModified
}

/** The bytes of the file up to the size that it had when it was looked at; fewer when it has shrunk. */
async function readAll(handle: FileHandle, size: number, signal: AbortSignal): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(size)
  let filled = 0
  while (filled < size) {
    signal.throwIfAborted()
    const { bytesRead } = await handle.read(bytes, filled, Math.min(pieceBytes, size - filled), filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

function missing(key: string, cause?: unknown): Failure {
  return new Failure('original-missing', `There is no original "${clip(key)}".`, cause === undefined ? {} : { cause })
}

function tooLarge(key: string, maxBytes: number): Failure {
  return new Failure('original-too-large', `The original "${clip(key)}" has more than ${maxBytes} bytes.`, {
    expected: `at most ${maxBytes} bytes`,
  })
}
