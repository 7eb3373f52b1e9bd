/** A file of this machine as it was when it was looked at: where it really lies, and what tells whether it is still the same. */
export type FileVersion = {
  /** Absolute, all links followed. */
  readonly path: string
  /** As the system numbers them, in decimal. */
  readonly device: string
  readonly inode: string
  /** When its bytes were last written, in nanoseconds since 1970. */
  readonly modified: string
  readonly bytes: number
}

/** What the system says of an open file. */
type Facts = { readonly dev: bigint; readonly ino: bigint; readonly mtimeNs: bigint; readonly size: bigint }

/** @param path  Where the file of these facts lies. */
export function versionOf(path: string, { dev, ino, mtimeNs, size }: Facts): FileVersion {
  return { path, device: String(dev), inode: String(ino), modified: String(mtimeNs), bytes: Number(size) }
}

/** Is what the system says of an open file said of this version? */
export function isVersion(file: FileVersion, found: Facts): boolean {
  const { device, inode, modified, bytes } = versionOf(file.path, found)
  return device === file.device && inode === file.inode && modified === file.modified && bytes === file.bytes
}
