import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, realpathSync, statSync } from 'node:fs'
import { type FileVersion, isInside, isVersion } from '../schema/file-version.ts'
import type { Memory } from './read-memory.ts'
import type { JobOriginal } from './renderer.ts'

export const sizeOf = (original: JobOriginal): number => (Buffer.isBuffer(original) ? original.length : original.bytes)

/**
 * The bytes of a file; `undefined` where it cannot be read here, does not lie below its root, or is not that version any more. Blocks.
 * @param memory  Gives the memory that they are read into.
 */
export function readHere(file: FileVersion, memory: Memory = Buffer.allocUnsafeSlow): Buffer | undefined {
  return whereItLies(file, (opened) => {
    const bytes = memory(file.bytes)
    for (let filled = 0; filled < bytes.length; ) {
      const read = readSync(opened, bytes, filled, bytes.length - filled, filled)
      if (read === 0) return undefined
      filled += read
    }
    return isVersion(file, fstatSync(opened, { bigint: true })) ? bytes : undefined
  })
}

/** Could it be read here, as that version? Blocks. */
export function isHere(file: FileVersion): boolean {
  return whereItLies(file, () => true) === true
}

function whereItLies<T>(file: FileVersion, work: (opened: number) => T): T | undefined {
  let opened: number | undefined
  try {
    // NONBLOCK: something else may lie there now, a FIFO for one, which would be waited for.
    opened = openSync(file.path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    if (!isVersion(file, fstatSync(opened, { bigint: true })) || !isInside(file.root, realPathOf(opened, file))) return undefined
    return work(opened)
  } catch {
    return undefined
  } finally {
    if (opened !== undefined) closeSync(opened)
  }
}

/** Where the file that was opened really lies, which Linux tells of the open file itself: a link may be put on the way at any time. */
function realPathOf(opened: number, file: FileVersion): string {
  if (process.platform === 'linux') return readlinkSync(`/proc/self/fd/${opened}`)
  const real = realpathSync.native(file.path)
  return isVersion(file, statSync(real, { bigint: true })) ? real : ''
}
