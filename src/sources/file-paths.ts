import { realpath } from 'node:fs/promises'
import { sep } from 'node:path'
import { LRUCache } from 'lru-cache'
import { Failure } from '../errors.ts'

/** What the file system says about a name that holds no original for us; which of them it was is not told. */
export const misses = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'EACCES',
  'EPERM',
  'ENAMETOOLONG',
  'EINVAL',
  'ENXIO',
  'ENODEV',
  'EOPNOTSUPP',
])

const realRoots = new LRUCache<string, string>({ max: 100, ttl: 1000 })

/** The root with its links followed; looked at again after a second, so that a link may be set to another folder. */
export async function realRootOf(root: string): Promise<string | Failure> {
  const known = realRoots.get(root)
  if (known !== undefined) return known
  try {
    const path = await realpath(root)
    realRoots.set(root, path)
    return path
  } catch (cause) {
    return new Failure('origin-failed', 'The folder of originals cannot be read.', { cause })
  }
}

/** A relative path of plain names: no empty one (so no `/` at either end), none that begins with a dot, no NUL, no backslash. */
export function isPlain(key: string): boolean {
  // A colon on Windows names a drive or a second stream of a file.
  const strange = sep === '\\' ? /[\0\\:]/ : /[\0\\]/
  return !strange.test(key) && key.split('/').every((name) => name !== '' && !name.startsWith('.'))
}

/** The code of what the file system threw; empty where it has none. */
export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
}
