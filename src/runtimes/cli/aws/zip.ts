import { promisify } from 'node:util'
import { zip as deflate, type ZipOptions } from 'fflate'

/** A file of an archive; names are paths with slashes. */
export type ZipFile = { readonly name: string; readonly bytes: Uint8Array; readonly executable?: boolean }

/** The first moment that a zip can name, at noon so that it stays that day in every time zone. */
const epoch = new Date(1980, 0, 1, 12)
/** Regular files, readable by all: Lambda runs as a user of its own. In a zip the mode lies in the upper half of the attributes. */
const modes = { plain: 0o100644, executable: 0o100755 }
const unix = 3

/** The same files give the same bytes, in whatever order and on whatever day they come. */
export async function zip(files: readonly ZipFile[]): Promise<Uint8Array> {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1))
  const options = (executable = false): ZipOptions => ({
    level: 9,
    mem: 12,
    mtime: epoch,
    os: unix,
    attrs: ((executable ? modes.executable : modes.plain) << 16) >>> 0,
  })
  const entries = sorted.map(({ name, bytes, executable }): [string, [Uint8Array, ZipOptions]] => [name, [bytes, options(executable)]])
  return promisify(deflate)(Object.fromEntries(entries))
}
