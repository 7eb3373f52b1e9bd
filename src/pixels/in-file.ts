import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { Failure } from '../errors.ts'
import { type FileVersion, isVersion } from '../schema/file-version.ts'
import type { Memory } from './read-memory.ts'
import type { JobOriginal } from './renderer.ts'

export const headOf = (original: JobOriginal): Buffer => (Buffer.isBuffer(original) ? original : original.head)
export const sizeOf = (original: JobOriginal): number => (Buffer.isBuffer(original) ? original.length : original.file.bytes)
export const fileOf = (original: JobOriginal): FileVersion | undefined => (Buffer.isBuffer(original) ? undefined : original.file)

/** The bytes of originals, wherever they lie. Rejects when the signal aborts. */
export async function readAll(originals: readonly JobOriginal[], signal: AbortSignal): Promise<readonly Buffer[] | Failure> {
  try {
    return await Promise.all(originals.map((original) => (Buffer.isBuffer(original) ? original : original.read(signal))))
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    return new Failure('origin-failed', 'The original could not be read.', { cause })
  }
}

/**
 * The bytes of a file; `undefined` where it cannot be read here, or is not that version any more. Blocks.
 * @param memory  Gives the memory that they are read into.
 */
export function readHere(file: FileVersion, memory: Memory = Buffer.allocUnsafeSlow): Buffer | undefined {
  let opened: number | undefined
  try {
    // NONBLOCK: something else may lie there now, a FIFO for one, which would be waited for.
    opened = openSync(file.path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    if (!isVersion(file, fstatSync(opened, { bigint: true }))) return undefined
    const bytes = memory(file.bytes)
    for (let filled = 0; filled < bytes.length; ) {
      const read = readSync(opened, bytes, filled, bytes.length - filled, filled)
      if (read === 0) return undefined
      filled += read
    }
    return isVersion(file, fstatSync(opened, { bigint: true })) ? bytes : undefined
  } catch {
    return undefined
  } finally {
    if (opened !== undefined) closeSync(opened)
  }
}
