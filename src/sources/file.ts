import { type BigIntStats, constants, readlinkSync } from 'node:fs'
import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Failure } from '../errors.ts'
import { clip } from '../schema/field.ts'
import { folder } from '../schema/fields.ts'
import { isInside, versionOf } from '../schema/file-version.ts'
import { codeOf, isPlain, misses, realRootOf } from './file-paths.ts'
import { writerBelow } from './file-writer.ts'
import { type AskRoom, defineSource, type Fetched, type FoundFile, type Validators } from './source.ts'

/** How much is read between two looks at the signal. */
const pieceBytes = 4 * 1024 * 1024
/** What is read at once: an SVG must be known for one by whoever gives out the time that it may take, which is told by its bytes. */
const drawing = /\.svgz?$/i

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
      get: (key, known, signal, room) => orMiss(key, signal, () => read({ root, key, maxBytes, known }, signal, room)),
      find: (key, known, signal, room) => orMiss(key, signal, () => find({ root, key, maxBytes, known }, signal, room)),
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

type Question = { readonly root: string; readonly key: string; readonly maxBytes: number; readonly known: Validators | undefined }

/**
 * Which version lies where. A file that nothing is known of is asked for by one question to the system, each of which costs a trip to another thread: whether it
 * lies below the root, and may be read, is for whoever opens it to see. Where nothing has changed nobody else would, so it is seen here.
 */
async function find(question: Question, signal: AbortSignal, room: AskRoom | undefined): Promise<Fetched | FoundFile | Failure> {
  const { root, key, maxBytes, known } = question
  const realRoot = drawing.test(key) ? undefined : await realRootOf(root)
  if (typeof realRoot !== 'string') return read(question, signal, room)
  const path = resolve(realRoot, key)
  const found = (facts: BigIntStats): FoundFile => ({
    kind: 'file',
    file: versionOf({ path, root: realRoot }, facts),
    validators: validatorsOf(facts),
    freshness: {},
  })
  if (known !== undefined) return opened(question, signal, async (_, facts) => found(facts))
  const facts = await stat(path, { bigint: true })
  signal.throwIfAborted()
  return facts.isFile() && facts.size <= maxBytes ? found(facts) : read(question, signal, room)
}

/** Opens a file, sees that it may be read, and reads it. */
function read(question: Question, signal: AbortSignal, room: AskRoom | undefined): Promise<Fetched | Failure> {
  return opened(question, signal, async (handle, facts) => {
    const size = Number(facts.size)
    const refused = await room?.(size)
    if (refused !== undefined) return refused
    return { kind: 'original', bytes: await readAll(handle, size, signal), validators: validatorsOf(facts), freshness: {} }
  })
}

/** Opens a file, and does something with it where it is none that is unchanged or refused. What is checked is what is open. */
async function opened<T>(
  { root, key, maxBytes, known }: Question,
  signal: AbortSignal,
  work: (handle: FileHandle, facts: BigIntStats) => Promise<T | Failure>,
): Promise<T | Extract<Fetched, { kind: 'unchanged' }> | Failure> {
  const realRoot = await realRootOf(root)
  if (realRoot instanceof Failure) return realRoot
  // NONBLOCK: opening a FIFO would else wait for a writer, in a thread that nothing can interrupt.
  const handle = await open(resolve(realRoot, key), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const facts = await handle.stat({ bigint: true })
    signal.throwIfAborted()
    const path = await realPathOf(handle, resolve(realRoot, key), facts)
    if (!facts.isFile() || !isInside(realRoot, path)) return missing(key)
    const validators = validatorsOf(facts)
    if (isSame(known, validators)) return { kind: 'unchanged', validators, freshness: {} }
    if (facts.size > maxBytes) return tooLarge(key, maxBytes)
    return await work(handle, facts)
  } finally {
    await handle.close()
  }
}

function validatorsOf({ mtimeNs, mtime, size }: BigIntStats): FoundFile['validators'] {
  // Nanoseconds: two versions of the same size may be written within one millisecond.
  return { etag: `"${mtimeNs.toString(36)}-${size.toString(36)}"`, lastModified: mtime.toUTCString() }
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
