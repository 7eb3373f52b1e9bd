import { isAbsolute, relative, sep } from 'node:path'

/** A file of this machine as it was when it was looked at: where to find it, and what tells whether it is still the same. */
export type FileVersion = {
  /** Absolute. Links on the way may lead to it. */
  readonly path: string
  /** The folder in which it must lie when all links are followed; absolute, with none left. */
  readonly root: string
  /** As the system numbers them, in decimal. */
  readonly device: string
  readonly inode: string
  /** When its bytes were last written, in nanoseconds since 1970. */
  readonly modified: string
  readonly bytes: number
}

/** What the system says of an open file. */
type Facts = { readonly dev: bigint; readonly ino: bigint; readonly mtimeNs: bigint; readonly size: bigint }

/** @param place  Where the file of these facts lies. */
export function versionOf({ path, root }: Pick<FileVersion, 'path' | 'root'>, { dev, ino, mtimeNs, size }: Facts): FileVersion {
  return { path, root, device: String(dev), inode: String(ino), modified: String(mtimeNs), bytes: Number(size) }
}

/** Is what the system says of an open file said of this version? */
export function isVersion(file: FileVersion, found: Facts): boolean {
  const { device, inode, modified, bytes } = versionOf(file, found)
  // Windows numbers a device otherwise by its path than by what is open.
  const sameDevice = device === file.device || process.platform === 'win32'
  return sameDevice && inode === file.inode && modified === file.modified && bytes === file.bytes
}

/** Below the root, and not by way of a dot file: a link must not show what its target's own name hides. */
export function isInside(realRoot: string, path: string): boolean {
  const below = relative(realRoot, path)
  return below !== '' && !isAbsolute(below) && below.split(sep).every((name) => !name.startsWith('.'))
}
